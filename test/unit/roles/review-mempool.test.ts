import { beforeEach, describe, expect, test } from "vitest";
import { type Ed25519Signer, ed25519FromSeed, sha256 } from "../../../src/crypto/index.ts";
import { hexId, type KeyId, type NetworkId, signEvent } from "../../../src/protocol/index.ts";
import { type MempoolOptions, openMempool } from "../../../src/roles/coordinator/mempool.ts";
import { crashModes, SimulatedDisk } from "../../simulation/simulated-disk.ts";

const NETWORK = "22".repeat(32) as NetworkId;
const PATH = "/data/mempool.log";
const keyOf = (name: string): Ed25519Signer => ed25519FromSeed(sha256(new TextEncoder().encode(name)));
const idOf = (name: string) => hexId<KeyId>(keyOf(name).publicKey);
const event = (author: string, sequence: number) =>
  signEvent(keyOf(author), {
    network: NETWORK,
    sequence,
    kind: "NodeReturned",
    body: { httpUrl: "http://127.0.0.1:1", grpcUrl: "" },
  });

let disk: SimulatedDisk;
let next: Map<KeyId, number>;
let strangers: Set<KeyId>;

beforeEach(() => {
  disk = new SimulatedDisk();
  next = new Map();
  strangers = new Set();
});

const open = (options: Partial<MempoolOptions> = {}, on = disk) =>
  openMempool(
    { path: PATH, network: NETWORK, ...options },
    {
      disk: on,
      nextSequenceOf: (author) => next.get(author) ?? 0,
      isAuthored: ({ author }) => !strangers.has(author),
    },
  );

describe("the mempool among strangers", () => {
  test("does not grow its file for ever while one event waits for a number that never comes", async () => {
    const mempool = await open({ compactAboveBytes: 2_000 });
    await mempool.add([event("stuck", 1)]);
    for (let sequence = 0; sequence < 100; sequence++) {
      await mempool.add([event("a", sequence)]);
      next.set(idOf("a"), sequence + 1);
      mempool.prune();
    }
    expect(await disk.findSize(PATH)).toBeLessThan(5_000);
    expect((await open()).list().map(({ head }) => head.author)).toEqual([idOf("stuck")]);
  });

  test("loses nothing it acknowledged when it writes its file anew, also not what arrives at that moment", async () => {
    const mempool = await open({ compactAboveBytes: 0 });
    const promised: { steps: number; key: string }[] = [];
    const add = async (author: string, sequence: number) => {
      await mempool.add([event(author, sequence)]);
      promised.push({ steps: disk.steps.length, key: `${idOf(author)}/${sequence}` });
    };
    await add("b", 0);
    for (let sequence = 0; sequence < 4; sequence++) await mempool.add([event("a", sequence)]);
    next.set(idOf("a"), 4);
    const arriving = add("c", 0);
    mempool.prune();
    await arriving;
    await add("d", 0);
    for (let steps = 0; steps <= disk.steps.length; steps++) {
      for (const mode of crashModes) {
        const again = await open({}, disk.crash(steps, mode));
        const kept = again.list().map(({ head }) => `${head.author}/${head.sequence}`);
        const wanted = promised.filter((entry) => entry.steps <= steps).map(({ key }) => key);
        expect(kept).toEqual(expect.arrayContaining(wanted));
      }
    }
  });

  test("lets what can never be posted make room when it is full", async () => {
    const mempool = await open({ maxWaiting: 3 });
    await mempool.add([event("a", 0)]);
    await mempool.add([event("stuck", 1), event("stuck", 2)]);
    await mempool.add([event("a", 1)]);
    expect(mempool.list().map(({ head }) => head.author)).toEqual([idOf("a"), idOf("a")]);
    await mempool.add([event("a", 2)]);
    await expect(mempool.add([event("a", 3)])).rejects.toMatchObject({ code: "DSDN_COORDINATOR_MEMPOOL_FULL" });
  });

  test("forgets what was numbered after a refused introduction", async () => {
    const mempool = await open();
    await mempool.add([event("a", 0), event("a", 1), event("b", 0)]);
    mempool.drop(idOf("a"), 0);
    expect(mempool.list().map(({ head }) => head.author)).toEqual([idOf("b")]);
  });

  test("takes no first event that the log would ignore: it would be posted and paid for again and again", async () => {
    strangers.add(idOf("stranger"));
    const mempool = await open();
    await expect(mempool.add([event("stranger", 0)])).rejects.toMatchObject({
      code: "DSDN_COORDINATOR_AUTHOR_UNKNOWN",
    });
    expect(mempool.size).toBe(0);
  });
});
