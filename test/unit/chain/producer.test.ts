import { describe, expect, test } from "vitest";
import { seededRandom, silentLogger, toHex, VirtualClock } from "../../../src/base/index.ts";
import {
  chainErrors,
  createBlockProducer,
  createChainEngine,
  type ProducerJournal,
  type SealedBlock,
} from "../../../src/chain/index.ts";
import { alice, bob, GENESIS_MS, GENESIS_SECONDS, nusaCall, signed, testGenesis } from "./chain-fixture.ts";

const WINDOW_MS = 10;
const refusal = (spec: { code: string }, reason?: RegExp) =>
  expect.objectContaining({
    spec: expect.objectContaining({ code: spec.code }),
    ...(reason === undefined ? {} : { facts: expect.objectContaining({ reason: expect.stringMatching(reason) }) }),
  });

async function setUp(given: { journal?: Partial<ProducerJournal>; waiting?: Uint8Array[]; startMs?: number } = {}) {
  const engine = await createChainEngine(await testGenesis());
  const clock = new VirtualClock(given.startMs ?? GENESIS_MS + 60_000);
  const accepted: Uint8Array[] = [];
  const sealed: SealedBlock[] = [];
  const producer = await createBlockProducer(
    { windowMs: WINDOW_MS, waiting: given.waiting ?? [] },
    {
      engine,
      clock,
      random: seededRandom("producer"),
      log: silentLogger(),
      journal: {
        accept: async (raw) => void accepted.push(raw),
        seal: async (block) => void sealed.push(block),
        ...given.journal,
      },
    },
  );
  const balanceOfBob = async () => BigInt(String(await engine.request("eth_getBalance", [bob.address, "latest"])));
  return { engine, clock, producer, accepted, sealed, balanceOfBob };
}

