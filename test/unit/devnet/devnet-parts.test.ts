import { describe, expect, test } from "vitest";
import {
  createHttpClient,
  createHttpServer,
  createLogger,
  type HttpServer,
  type LogEntry,
  seededRandom,
  systemRandom,
  toUtf8,
  VirtualClock,
} from "../../../src/base/index.ts";
import type { DataAvailability } from "../../../src/da/index.ts";
import { createFaultSwitch, gatedDa, gatedServer, gatedSink, slowStore } from "../../../src/devnet/faults.ts";
import { devnetGenesis } from "../../../src/devnet/genesis.ts";
import { DevnetJournal } from "../../../src/devnet/journal.ts";
import { assignPorts, withoutPort } from "../../../src/devnet/ports.ts";
import { hostRole } from "../../../src/devnet/role-host.ts";
import { findSettings, makeSettings, saveSettings, zoneOf } from "../../../src/devnet/settings.ts";
import { chunkIdOf, networkIdOf } from "../../../src/protocol/index.ts";
import type { Replica } from "../../../src/state/index.ts";
import { MemoryChunkStore } from "../../../src/storage/index.ts";
import { SimulatedDisk } from "../../simulation/simulated-disk.ts";

const shape = { nodes: 6, zones: 3, seed: undefined };
const made = (random = systemRandom()) => makeSettings(shape, { random, nowMs: 1_800_000_000_000 });

describe("the settings of a devnet", () => {
  test("come back as they were saved", async () => {
    const disk = new SimulatedDisk();
    const settings = made();
    await saveSettings(disk, "/net", settings);
    expect(await findSettings(disk, "/net")).toEqual(settings);
    expect(await findSettings(disk, "/other")).toBeUndefined();
  });

  test("follow from the seed, and differ without one", async () => {
    expect(made(seededRandom("x"))).toEqual(made(seededRandom("x")));
    expect(made().keys).not.toEqual(made().keys);
    const [one, two] = await Promise.all([
      devnetGenesis(made(seededRandom("x"))),
      devnetGenesis(made(seededRandom("x"))),
    ]);
    expect(networkIdOf(one)).toBe(networkIdOf(two));
  });

  test.each([
    ["no JSON", "{"],
    ["another version", JSON.stringify({ ...made(), version: 2 })],
    ["a missing key", JSON.stringify({ ...made(), keys: {} })],
    ["an unknown field", JSON.stringify({ ...made(), endpoint: "http://evil.test" })],
    ["a node count nobody meant", JSON.stringify({ ...made(), nodes: 1e9 })],
  ])("with %s are named damaged, and nothing is started on them", async (_what, text) => {
    const disk = new SimulatedDisk();
    await disk.makeFolder("/net");
    await disk.write("/net/devnet.json", toUtf8(text), { sync: true });
    await expect(findSettings(disk, "/net")).rejects.toMatchObject({
      code: "DSDN_DEVNET_SETTINGS_DAMAGED",
      facts: { path: "/net/devnet.json" },
    });
  });

  test("deal nodes out to zones in turn", () => {
    expect([0, 1, 2, 3].map((index) => zoneOf(index, 3))).toEqual(["zone-a", "zone-b", "zone-c", "zone-a"]);
  });
});

describe("the ports of a devnet", () => {
  const listOf = (ports: Awaited<ReturnType<typeof assignPorts>>) => [
    ports.ingress,
    ports.sequencer,
    ports.da,
    ports.control,
    ...ports.coordinators,
    ...ports.validators,
    ...ports.nodes.flatMap(({ http, grpc }) => [http, grpc]),
  ];

  const place = { host: "127.0.0.1", random: systemRandom() };

  test("are all different and free, and those that were given stay", async () => {
    const ports = await assignPorts({ ...made().ports, control: 40_001 }, place);
    const all = listOf(ports);
    expect(new Set(all).size).toBe(all.length);
    expect(all).not.toContain(0);
    expect(ports.control).toBe(40_001);
    expect(await assignPorts(ports, place)).toEqual(ports);
  });

  test("move when somebody has one of them, and only that one", async () => {
    const ports = await assignPorts(made().ports, place);
    const taken = ports.nodes[2]?.http ?? 0;
    const holder = createHttpServer({ name: "holder", host: "127.0.0.1", port: taken }, { routes: [] });
    await holder.start();
    const moved = await assignPorts(withoutPort(ports, taken), place);
    await holder.stop();
    expect(listOf(moved)).not.toContain(taken);
    expect(listOf(moved).filter((port) => !listOf(ports).includes(port))).toHaveLength(1);
  });
});

