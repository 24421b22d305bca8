import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type ChainBatchBody, chainErrors, packBatch, unpackBatch } from "../../../src/chain/index.ts";
import { encodeCanonical, eventBodies, limits, z } from "../../../src/protocol/index.ts";

const record = (n: number, rawTxs: Uint8Array[] = []) => ({
  n,
  timestamp: 1_760_000_000 + n,
  prevRandao: new Uint8Array(32).fill(n),
  rawTxs,
});
const facts = { number: 3, previous: new Uint8Array(32).fill(1), stateRoot: new Uint8Array(32).fill(2), chainId: 7 };
const good = packBatch({ ...facts, records: [record(2, [Uint8Array.of(1, 2, 3)]), record(3)] });

/** A body whose envelope says what the test wants, whatever it holds. */
function forged(envelope: Record<string, unknown>, records: unknown = [record(2)]): ChainBatchBody {
  const unpacked = encodeCanonical(records);
  const packed = {
    version: 1,
    chainId: 7,
    firstBlock: 2,
    lastBlock: 2,
    unpackedSize: unpacked.length,
    records: new Uint8Array(deflateRawSync(unpacked)),
  };
  return { ...good, batch: encodeCanonical({ ...packed, ...envelope }) };
}

const refused = expect.objectContaining({
  spec: expect.objectContaining({ code: chainErrors.batchMalformed.code }),
  verdict: "reject",
});

describe("a batch", () => {
  test("survives packing and is a valid event body", () => {
    const batch = unpackBatch(good);
    expect(batch).toEqual({
      ...facts,
      firstBlock: 2,
      lastBlock: 3,
      records: [record(2, [Uint8Array.of(1, 2, 3)]), record(3)],
    });
    expect(z.encode(eventBodies.ChainBatch, good)).toEqual(good);
  });

  test("takes far fewer bytes than its transactions when they resemble each other", () => {
    const body = packBatch({ ...facts, records: [record(2, Array(500).fill(new Uint8Array(180).fill(5)))] });
    expect(body.batch.length).toBeLessThan(5_000);
  });

  test("with no block, or with more than fits, is not packed", () => {
    expect(() => packBatch({ ...facts, records: [] })).toThrow(refused);
    const noise = Uint8Array.from({ length: 100_000 }, (_, index) => (index * index * 31 + (index >> 3) * 17) % 251);
    const many = Array.from({ length: 50 }, (_, index) => noise.map((byte) => byte ^ ((index * 89) % 256)));
    expect(() => packBatch({ ...facts, records: [record(2, many)] })).toThrow(refused);
  });

  test("that unpacks to ten thousand times its size is refused before it is unpacked", () => {
    const bomb = new Uint8Array(deflateRawSync(new Uint8Array(64 * 1024 * 1024), { level: 9 }));
    expect(bomb.length).toBeLessThan(limits.chainBatchBytes);
    expect(() => unpackBatch(forged({ records: bomb }))).toThrow(refused);
    expect(() => unpackBatch(forged({ records: bomb, unpackedSize: 64 * 1024 * 1024 }))).toThrow(refused);
    expect(() => unpackBatch(forged({ records: bomb, unpackedSize: 4 * 1024 * 1024 }))).toThrow(refused);
  });

  test.each([
    ["another version", forged({ version: 2 })],
    ["an unknown field", forged({ extra: 1 })],
    ["other blocks than it announces", forged({ firstBlock: 1 })],
    ["an end other than it announces", forged({ lastBlock: 4 })],
    ["a gap between its blocks", forged({ lastBlock: 4 }, [record(2), record(4)])],
    ["no block", forged({}, [])],
    ["no list", forged({}, { n: 2 })],
    ["a record of another form", forged({}, [{ ...record(2), extra: 1 }])],
    ["a negative time", forged({}, [{ ...record(2), timestamp: -1 }])],
    ["a short prevRandao", forged({}, [{ ...record(2), prevRandao: new Uint8Array(31) }])],
    ["an empty transaction", forged({}, [record(2, [new Uint8Array(0)])])],
    ["a transaction above the limit", forged({}, [record(2, [new Uint8Array(128 * 1024 + 1)])])],
    ["a size one too small", forged({ unpackedSize: encodeCanonical([record(2)]).length - 1 })],
    ["a size one too large", forged({ unpackedSize: encodeCanonical([record(2)]).length + 1 })],
    [
      "a truncated stream",
      forged({ records: new Uint8Array(deflateRawSync(encodeCanonical([record(2)])).subarray(0, -2)) }),
    ],
    [
      "bytes after the end of the stream",
      forged({ records: new Uint8Array([...deflateRawSync(encodeCanonical([record(2)])), 0, 0, 0]) }),
    ],
    ["no bytes at all", { ...good, batch: new Uint8Array(0) }],
    ["noise", { ...good, batch: new Uint8Array(200).fill(0xff) }],
  ])("with %s is refused", (_what, body) => {
    expect(() => unpackBatch(body)).toThrow(refused);
  });
});