describe("the block producer", () => {
  test("mines nothing while nobody sends, and one block for all that came within the window", async () => {
    const { clock, producer, sealed, accepted } = await setUp();
    await clock.advance(60_000);
    expect(sealed).toEqual([]);
    const raws = [await signed({ nonce: 0 }), await signed({ nonce: 1 })];
    for (const raw of raws) await producer.sendRaw(raw);
    await producer.flush();
    expect(accepted).toEqual(raws);
    expect(sealed.map((block) => block.record)).toEqual([
      expect.objectContaining({ n: 2, timestamp: GENESIS_SECONDS + 120, rawTxs: raws }),
    ]);
    expect(producer.pendingCount).toBe(0);
  });

  test("never lets time fall when the machine's clock does", async () => {
    const { producer, sealed } = await setUp({ startMs: GENESIS_MS - 3_600_000 });
    await producer.sendRaw(await signed({ nonce: 0 }));
    await producer.flush();
    expect(sealed[0]?.record.timestamp).toBe(GENESIS_SECONDS);
  });

  test("acknowledges a transaction only when the journal has it", async () => {
    const written = Promise.withResolvers<void>();
    const { producer } = await setUp({ journal: { accept: () => written.promise } });
    let isAcknowledged = false;
    const sending = producer.sendRaw(await signed({ nonce: 0 })).then(() => {
      isAcknowledged = true;
    });
    await producer.flush();
    expect(isAcknowledged).toBe(false);
    written.resolve();
    await sending;
    expect(isAcknowledged).toBe(true);
  });

  test("shows a block to nobody, and tells no subscriber, before the journal has it", async () => {
    const written = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const seal = () => {
      reached.resolve();
      return written.promise;
    };
    const { producer } = await setUp({ journal: { seal } });
    const events: unknown[] = [];
    producer.listen((event) => events.push(event));
    await producer.request("eth_subscribe", ["newHeads"]);
    await producer.sendRaw(await signed({ nonce: 0 }));
    const mining = producer.flush();
    await reached.promise;
    let seen: unknown;
    const reading = producer.request("eth_blockNumber", []).then((number) => {
      seen = number;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([seen, events]).toEqual([undefined, []]);
    written.resolve();
    await Promise.all([mining, reading]);
    expect(seen).toBe("0x2");
    expect(events).toHaveLength(1);
  });

  test("answers nothing more once the journal failed, so that no unsaved block is ever seen", async () => {
    const seal = () => Promise.reject(new RangeError("disk full"));
    const { producer } = await setUp({ journal: { seal } });
    await producer.sendRaw(await signed({ nonce: 0 }));
    await expect(producer.flush()).rejects.toEqual(refusal(chainErrors.stopped));
    await expect(producer.request("eth_blockNumber", [])).rejects.toEqual(refusal(chainErrors.stopped));
    await expect(producer.sendRaw(await signed({ nonce: 1 }))).rejects.toEqual(refusal(chainErrors.stopped));
    expect(producer.halted).toEqual(refusal(chainErrors.stopped));
  });

  test("keeps a transaction with a nonce gap until the gap is closed, without empty blocks", async () => {
    const { clock, producer, sealed } = await setUp();
    const [first, second] = [await signed({ nonce: 0 }), await signed({ nonce: 1 })];
    await producer.sendRaw(second);
    await clock.advance(10_000);
    expect(sealed).toEqual([]);
    expect(producer.pendingCount).toBe(1);
    await producer.sendRaw(first);
    await producer.flush();
    expect(sealed.map((block) => block.record.rawTxs)).toEqual([[first, second]]);
  });

  test("mines a transaction that the base fee outran once empty blocks let the fee fall", async () => {
    const { producer, sealed } = await setUp();
    // INVALID as creation code burns the whole block, so the next base fee rises by an eighth.
    const burner = await signed({ nonce: 0, create: true, data: "0xfe", gas: 16_777_216n });
    const outrun = await signed({ nonce: 1, maxFeePerGas: 800_000_000n, priorityFee: 0n });
    await producer.sendRaw(burner);
    await producer.sendRaw(outrun);
    for (let round = 0; round < 6 && producer.pendingCount > 0; round += 1) await producer.flush();
    const mined = sealed.map((block) => block.record.rawTxs);
    expect(mined[0]).toEqual([burner]);
    expect(mined.at(-1)).toEqual([outrun]);
    expect(mined.slice(1, -1).length).toBeGreaterThan(0);
    expect(mined.slice(1, -1).flat()).toEqual([]);
  });

  test("queues waiting transactions again and leaves out what is not valid any more", async () => {
    const raws = [await signed({ nonce: 0 }), Uint8Array.of(2, 0xc0), await signed({ nonce: 1 })];
    const { producer, sealed, accepted } = await setUp({ waiting: raws });
    await producer.flush();
    expect(sealed.map((block) => block.record.rawTxs)).toEqual([[raws[0], raws[2]]]);
    expect(accepted).toEqual([]);
  });

  test("forgets a transaction that another with the same nonce and a better price replaced", async () => {
    const { producer, sealed } = await setUp();
    await producer.sendRaw(await signed({ nonce: 1, value: 1n }));
    const better = await signed({ nonce: 1, value: 2n, maxFeePerGas: 5_000_000_000n, priorityFee: 9n });
    await producer.sendRaw(better);
    const first = await signed({ nonce: 0 });
    await producer.sendRaw(first);
    await producer.flush();
    expect(sealed.flatMap((block) => block.record.rawTxs)).toEqual([first, better]);
    expect(producer.pendingCount).toBe(0);
  });

  test("mines the rest in further blocks when a block is full", async () => {
    const { producer, sealed, balanceOfBob } = await setUp();
    for (let nonce = 0; nonce < 4; nonce += 1) {
      await producer.sendRaw(await signed({ nonce, value: 1n, gas: 8_000_000n }));
    }
    await producer.flush();
    expect(sealed.length).toBeGreaterThanOrEqual(1);
    expect(sealed.flatMap((block) => block.record.rawTxs)).toHaveLength(4);
    expect(await balanceOfBob()).toBe(4n);
  });

  test.each([
    ["is too long", () => new Uint8Array(128 * 1024 + 1).fill(2), /longer than/],
    ["carries blobs", () => Uint8Array.of(3, 0xc0), /type 3/],
    ["is empty", () => new Uint8Array(0), /type 0/],
    ["is not signed for this chain", async () => await foreign(), /another chain/],
    ["pays less than the base fee", async () => await signed({ nonce: 0, maxFeePerGas: 1n }), /below the base fee/],
    ["has a nonce far ahead", async () => await signed({ nonce: 65 }), /65 ahead/],
    ["spends more than the account has", async () => await signed({ nonce: 0, value: 10n ** 30n }), /funds/],
  ])("refuses a transaction that %s, and forgets it", async (_what, make, reason) => {
    const { producer, sealed, accepted } = await setUp();
    await expect(producer.sendRaw(await make())).rejects.toEqual(refusal(chainErrors.callRefused, reason));
    await producer.flush();
    expect([sealed, accepted, producer.pendingCount]).toEqual([[], [], 0]);
  });

  test("refuses a transaction that was mined, and one that waits already", async () => {
    const { producer } = await setUp();
    const raw = await signed({ nonce: 0 });
    await producer.sendRaw(raw);
    await expect(producer.sendRaw(raw)).rejects.toEqual(refusal(chainErrors.callRefused, /[Kk]nown/));
    await producer.flush();
    await expect(producer.sendRaw(raw)).rejects.toEqual(refusal(chainErrors.callRefused, /nonce/));
  });

  test("makes the same blocks from the same transactions, clock and seed", async () => {
    const roots: string[] = [];
    for (let run = 0; run < 2; run += 1) {
      const { engine, producer, sealed } = await setUp();
      await producer.sendRaw(await nusaCall(engine, 0, { functionName: "transfer", args: [bob.address, 5n] }));
      await producer.flush();
      roots.push(toHex(sealed[0]?.stateRoot ?? new Uint8Array(0)), (await engine.head()).hash);
    }
    expect(roots.slice(0, 2)).toEqual(roots.slice(2));
  });

  test("takes nothing after it was stopped", async () => {
    const { producer, clock, sealed } = await setUp();
    await producer.sendRaw(await signed({ nonce: 0 }));
    await producer.stop();
    await clock.advance(1_000);
    expect(sealed).toEqual([]);
    await expect(producer.sendRaw(await signed({ nonce: 1 }))).rejects.toEqual(refusal(chainErrors.stopped));
  });
});

async function foreign(): Promise<Uint8Array> {
  const raw = await alice.signTransaction({
    type: "legacy",
    chainId: 1,
    nonce: 0,
    gasPrice: 2_000_000_000n,
    gas: 21_000n,
  });
  return new Uint8Array(Buffer.from(raw.slice(2), "hex"));
}
