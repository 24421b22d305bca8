import { beforeEach, describe, expect, test } from "vitest";
import { type Clock, silentLogger, VirtualClock } from "../../../src/base/index.ts";
import { type ChunkId, chunkIdOf } from "../../../src/protocol/index.ts";
import { Keeper } from "../../../src/roles/node/keeper.ts";
import { Scrubber } from "../../../src/roles/node/scrubber.ts";
import type { AppliedHeight, Replica } from "../../../src/state/index.ts";
import { MemoryChunkStore } from "../../../src/storage/index.ts";
import { type Actor, content, World } from "../state/world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What the node reads back in a second at most. */
const BYTES_PER_SECOND = 20_000_000;

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock();
});

async function fill(store: MemoryChunkStore, count: number, sizeBytes: number): Promise<ChunkId[]> {
  const all = Array.from({ length: count }, (_, at) => new Uint8Array(sizeBytes).fill(at + 1));
  for (const bytes of all) await store.put(chunkIdOf(bytes), bytes);
  return all.map((bytes) => chunkIdOf(bytes));
}

describe("the scrubber of a node", () => {
  test("reads everything ten minutes after the start, then every six hours", async () => {
    const store = new MemoryChunkStore();
    await fill(store, 5, 100);
    const scrubber = new Scrubber({}, { store, clock, log: silentLogger() });
    await scrubber.start();
    await scrubber.start();
    await clock.advance(10 * MINUTE_MS - 1);
    expect(scrubber.scrubbed).toBe(0);
    await clock.advance(MINUTE_MS);
    expect(scrubber.scrubbed).toBe(5);
    await clock.advance(6 * HOUR_MS - 2 * MINUTE_MS);
    expect(scrubber.scrubbed).toBe(5);
    await clock.advance(2 * MINUTE_MS);
    expect(scrubber.scrubbed).toBe(10);
    await scrubber.stop();
    await clock.advance(24 * HOUR_MS);
    expect(scrubber.scrubbed).toBe(10);
  });

  test("reads no faster than 20 MB a second, and stops in the middle of a round", async () => {
    const store = new MemoryChunkStore();
    await fill(store, 10, BYTES_PER_SECOND / 10);
    const scrubber = new Scrubber({ everyMs: MINUTE_MS }, { store, clock, log: silentLogger() });
    await scrubber.start();
    await clock.advance(MINUTE_MS + 450);
    expect(scrubber.scrubbed).toBe(5);
    await scrubber.stop();
    await clock.advance(HOUR_MS);
    expect(scrubber.scrubbed).toBe(5);
  });

  test("goes on with the next round when the disk fails in one", async () => {
    const store = new MemoryChunkStore();
    await fill(store, 2, 100);
    const find = store.find.bind(store);
    let failures = 1;
    store.find = async (chunk) => {
      if (failures-- > 0) throw new Error("the disk does not answer");
      return find(chunk);
    };
    const scrubber = new Scrubber({ everyMs: MINUTE_MS }, { store, clock, log: silentLogger() });
    await scrubber.start();
    await clock.advance(MINUTE_MS + 1_000);
    expect(scrubber.scrubbed).toBe(0);
    await clock.advance(MINUTE_MS + 1_000);
    expect(scrubber.scrubbed).toBe(2);
    await scrubber.stop();
  });
});

/** A node that holds one published object's chunks as the log says; what it publishes stands on the log at once. */
async function keepingNode() {
  const world = new World();
  const nodes = world.joinSix();
  const bytes = new Uint8Array(1000).fill(7);
  const ref = { id: chunkIdOf(bytes), size: bytes.length, merkleRoot: new Uint8Array(32) };
  const object = content("kept", { chunks: [ref] });
  expect(world.publish(world.session(), object)).toBe("accepted");
  const holder = nodes.find(({ id }) => world.state.placementOf(ref.id).nodes.includes(id)) as Actor;
  const listeners = new Set<(applied: AppliedHeight) => void>();
  const said: string[] = [];
  const say = async (kind: "ReplicaAdded" | "ReplicaRemoved", body: { chunks: ChunkId[] }) => {
    said.push(`${kind} ${body.chunks.length}`);
    world.say(holder, kind, body);
    for (const listener of listeners) listener({} as AppliedHeight);
    return { isAccepted: true, reason: undefined, position: { height: 1, blob: 0, event: 0 } };
  };
  let keeper: Keeper | undefined;
  const store = new MemoryChunkStore({}, { onDamaged: (chunk) => keeper?.damaged(chunk) });
  await store.put(ref.id, bytes);
  const replica = {
    state: world.state,
    height: 1,
    logTimeMs: world.nowMs,
    onHeight: (listener: (applied: AppliedHeight) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  } as Partial<Replica> as Replica;
  const pulled: ChunkId[] = [];
  const fetcher = {
    fetch: async (chunk: ChunkId) => {
      if (chunk !== ref.id) throw new Error("nobody has it");
      pulled.push(chunk);
      return bytes.slice();
    },
  };
  const outbox = { publish: say, pendingCount: 0, start: async () => {}, stop: async () => {} } as never;
  const deps = { store, replica, fetcher, outbox, sink: { submit: async () => {} }, log: silentLogger() };
  const options = { self: holder.id, planMs: 20, unpublishedMs: HOUR_MS };
  keeper = new Keeper(options, { ...deps, clock: clock as Clock });
  const isHolder = () => world.state.findChunk(ref.id)?.replicas.includes(holder.id) ?? false;
  return { keeper, store, chunk: ref.id, bytes, said, pulled, isHolder };
}

test("damage the scrubber finds is told to the log, pulled from another node and told again", async () => {
  const { keeper, store, chunk, bytes, said, pulled, isHolder } = await keepingNode();
  const scrubber = new Scrubber({ everyMs: HOUR_MS }, { store, clock, log: silentLogger() });
  await keeper.start();
  await scrubber.start();
  await clock.advance(MINUTE_MS);
  expect({ said, isHolder: isHolder() }).toEqual({ said: ["ReplicaAdded 1"], isHolder: true });
  store.damage(chunk, 500);
  await clock.advance(8 * MINUTE_MS);
  expect({ said: said.length, damaged: keeper.damagedCount }).toEqual({ said: 1, damaged: 0 });
  await clock.advance(2 * MINUTE_MS);
  expect(said).toEqual(["ReplicaAdded 1", "ReplicaRemoved 1", "ReplicaAdded 1"]);
  expect({ pulled, damaged: keeper.damagedCount, repaired: keeper.repaired }).toEqual({
    pulled: [chunk],
    damaged: 1,
    repaired: 1,
  });
  expect(isHolder()).toBe(true);
  expect(await store.find(chunk)).toEqual(bytes);
  await scrubber.stop();
  await keeper.stop();
});
