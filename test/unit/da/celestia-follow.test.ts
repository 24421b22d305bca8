import { afterEach, describe, expect, it } from "vitest";
import { fail, seededRandom, silentLogger, systemClock, toUtf8, VirtualClock } from "../../../src/base/index.ts";
import {
  createCelestiaClient,
  createInProcessTransport,
  createLocalDaNode,
  type DaHeight,
  type DataAvailability,
  DEFAULT_NAMESPACE,
  daErrors,
  type Transport,
} from "../../../src/da/index.ts";
import { SimulatedDisk } from "../../simulation/simulated-disk.ts";

type Subscribe = Transport["subscribe"];
type Json = { readonly [name: string]: unknown };

const closing: (() => Promise<unknown>)[] = [];
const code = (spec: { code: string }) => expect.objectContaining({ code: spec.code });

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A node, and a client that sees the node's subscriptions as `bend` makes them. */
async function setUp(bend: (subscribe: Subscribe) => Subscribe, clientClock = systemClock()) {
  const ports = { clock: systemClock(), log: silentLogger() };
  const node = createLocalDaNode(
    { dataFolder: "/da", chainId: "dsdn-test", intervalMs: 0, delayMs: 0 },
    { ...ports, disk: new SimulatedDisk(), random: seededRandom("follow") },
  );
  await node.start();
  closing.push(() => node.stop());
  const straight = createInProcessTransport(node);
  const transport = { ...straight, subscribe: bend(straight.subscribe) };
  const options = { namespace: DEFAULT_NAMESPACE, chainId: "dsdn-test" };
  const da = createCelestiaClient(options, { ...ports, clock: clientClock, transport });
  await da.start();
  closing.push(() => da.stop());
  return { node, da };
}

/** Subscribes through `change`, which gets every message and says what arrives instead. */
function bending(change: (message: Json, count: number) => readonly Json[]): (subscribe: Subscribe) => Subscribe {
  return (subscribe) => async (method, params, signal) => {
    const values = await subscribe(method, params, signal);
    async function* bent(): AsyncGenerator<unknown> {
      let count = 0;
      for await (const value of values) yield* change(value as Json, count++);
    }
    return bent();
  };
}

