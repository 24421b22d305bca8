import { beforeEach, describe, expect, test } from "vitest";
import { fail, silentLogger, toUtf8, VirtualClock } from "../../../src/base/index.ts";
import { ed25519FromSeed, sha256 } from "../../../src/crypto/index.ts";
import { netErrors } from "../../../src/net/index.ts";
import {
  type ChunkId,
  chunkIdOf,
  hexId,
  type KeyId,
  type NetworkId,
  objectIdOfManifestChunk,
  readEventHead,
  type SignedEvent,
  signEvent,
} from "../../../src/protocol/index.ts";
import { Keeper } from "../../../src/roles/node/keeper.ts";
import type { Replica } from "../../../src/state/index.ts";
import { MemoryChunkStore } from "../../../src/storage/index.ts";

const SELF = "ab".repeat(32) as KeyId;
const NETWORK = "22".repeat(32) as NetworkId;
const HOUR = 3_600_000;
const BYTES = toUtf8("a chunk");
const CHUNK = chunkIdOf(BYTES);
const keyOf = (name: string) => ed25519FromSeed(sha256(toUtf8(name)));
const idOf = (name: string) => hexId<KeyId>(keyOf(name).publicKey);

/** The events of a publish request of this owner, from this number on. */
function request(owner: string, sequence: number): SignedEvent[] {
  const content = {
    object: objectIdOfManifestChunk(CHUNK),
    manifest: { id: CHUNK, size: BYTES.length, merkleRoot: new Uint8Array(32) },
    chunks: [],
    sizeBytes: BYTES.length,
    coding: "replicated" as const,
    isPublic: true,
  };
  const body = { content, createdMs: 0, expiresMs: null };
  return [signEvent(keyOf(owner), { network: NETWORK, sequence, kind: "ObjectPublished", body })];
}

let clock: VirtualClock;
let store: MemoryChunkStore;
let keeper: Keeper;
/** What the log says. */
let log: {
  height: number;
  next: Map<KeyId, number>;
  isPublished: boolean;
  isUsed: boolean;
  isCollectable: boolean;
  replicas: KeyId[];
};
let submitted: SignedEvent[];
let sinkFault: Error | undefined;
let submits: number;
let fetches: number;
let scans: number;

/** The part of the log's state that a keeper asks about, for one chunk. */
function fakeReplica(): Replica {
  const record = () => ({ id: CHUNK, size: BYTES.length, merkleRoot: new Uint8Array(32), replicas: log.replicas });
  const state = {
    findAuthor: (key: KeyId) => (log.next.has(key) ? { nextSequence: log.next.get(key) } : undefined),
    findChunk: () => (log.isPublished ? record() : undefined),
    isChunkUsed: () => log.isUsed,
    usedChunks: () => {
      scans++;
      return log.isUsed ? [record()] : [];
    },
    findNode: () => ({ id: SELF, status: "active", zone: "a", httpUrl: "" }),
    listNodes: () => [],
    placementOf: () => ({ nodes: [SELF] }),
    chunksOnNode: () => (log.replicas.includes(SELF) ? [record()] : []),
    collectableChunks: () => (log.isCollectable && log.replicas.includes(SELF) ? [record()] : []),
    findObject: () => (log.isPublished ? { holdings: [{}] } : undefined),
    genesis: { governed: { replicationFactor: 3 } },
  };
  return {
    state,
    get height() {
      return log.height;
    },
    logTimeMs: 0,
    onHeight: () => () => {},
  } as unknown as Replica;
}

function makeKeeper(): Keeper {
  return new Keeper(
    { self: SELF, planMs: 20, unpublishedMs: 48 * HOUR },
    {
      store,
      replica: fakeReplica(),
      clock,
      log: silentLogger(),
      outbox: { publish: () => new Promise(() => {}), pendingCount: 0, start: async () => {}, stop: async () => {} },
      sink: {
        submit: async (events) => {
          submits++;
          if (sinkFault !== undefined) throw sinkFault;
          submitted.push(...events);
        },
      },
      fetcher: {
        fetch: async () => {
          fetches++;
          throw new Error("no holder");
        },
      },
    },
  );
}

beforeEach(() => {
  clock = new VirtualClock();
  store = new MemoryChunkStore();
  log = { height: 1, next: new Map(), isPublished: false, isUsed: false, isCollectable: false, replicas: [] };
  submitted = [];
  sinkFault = undefined;
  [submits, fetches, scans] = [0, 0, 0];
  keeper = makeKeeper();
});

