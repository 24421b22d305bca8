import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createHttpServer, type Disk, systemDisk } from "../../src/base/index.ts";
import {
  afterFile,
  connectToSpawned,
  eventually,
  hashOf,
  isListening,
  makeBytes,
  makeScratch,
  readBack,
  spawnDevnet,
  startTestDevnet,
} from "./devnet-fixture.ts";

const small = (name: string) => ({ files: [{ path: "a.bin", bytes: makeBytes(1_000, name) }] });

describe("a devnet", () => {
  test("keeps state, ports and keys over a restart, and answers the same", async () => {
    const net = await startTestDevnet();
    const stored = await net.client.storage.upload(small("kept"), { name: "kept" });
    const before = net.devnet.status();
    await net.stop();
    await net.start();
    const after = net.devnet.status();
    expect(after).toMatchObject({
      network: before.network,
      ingressUrl: before.ingressUrl,
      controlUrl: before.controlUrl,
      daUrl: before.daUrl,
      chainRpcUrl: before.chainRpcUrl,
    });
    expect(after.roles.map(({ name, url }) => [name, url])).toEqual(before.roles.map(({ name, url }) => [name, url]));
    expect((await net.client.stateRoot(before.height)).stateRoot).toBe(before.stateRoot);
    expect(await readBack(net.client, `${stored.object}/a.bin`)).toEqual(makeBytes(1_000, "kept"));
    expect((await net.client.storage.list()).map(({ name }) => name)).toEqual(["kept"]);
  });

  test("that was killed has read its whole log again before any role is at work", async () => {
    const real = systemDisk();
    const steps: string[] = [];
    const disk: Disk = {
      ...real,
      find: (path) => {
        if (path.endsWith("/node-1/chunks/format")) steps.push("a node opens its chunks");
        return real.find(path);
      },
      findRange: (path, offset, length) => {
        if (path.endsWith("/da/blocks")) steps.push("the log is read");
        return real.findRange(path, offset, length);
      },
    };
    const net = await startTestDevnet({ disk });
    await net.client.storage.upload(small("read again"), { name: "read again" });
    const { height } = net.devnet.status();
    await net.stop();
    // What a devnet that is killed has not written yet.
    await rm(join(net.folder, "state"), { recursive: true });
    steps.length = 0;
    await net.start();
    expect(steps.filter((step) => step === "the log is read").length).toBeGreaterThanOrEqual(height);
    expect(steps.lastIndexOf("the log is read")).toBeLessThan(steps.indexOf("a node opens its chunks"));
  });

  test("stops without leaving a listening port, and stopping twice is no fault", async () => {
    const net = await startTestDevnet();
    const status = net.devnet.status();
    const urls = [status.ingressUrl, status.controlUrl, status.chainRpcUrl, status.daUrl].concat(
      status.roles.map(({ url }) => url),
    );
    expect(await Promise.all(urls.map(isListening))).not.toContain(false);
    await Promise.all([net.stop(), net.stop()]);
    await net.devnet.stopped;
    expect(await Promise.all(urls.map(isListening))).not.toContain(true);
  });

  test("is one of its folder: the second start names the first and changes nothing", async () => {
    const net = await startTestDevnet();
    await expect(net.start()).rejects.toMatchObject({
      code: "DSDN_DEVNET_ALREADY_RUNNING",
      facts: { url: net.devnet.status().ingressUrl },
    });
    expect(await isListening(net.devnet.status().ingressUrl)).toBe(true);
  });

  test("lives beside another one: no port, network or object is shared", async () => {
    const [one, two] = await Promise.all([startTestDevnet(), startTestDevnet()]);
    const [first, second] = [one.devnet.status(), two.devnet.status()];
    expect(first.network).not.toBe(second.network);
    const portsOf = (status: typeof first) => [status.ingressUrl, status.daUrl, ...status.roles.map(({ url }) => url)];
    expect(portsOf(first).filter((url) => portsOf(second).includes(url))).toEqual([]);
    const stored = await one.client.storage.upload(small("one"), { name: "mine" });
    await two.client.storage.upload(small("two"), { name: "mine" });
    await expect(readBack(two.client, `${stored.object}/a.bin`)).rejects.toMatchObject({
      code: "DSDN_INGRESS_CHUNK_MISSING",
    });
    await one.stop();
    expect(await readBack(two.client, "mine/a.bin")).toEqual(makeBytes(1_000, "two"));
  });

  test("whose port was taken meanwhile moves to a free one and keeps everything else", async () => {
    const net = await startTestDevnet();
    const { object } = await net.client.storage.upload(small("moved"), { name: "moved" });
    const before = net.devnet.status();
    await net.stop();
    const nodeUrl = before.roles.find(({ kind }) => kind === "node")?.url ?? "";
    const squatters = [before.ingressUrl, nodeUrl, before.controlUrl].map((url) =>
      createHttpServer({ name: "squatter", host: "127.0.0.1", port: Number(new URL(url).port) }, { routes: [] }),
    );
    for (const squatter of squatters) await squatter.start();
    afterFile(() => Promise.all(squatters.map((squatter) => squatter.stop())));
    await net.start();
    const after = net.devnet.status();
    expect(after.ingressUrl).not.toBe(before.ingressUrl);
    expect(after.controlUrl).not.toBe(before.controlUrl);
    expect(after).toMatchObject({ network: before.network, daUrl: before.daUrl, chainRpcUrl: before.chainRpcUrl });
    const client = net.connectAs({ profile: "first" });
    expect(await readBack(client, `${object}/a.bin`)).toEqual(makeBytes(1_000, "moved"));
    expect((await client.storage.upload(small("after"), { name: null })).stage).toBe("published");
  });

  test("has nobody at work in its folder once it is stopped, nor in that of a node that is killed", async () => {
    const real = systemDisk();
    const [arrived, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    onTestFinished(() => go.resolve());
    const body = makeBytes(500, "arriving") as Uint8Array<ArrayBuffer>;
    const hash = hashOf(body);
    // A chunk of the start itself may still be on its way to the same node.
    const isArriving = (path: string, bytes: Uint8Array) =>
      path.includes("/node-1/chunks/temp/") && hashOf(bytes) === hash;
    const done: string[] = [];
    const disk: Disk = {
      ...real,
      write: async (path, bytes, options) => {
        if (isArriving(path, bytes)) {
          arrived.resolve();
          await go.promise;
        }
        await real.write(path, bytes, options);
        if (isArriving(path, bytes)) done.push("chunk written");
      },
    };
    const net = await startTestDevnet({ disk });
    const url = net.devnet.status().roles.find(({ name }) => name === "node-1")?.url ?? "";
    const sending = fetch(`${url}/storage/chunk`, { method: "PUT", body }).catch(() => undefined);
    await arrived.promise;
    const killing = net.devnet.fault("kill", "node-1").then(() => done.push("killed"));
    await eventually(async () => !(await isListening(url)));
    expect(done).toEqual([]);
    go.resolve();
    await Promise.all([killing, sending]);
    expect(done).toEqual(["chunk written", "killed"]);
    // Whatever of it came next found the disk shut: the chunk never got its name.
    expect(await real.findSize(join(net.folder, "node-1/chunks/chunks", hash.slice(0, 2), hash))).toBeUndefined();
  });

  test("with the same seed is the same network", async () => {
    const [one, two] = await Promise.all([startTestDevnet({ seed: "s" }), startTestDevnet({ seed: "s" })]);
    expect(one.devnet.status().network).toBe(two.devnet.status().network);
  });
});

describe("a devnet process", () => {
  test("ends by itself after Ctrl-C and lets nobody else read its keys", async () => {
    const folder = join(await makeScratch(), "net");
    const devnet = await spawnDevnet(folder);
    const { ingressUrl } = devnet.connection;
    for (const name of ["devnet.json", "running.json"]) {
      expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
    }
    expect(await devnet.interrupt()).toBe(0);
    expect(await isListening(ingressUrl)).toBe(false);
    await expect(readFile(join(folder, "running.json"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("is found again after a crash, on its own state", async () => {
    const scratch = await makeScratch();
    const folder = join(scratch, "net");
    const first = await spawnDevnet(folder);
    const user = { account: "alice", profileFolder: join(scratch, "profile") };
    const { object } = await connectToSpawned(first, user).storage.upload(small("crash"), { name: "crash" });
    await first.kill();
    const second = await spawnDevnet(folder);
    expect(second.connection.ingressUrl).toBe(first.connection.ingressUrl);
    expect(await readBack(connectToSpawned(second, user), `${object}/a.bin`)).toEqual(makeBytes(1_000, "crash"));
    expect(await second.interrupt()).toBe(0);
  });
});