describe("the journal of the roles", () => {
  function journal(disk = new SimulatedDisk()) {
    const clock = new VirtualClock();
    const made = new DevnetJournal("/net/devnet.log", { disk, clock });
    const logOf = (role: string) =>
      createLogger({ level: "info" }, { clock, sink: (entry: LogEntry) => made.add(role, entry) });
    return { journal: made, logOf, clock, disk };
  }

  test("gives every line to those who follow, and the newest to those who come later", () => {
    const { journal: made, logOf } = journal();
    const heard: string[] = [];
    const end = made.follow(({ role, entry }) => heard.push(`${role} ${entry.event}`));
    logOf("node-1").info("one");
    logOf("ingress").warn("two");
    end();
    logOf("node-1").info("three");
    expect(heard).toEqual(["node-1 one", "ingress two"]);
    expect(made.list("node-1").map(({ entry }) => entry.event)).toEqual(["one", "three"]);
    for (let count = 0; count < 6_000; count++) logOf("node-1").info(`line ${count}`);
    expect(made.list(undefined).length).toBe(5_000);
    expect(made.list(undefined).at(-1)?.entry.event).toBe("line 5999");
  });

  test("is written to its file, and a disk that refuses stops nobody", async () => {
    const { journal: made, logOf, clock, disk } = journal();
    logOf("node-1").info("kept");
    await clock.advance(1_000);
    expect(new TextDecoder().decode(await disk.find("/net/devnet.log"))).toContain('"event":"kept"');
    disk.fault = () => "ENOSPC";
    logOf("node-1").info("not kept");
    await made.flush();
    expect(made.list("node-1")).toHaveLength(2);
  });

  test("is written whole when it closes, after what is being written, and not again later", async () => {
    const disk = new SimulatedDisk();
    const slow = Promise.withResolvers<void>();
    const appended: string[] = [];
    const append = disk.append.bind(disk);
    disk.append = async (path, bytes, options) => {
      appended.push(path);
      if (appended.length === 1) await slow.promise;
      await append(path, bytes, options);
    };
    const { journal: made, logOf, clock } = journal(disk);
    logOf("node-1").info("one");
    void made.flush();
    await new Promise(setImmediate);
    logOf("node-1").info("two");
    let isClosed = false;
    const closed = made.close().then(() => {
      isClosed = true;
    });
    await new Promise(setImmediate);
    expect([isClosed, appended.length]).toEqual([false, 1]);
    slow.resolve();
    await closed;
    logOf("node-1").info("three");
    await clock.advance(1_000);
    await made.flush();
    const text = new TextDecoder().decode(await disk.find("/net/devnet.log"));
    expect(text.match(/"event":"\w+"/g)).toEqual(['"event":"one"', '"event":"two"']);
  });
});