/** As the storage routes take a chunk in. */
async function take(chunk: ChunkId = CHUNK): Promise<void> {
  await keeper.promise(chunk);
  await store.put(chunk, BYTES);
  keeper.stored(chunk);
}

describe("a chunk that is acknowledged again after its last object was deleted long ago", () => {
  beforeEach(async () => {
    await store.put(CHUNK, BYTES);
    log = { ...log, isPublished: true, isCollectable: true, replicas: [SELF] };
  });

  test("is collected while nobody sends it again", async () => {
    await keeper.start();
    await clock.advance(2 * 60_000 + 100);
    keeper.stored(chunkIdOf(toUtf8("other")));
    await clock.advance(100);
    expect(await store.has(CHUNK)).toBe(false);
  });

  test("is kept until its new object can be published, also over a restart, and no longer", async () => {
    await keeper.start();
    await take();
    for (const hours of [1, 20]) {
      await clock.advance(hours * HOUR);
      keeper.stored(CHUNK);
      await clock.advance(100);
      expect(await store.has(CHUNK)).toBe(true);
    }
    await keeper.stop();
    keeper = makeKeeper();
    await keeper.start();
    await clock.advance(HOUR);
    keeper.stored(CHUNK);
    await clock.advance(100);
    expect(await store.has(CHUNK)).toBe(true);
    await clock.advance(48 * HOUR);
    keeper.stored(CHUNK);
    await clock.advance(100);
    expect(await store.has(CHUNK)).toBe(false);
  });
});

describe("an owner's publish request", () => {
  test("stays beside the manifest when another owner publishes the same object", async () => {
    await keeper.start();
    const first = keeper.remember(CHUNK, request("anna", 0));
    const both = keeper.remember(CHUNK, request("budi", 0));
    const authors = (events: readonly SignedEvent[]) => events.map((signed) => readEventHead(signed).author);
    expect(authors(first)).toEqual([idOf("anna")]);
    expect(authors(both)).toEqual([idOf("anna"), idOf("budi")]);
    await clock.advance(6_000);
    expect(new Set(authors(submitted))).toEqual(new Set([idOf("anna"), idOf("budi")]));
  });

  test("is handed over until the log has used its number, whoever else has the object", async () => {
    await keeper.start();
    log.isPublished = true;
    keeper.remember(CHUNK, request("anna", 3));
    keeper.stored(CHUNK);
    await clock.advance(6_000);
    expect(submitted).toHaveLength(1);
    log.next.set(idOf("anna"), 4);
    await clock.advance(20_000);
    expect(submitted).toHaveLength(1);
  });

  test("is not pushed out by strangers", async () => {
    await keeper.start();
    log.next.set(idOf("anna"), 3);
    keeper.remember(CHUNK, request("anna", 3));
    for (let stranger = 0; stranger < 20; stranger++) keeper.remember(CHUNK, request(`stranger ${stranger}`, 0));
    const kept = keeper.remember(CHUNK, request("budi", 0)).map((signed) => readEventHead(signed).author);
    expect(kept).toContain(idOf("anna"));
    expect(kept.length).toBeLessThanOrEqual(9);
  });
});

describe("a node that cannot do its work at the moment", () => {
  test("asks for a chunk nobody gives it more and more rarely", async () => {
    log = { ...log, isPublished: true, isUsed: true };
    await keeper.start();
    await clock.advance(HOUR);
    expect(fetches).toBeGreaterThan(20);
    expect(fetches).toBeLessThan(100);
  });

  test("does not try every request when no coordinator answers the first", async () => {
    sinkFault = fail(netErrors.noPoster, { count: 1 });
    await keeper.start();
    for (let count = 0; count < 10; count++)
      keeper.remember(chunkIdOf(toUtf8(`${count}`)), request(`owner ${count}`, 0));
    keeper.stored(CHUNK);
    await clock.advance(5_900);
    expect(submits).toBe(1);
    sinkFault = undefined;
    await clock.advance(5_900);
    expect(submitted).toHaveLength(10);
  });

  test("looks through all chunks once a height, not once a stored chunk", async () => {
    await keeper.start();
    for (let count = 0; count < 50; count++) {
      keeper.stored(CHUNK);
      await clock.advance(25);
    }
    expect(scans).toBe(1);
    log.height++;
    keeper.stored(CHUNK);
    await clock.advance(25);
    expect(scans).toBe(2);
  });
});
