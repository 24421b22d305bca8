import { beforeEach, describe, expect, test } from "vitest";
import { silentLogger, VirtualClock } from "../../../src/base/index.ts";
import { type Ed25519Signer, ed25519FromSeed, sha256 } from "../../../src/crypto/index.ts";
import { hexId, type KeyId, type NetworkId, openBlob, openEvent, signEvent } from "../../../src/protocol/index.ts";
import { type Mempool, openMempool } from "../../../src/roles/coordinator/mempool.ts";
import { createPoster, type Poster } from "../../../src/roles/coordinator/poster.ts";
import { crashModes, SimulatedDisk } from "../../simulation/simulated-disk.ts";

const NETWORK = "22".repeat(32) as NetworkId;
const keyOf = (name: string): Ed25519Signer => ed25519FromSeed(sha256(new TextEncoder().encode(name)));
const idOf = (name: string) => hexId<KeyId>(keyOf(name).publicKey);
const COORDINATOR = keyOf("coordinator");

function event(author: string, sequence: number, options: { url?: string; network?: NetworkId } = {}) {
  const body = { httpUrl: options.url ?? "http://127.0.0.1:1", grpcUrl: "" };
  return signEvent(keyOf(author), { network: options.network ?? NETWORK, sequence, kind: "NodeReturned", body });
}

let disk: SimulatedDisk;
let next: Map<KeyId, number>;

beforeEach(() => {
  disk = new SimulatedDisk();
  next = new Map();
});

function open(on: SimulatedDisk = disk): Promise<Mempool> {
  const nextSequenceOf = (author: KeyId) => next.get(author) ?? 0;
  return openMempool({ path: "/data/mempool.log", network: NETWORK }, { disk: on, nextSequenceOf });
}

const numbersOf = (mempool: Mempool) => mempool.list().map(({ head }) => head.sequence);

describe("the mempool", () => {
  test("takes the same event any number of times and keeps it once", async () => {
    const mempool = await open();
    await mempool.add([event("a", 0)]);
    await mempool.add([event("a", 0), event("a", 1)]);
    expect(numbersOf(mempool)).toEqual([0, 1]);
  });

  test("refuses another event under a number that waits or that the log has used, naming the next free one", async () => {
    const mempool = await open();
    next.set(idOf("a"), 3);
    await mempool.add([event("a", 3)]);
    for (const stale of [event("a", 2), event("a", 3, { url: "http://127.0.0.1:2" })]) {
      await expect(mempool.add([stale])).rejects.toMatchObject({
        code: "DSDN_COORDINATOR_STALE_SEQUENCE",
        facts: { expected: 4 },
      });
    }
  });

  test("refuses events of another network and with a wrong signature", async () => {
    const mempool = await open();
    const foreign = event("a", 0, { network: "33".repeat(32) as NetworkId });
    await expect(mempool.add([foreign])).rejects.toMatchObject({ code: "DSDN_COORDINATOR_FOREIGN_NETWORK" });
    const forged = { ...event("a", 0), signature: event("a", 1).signature };
    await expect(mempool.add([forged])).rejects.toMatchObject({ code: "DSDN_PROTOCOL_BAD_SIGNATURE" });
    expect(mempool.size).toBe(0);
  });

  test("takes all events of a call or none", async () => {
    const mempool = await open();
    const foreign = event("b", 0, { network: "33".repeat(32) as NetworkId });
    await expect(mempool.add([event("a", 0), foreign])).rejects.toThrow();
    expect(mempool.size).toBe(0);
  });

  test("lists each author's events in the order of their numbers, whatever order they came in", async () => {
    const mempool = await open();
    for (const sequence of [2, 0, 1]) await mempool.add([event("a", sequence)]);
    await mempool.add([event("b", 0)]);
    expect(numbersOf(mempool)).toEqual([0, 1, 2, 0]);
  });

  test("forgets what the log consumed, and keeps nothing of it on disk once nothing waits", async () => {
    const mempool = await open();
    await mempool.add([event("a", 0), event("a", 1)]);
    next.set(idOf("a"), 1);
    mempool.prune();
    expect(numbersOf(mempool)).toEqual([1]);
    next.set(idOf("a"), 2);
    mempool.prune();
    await mempool.add([event("b", 0)]);
    expect((await open()).list().map(({ head }) => head.author)).toEqual([idOf("b")]);
  });

  test("keeps what it acknowledged over a crash at any step, also while it empties its file", async () => {
    const mempool = await open();
    const promised: { steps: number; key: string }[] = [];
    const add = async (author: string, sequence: number) => {
      await mempool.add([event(author, sequence)]);
      promised.push({ steps: disk.steps.length, key: `${idOf(author)}/${sequence}` });
    };
    await add("a", 0);
    next.set(idOf("a"), 1);
    // The log consumes everything while the next event is being written.
    const arriving = add("b", 0);
    mempool.prune();
    await arriving;
    await add("b", 1);
    for (let steps = 0; steps <= disk.steps.length; steps++) {
      for (const mode of crashModes) {
        const kept = (await open(disk.crash(steps, mode))).list().map(({ head }) => `${head.author}/${head.sequence}`);
        const wanted = promised.filter((entry) => entry.steps <= steps && !entry.key.startsWith(idOf("a")));
        expect(kept).toEqual(expect.arrayContaining(wanted.map(({ key }) => key)));
      }
    }
  });
});