function follow(da: DataAvailability, fromHeight = 1) {
  const abort = new AbortController();
  const heights: DaHeight[] = [];
  let wake = () => {};
  const done = (async () => {
    for await (const height of da.subscribe({ fromHeight, signal: abort.signal })) {
      heights.push(height);
      wake();
    }
  })();
  done.catch(() => wake());
  return {
    heights,
    done,
    /** The delivered heights once the last of them is `height`. */
    reach: async (height: number) => {
      while ((heights.at(-1)?.height ?? 0) < height) await new Promise<void>((resolve) => (wake = resolve));
      return heights.map((entry) => entry.height);
    },
    end: async () => {
      abort.abort();
      await done;
    },
  };
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe("a subscription of the Celestia client", () => {
  it("fills in heights whose messages were lost", async () => {
    const { node, da } = await setUp(bending((message, count) => (count % 3 === 2 ? [message] : [])));
    const reader = follow(da);
    await reader.reach(1);
    for (let index = 0; index < 6; index++) await da.submit([toUtf8(`blob ${index}`)]);
    expect(await reader.reach(7)).toEqual(upTo(7));
    expect(reader.heights.slice(1).map(({ blobs }) => blobs.length)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(node.height).toBe(7);
    await reader.end();
  });

  it("delivers a height once whose message comes again or late", async () => {
    const old: Json[] = [];
    const { da } = await setUp(
      bending((message) => {
        old.push(message);
        return [message, ...old];
      }),
    );
    const reader = follow(da);
    for (let index = 0; index < 4; index++) await da.submit([toUtf8(`blob ${index}`)]);
    expect(await reader.reach(5)).toEqual(upTo(5));
    await reader.end();
  });

  it("asks for the header where an older node sends none", async () => {
    const { da } = await setUp(bending(({ Blobs, Height }) => [{ Blobs, Height }]));
    const reader = follow(da);
    await reader.reach(1);
    const { height } = await da.submit([toUtf8("blob")]);
    await reader.reach(height);
    expect(reader.heights.at(-1)?.timeMs).toBe((await da.headerAt(height)).timeMs);
    expect(reader.heights.at(-1)?.blobs.length).toBe(1);
    await reader.end();
  });

  it("does not believe a message without blobs when the block may hold one of ours", async () => {
    const { node, da } = await setUp(bending((message) => [{ ...message, Blobs: null }]));
    const reader = follow(da);
    await reader.reach(1);
    await da.submit([toUtf8("hidden")]);
    await node.advanceTime(1);
    expect(await reader.reach(3)).toEqual([1, 2, 3]);
    expect(reader.heights.map(({ blobs }) => blobs.length)).toEqual([0, 1, 0]);
    await reader.end();
  });

  it("goes on when the node ends the subscription after every message", async () => {
    let opened = 0;
    const { da } = await setUp((subscribe) => async (method, params, signal) => {
      opened++;
      const values = await subscribe(method, params, signal);
      async function* once(): AsyncGenerator<unknown> {
        for await (const value of values) return yield value;
      }
      return once();
    });
    const reader = follow(da);
    await reader.reach(1);
    for (let index = 0; index < 4; index++) await da.submit([toUtf8(`blob ${index}`)]);
    expect(await reader.reach(5)).toEqual(upTo(5));
    expect(opened).toBeGreaterThan(1);
    await reader.end();
  });

  it("notices after ten seconds that a silent subscription missed something", async () => {
    const clock = new VirtualClock();
    const { node, da } = await setUp(
      bending(() => []),
      clock,
    );
    const reader = follow(da);
    await reader.reach(1);
    await node.advanceTime(1);
    await clock.advance(9_000);
    expect(reader.heights.map(({ height }) => height)).toEqual([1]);
    await clock.advance(2_000);
    expect(await reader.reach(2)).toEqual([1, 2]);
    await reader.end();
  });

  it("loses nothing when its reader is far slower than the log", async () => {
    const { node, da } = await setUp((subscribe) => subscribe);
    const abort = new AbortController();
    const heights: number[] = [];
    for await (const { height } of da.subscribe({ fromHeight: 1, signal: abort.signal })) {
      heights.push(height);
      if (height % 25 === 1 && height < 100) for (let index = 0; index < 25; index++) await node.advanceTime(1);
      if (height === 101) abort.abort();
    }
    expect(heights).toEqual(upTo(101));
  });

  it("comes back by itself after a lost line, waiting longer every time", async () => {
    const clock = new VirtualClock();
    let failures = 0;
    const lost = fail(daErrors.unreachable, { node: "test", reason: "connection lost" });
    const { da } = await setUp(
      (subscribe) => async (method, params, signal) => {
        if (failures++ < 4) throw lost;
        return subscribe(method, params, signal);
      },
      clock,
    );
    const reader = follow(da);
    await clock.advance(1_200);
    expect(failures).toBe(4);
    expect(reader.heights).toEqual([]);
    expect(da.health()).toMatchObject({ isConnected: false, lastError: daErrors.unreachable.code });
    await clock.advance(1_000);
    expect(await reader.reach(1)).toEqual([1]);
    expect(da.health().isConnected).toBe(true);
    await reader.end();
  });

  it("ends with the reason when the node takes no token of ours, or follows another chain", async () => {
    const refused = fail(daErrors.unauthorised, { method: "blob.Subscribe" });
    const closed = await setUp(() => () => Promise.reject(refused));
    await expect(follow(closed.da).done).rejects.toThrow(code(daErrors.unauthorised));
    const foreign = (message: Json) => ({
      ...message,
      Header: { ...(message["Header"] as Json), chain_id: "celestia" },
    });
    const other = await setUp(bending((message) => [foreign(message)]));
    const reader = follow(other.da);
    await reader.reach(1);
    await other.node.advanceTime(1);
    await expect(reader.done).rejects.toThrow(code(daErrors.chainWrong));
  });

  it("ends when a height does not follow the one before, or when time goes back", async () => {
    const zeros = "0".repeat(64);
    const changes: Json[] = [
      { last_block_id: { hash: zeros, parts: { total: 1, hash: zeros } } },
      { time: "2001-01-01T00:00:00Z" },
    ];
    for (const change of changes) {
      const bent = (message: Json) => ({ ...message, Header: { ...(message["Header"] as Json), ...change } });
      const { node, da } = await setUp(bending((message) => [bent(message)]));
      const reader = follow(da);
      await reader.reach(1);
      await node.advanceTime(1);
      await expect(reader.done).rejects.toThrow(code(daErrors.heightBackwards));
      expect(reader.heights.map(({ height }) => height)).toEqual([1]);
    }
  });

  it("refuses a blob whose commitment is not that of its data, and one of another namespace", async () => {
    const changes: Json[] = [{ data: "AAAA" }, { namespace: Buffer.alloc(29, 2).toString("base64") }];
    for (const change of changes) {
      const bent = (message: Json) => ({
        ...message,
        Blobs: (message["Blobs"] as Json[]).map((blob) => ({ ...blob, ...change })),
      });
      const { da } = await setUp(bending((message) => [bent(message)]));
      const reader = follow(da);
      await reader.reach(1);
      await da.submit([toUtf8("blob")]);
      await expect(reader.done).rejects.toThrow(code(daErrors.proofInvalid));
    }
  });
});
