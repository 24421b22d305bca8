import { beforeAll, describe, expect, test } from "vitest";
import {
  type CrashDisk,
  eventually,
  isListening,
  makeBytes,
  makeCrashDisk,
  readBack,
  replayCopy,
  startTestDevnet,
  type TestDevnet,
} from "./devnet-fixture.ts";

let crash: CrashDisk;
let net: TestDevnet;

beforeAll(async () => {
  crash = makeCrashDisk();
  net = await startTestDevnet({ disk: crash.disk });
});

const fileOf = (name: string) => ({ files: [{ path: "a.bin", bytes: makeBytes(20_000, name) }] });
const isChunk = (path: string) => /\/node-\d\/chunks\/chunks\/..\/[0-9a-f]{64}$/.test(path);
const isRequest = (path: string) => path.endsWith(".publish-request");
const isOutbox = (path: string) => /\/node-\d\/outbox\.log$/.test(path);

type Point = [name: string, when: "before" | "after", isMoment: (operation: string, path: string) => boolean];

const counted = (limit: number, isMoment: Point[2]): Point[2] => {
  let count = 0;
  return (operation, path) => isMoment(operation, path) && ++count === limit;
};

const POINTS: Point[] = [
  ["1: a chunk is written and not synced", "before", (operation, path) => operation === "rename" && isChunk(path)],
  ["3: a chunk is renamed and its folder not synced", "after", (op, path) => op === "rename" && isChunk(path)],
  ["4: a chunk is safe in one zone of two", "before", counted(2, (op, path) => op === "rename" && isChunk(path))],
  ["5: the chunks are safe and the manifest is not", "before", (op, path) => op === "rename" && isRequest(path)],
  ["5: a publish request lies without its manifest", "after", (op, path) => op === "rename" && isRequest(path)],
  ["6: the manifest is safe and no poster has the events", "before", (_op, path) => path.endsWith("mempool.log")],
  ["7: the poster has the events and the log does not", "before", (op, path) => op === "append" && isBlocks(path)],
  ["8: the log has the events and nobody was told", "after", (op, path) => op === "append" && isBlocks(path)],
  ["9: nodes hold what they have not said on the log", "before", (op, path) => op === "append" && isOutbox(path)],
  ["9: a node's word is in its outbox and not handed over", "after", (op, path) => op === "append" && isOutbox(path)],
];

function isBlocks(path: string): boolean {
  return path.includes("/da/blocks");
}

async function expectSound(): Promise<void> {
  const { height, stateRoot } = await net.client.stateRoot();
  const independent = await replayCopy(net.folder);
  expect(independent.height).toBeGreaterThanOrEqual(height);
  expect(independent.rootAt(height)).toBe(stateRoot);
}

const isWhole = (object: string) =>
  eventually(
    async () => {
      const { details } = await net.client.storage.stat(object);
      return details.status === "published" && details.replicas >= 3;
    },
    { what: "publication and three replicas" },
  );

describe("a crash while an upload stands at point", () => {
  test.each(POINTS)("%s", async (name, when, isMoment) => {
    crash.armed(isMoment, when);
    const abort = new AbortController();
    const uploading = net.client.storage.upload(fileOf(name), { name: null, signal: abort.signal });
    let promised: string | undefined;
    const ended = uploading.then(
      ({ object }) => (promised = object),
      () => undefined,
    );
    await eventually(() => crash.isDead, { what: "the moment of the crash" });
    await net.stop();
    abort.abort(new Error("crashed"));
    await ended;
    crash.revive();
    await net.start();
    if (promised !== undefined)
      expect(await readBack(net.client, `${promised}/a.bin`)).toEqual(makeBytes(20_000, name));
    const { object } = await net.client.storage.upload(fileOf(name), { name: null });
    expect(await readBack(net.client, `${object}/a.bin`)).toEqual(makeBytes(20_000, name));
    await isWhole(object);
    await expectSound();
  });

  test("12: a repair is copied and the log does not know", async () => {
    const { object } = await net.client.storage.upload(fileOf("repair"), { name: null });
    await isWhole(object);
    const active = async (count: number) =>
      eventually(async () => (await net.client.status()).nodes.active === count, { what: `${count} active nodes` });
    await net.devnet.fault("kill", "node-1");
    await net.devnet.fault("kill", "node-4");
    const copiedBy = new Set<string>();
    const nodeOf = (path: string) => /node-\d/.exec(path)?.[0] ?? "";
    crash.armed((operation, path) => {
      if (operation === "rename" && isChunk(path)) copiedBy.add(nodeOf(path));
      return operation === "append" && isOutbox(path) && copiedBy.has(nodeOf(path));
    }, "before");
    await eventually(() => crash.isDead, { what: "a repair that wants to be told" });
    await net.stop();
    crash.revive();
    await net.start();
    await active(6);
    await isWhole(object);
    expect(await readBack(net.client, `${object}/a.bin`)).toEqual(makeBytes(20_000, "repair"));
    await expectSound();
  });

  test("24: the devnet is stopped while clients are at work; it stops, and they go on after it", async () => {
    const clients = ["x", "y", "z"].map((profile) => net.connectAs({ account: profile, profile }));
    const working = clients.map(async (client, at) => {
      for (let count = 0; ; count++)
        await client.storage.upload(fileOf(`busy ${at} ${count}`), { name: `busy ${count}` });
    });
    const ended = Promise.allSettled(working);
    await eventually(async () => (await clients[0]?.storage.list().catch(() => []))?.length, {
      what: "work under way",
    });
    const { ingressUrl } = net.devnet.status();
    await net.stop();
    expect(await isListening(ingressUrl)).toBe(false);
    expect((await ended).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await net.start();
    for (const [at, client] of clients.entries()) {
      await client.resend();
      const { object } = await client.storage.upload(fileOf(`busy ${at} again`), { name: "again" });
      await isWhole(object);
    }
    await expectSound();
  });
});