class PosterWorld {
  readonly clock = new VirtualClock();
  readonly posted: number[][] = [];
  readonly mempool: Mempool;
  readonly poster: Poster;
  height = 1;
  leads = true;
  fault: Error | undefined;
  /** Called for each blob; gives the height it lands on. */
  land: () => Promise<number> = async () => this.height + 1;

  constructor(mempool: Mempool) {
    this.mempool = mempool;
    const options = { key: COORDINATOR, network: NETWORK, batchMs: 5, repostMs: 60_000, standInMs: 15_000 };
    this.poster = createPoster(
      { ...options, isLeaderAfter: () => this.leads },
      {
        mempool,
        clock: this.clock,
        log: silentLogger(),
        height: () => this.height,
        da: {
          submit: async ([blob]) => {
            if (this.fault !== undefined) throw this.fault;
            const { events } = openBlob(blob ?? new Uint8Array(0), NETWORK);
            this.posted.push(events.map((signed) => openEvent(signed).sequence));
            return { height: await this.land(), commitments: [] };
          },
        },
      },
    );
  }

  async add(...events: ReturnType<typeof event>[]): Promise<void> {
    await this.mempool.add(events);
    this.poster.wake();
  }

  /** The log shows a height in which these numbers of author "a" were consumed. */
  async show(consumed: number): Promise<void> {
    this.height++;
    next.set(idOf("a"), consumed);
    this.mempool.prune();
    this.poster.wake();
    await this.clock.advance(2_000);
  }
}

async function startPoster(): Promise<PosterWorld> {
  const world = new PosterWorld(await open());
  await world.poster.start();
  return world;
}

describe("the poster", () => {
  test("posts what came together in one blob, once", async () => {
    const world = await startPoster();
    await world.add(event("a", 0), event("a", 1));
    await world.clock.advance(10_000);
    expect(world.posted).toEqual([[0, 1]]);
    await world.show(2);
    await world.clock.advance(100_000);
    expect(world.posted).toHaveLength(1);
  });

  test("holds back an event whose predecessor is missing until that one comes", async () => {
    const world = await startPoster();
    await world.add(event("a", 1));
    await world.clock.advance(200_000);
    expect(world.posted).toEqual([]);
    await world.add(event("a", 0));
    await world.clock.advance(2_000);
    expect(world.posted).toEqual([[0, 1]]);
  });

  test("posts again soon what a later blob overtook on the log, and more rarely when that does not help", async () => {
    const world = await startPoster();
    // The first blob is late: the second one, with number 1, lands before it and is ignored there.
    let releaseFirst = (_height: number) => {};
    world.land = () => new Promise((resolve) => (releaseFirst = resolve));
    await world.add(event("a", 0));
    await world.clock.advance(10);
    world.land = async () => 2;
    await world.add(event("a", 1));
    await world.clock.advance(10);
    expect(world.posted).toEqual([[0], [1]]);
    world.height = 2;
    releaseFirst(3);
    await world.show(1);
    expect(world.posted[2]).toEqual([1]);
    await world.clock.advance(600_000);
    const [, , ...again] = world.posted;
    expect(again.length).toBeGreaterThan(5);
    expect(again.length).toBeLessThan(25);
  });

  test("waits out an outage of the log, more and more rarely, and posts everything after it", async () => {
    const world = await startPoster();
    world.fault = new Error("no log");
    await world.add(event("a", 0));
    await world.clock.advance(300_000);
    await world.add(event("a", 1));
    world.fault = undefined;
    await world.clock.advance(6_000);
    expect(world.posted.flat()).toEqual([0, 1]);
  });

  test("leaves posting to the leader and stands in for it after a while", async () => {
    const world = await startPoster();
    world.leads = false;
    await world.add(event("a", 0));
    await world.clock.advance(14_000);
    expect(world.posted).toEqual([]);
    await world.clock.advance(3_000);
    expect(world.posted).toEqual([[0]]);
  });

  test("posts nothing after stop", async () => {
    const world = await startPoster();
    await world.poster.stop();
    await world.add(event("a", 0));
    await world.clock.advance(100_000);
    expect(world.posted).toEqual([]);
  });
});