describe("a fault", () => {
  test("that cuts a role off lets no request in and nothing out, and ends when it is healed", async () => {
    const fault = createFaultSwitch();
    const submitted: number[] = [];
    const sink = gatedSink({ submit: async (events) => void submitted.push(events.length) }, fault);
    const server: HttpServer = gatedServer(fault)(
      { name: "cut", host: "127.0.0.1", port: 0 },
      { routes: [{ method: "GET", path: "/x", handle: () => ({ json: 1 }) }] },
    );
    await server.start();
    const client = createHttpClient({ name: "The role", url: server.url });
    expect(await client.json("/x")).toBe(1);
    fault.isPartitioned = true;
    await expect(client.json("/x")).rejects.toMatchObject({ code: "DSDN_BASE_UNREACHABLE" });
    await expect(sink.submit([])).rejects.toMatchObject({ code: "DSDN_BASE_UNREACHABLE" });
    fault.isPartitioned = false;
    expect(await client.json("/x")).toBe(1);
    await sink.submit([]);
    expect(submitted).toEqual([0]);
    await server.stop();
  });

  test("that cuts off the log holds every height back and leaves none out", async () => {
    const fault = createFaultSwitch();
    const clock = new VirtualClock();
    const heights = [1, 2, 3].map((height) => ({ height, timeMs: height, blobs: [] }));
    const da = {
      subscribe: async function* () {
        yield* heights;
      },
    } as unknown as DataAvailability;
    const gated = gatedDa(da, fault, clock);
    fault.isPartitioned = true;
    const seen: number[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      for await (const { height } of gated.subscribe({ fromHeight: 1, signal: stop.signal })) seen.push(height);
    })();
    await clock.advance(10_000);
    expect(seen).toEqual([]);
    await expect(gated.head()).rejects.toMatchObject({ code: "DSDN_BASE_UNREACHABLE" });
    fault.isPartitioned = false;
    await clock.advance(1_000);
    await reading;
    expect(seen).toEqual([1, 2, 3]);
  });

  test("that slows a disk down changes no answer", async () => {
    const fault = createFaultSwitch();
    const clock = new VirtualClock();
    const store = slowStore(new MemoryChunkStore(), fault, clock);
    const bytes = toUtf8("slow");
    await store.put(chunkIdOf(bytes), bytes);
    fault.slowMs = 2_000;
    let found: Uint8Array | undefined;
    const reading = store.find(chunkIdOf(bytes)).then((result) => {
      found = result;
    });
    await clock.advance(1_999);
    expect(found).toBeUndefined();
    await clock.advance(1);
    await reading;
    expect(found).toEqual(bytes);
  });
});

describe("a role that the devnet hosts", () => {
  test("starts only when the one before has ended, and whoever stops it too waits for the same end", async () => {
    const steps: string[] = [];
    const ended = Promise.withResolvers<void>();
    let built = 0;
    const build = () => {
      const name = `role ${++built}`;
      const start = async () => void steps.push(`${name} starts`);
      const stop = async () => {
        await ended.promise;
        steps.push(`${name} has ended`);
      };
      return { url: "", start, stop };
    };
    const replica = undefined as unknown as Replica;
    const role = hostRole({ name: "node-1", kind: "node", build }, { replica, disk: new SimulatedDisk() });
    await role.start();
    const stops = [role.stop(), role.stop().then(() => steps.push("both know"))];
    const healed = role.start();
    expect(role.status()).toBe("stopped");
    ended.resolve();
    await Promise.all([...stops, healed]);
    expect(steps).toEqual(["role 1 starts", "role 1 has ended", "both know", "role 2 starts"]);
    expect(role.status()).toBe("running");
  });

  test("does not run on when it is stopped while it starts", async () => {
    const steps: string[] = [];
    const begun = Promise.withResolvers<void>();
    const build = () => ({
      url: "",
      start: () => begun.promise.then(() => void steps.push("started")),
      stop: async () => void steps.push("stopped"),
    });
    const replica = undefined as unknown as Replica;
    const role = hostRole({ name: "node-1", kind: "node", build }, { replica, disk: new SimulatedDisk() });
    const starts = role.start();
    const stops = role.stop();
    begun.resolve();
    await Promise.all([starts, stops]);
    expect(steps).toEqual(["started", "stopped"]);
    expect(role.status()).toBe("stopped");
  });

  test.each([
    [["stop", "start", "stop"], "stopped"],
    [["stop", "start"], "running"],
    [["start", "stop", "start"], "running"],
  ] as const)("told to %s in one breath is %s afterwards", async (words, status) => {
    const build = () => ({ url: "", start: async () => {}, stop: async () => {} });
    const replica = undefined as unknown as Replica;
    const role = hostRole({ name: "node-1", kind: "node", build }, { replica, disk: new SimulatedDisk() });
    await role.start();
    await Promise.all(words.map((word) => role[word]()));
    expect(role.status()).toBe(status);
  });
});
