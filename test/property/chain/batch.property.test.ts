import fc from "fast-check";
import { expect, test } from "vitest";
import { DsdnError } from "../../../src/base/index.ts";
import { chainBatchHash, packBatch, unpackBatch } from "../../../src/chain/index.ts";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const batchOf = fc
  .record({
    number: fc.nat(1_000_000),
    previous: bytes32,
    stateRoot: bytes32,
    chainId: fc.nat(0xffff_ffff),
    first: fc.nat(1_000_000),
    blocks: fc.array(
      fc.record({
        timestamp: fc.nat(2 ** 31),
        prevRandao: bytes32,
        rawTxs: fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 5 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ first, blocks, ...facts }) => ({
    ...facts,
    records: blocks.map((block, index) => ({ n: first + index, ...block })),
  }));

test("any batch comes back as it was packed, and packing is repeatable", () => {
  fc.assert(
    fc.property(batchOf, (batch) => {
      const body = packBatch(batch);
      expect(unpackBatch(body)).toMatchObject(batch);
      expect(chainBatchHash(packBatch(batch))).toEqual(chainBatchHash(body));
    }),
    { numRuns: 100 },
  );
});

test("a batch with any one byte changed is another batch: refused with a known error or well formed, never a crash", () => {
  fc.assert(
    fc.property(batchOf, fc.nat(), fc.integer({ min: 1, max: 255 }), (batch, position, flip) => {
      const body = packBatch(batch);
      const changed = Uint8Array.from(body.batch);
      const index = position % changed.length;
      changed[index] = (changed[index] ?? 0) ^ flip;
      try {
        expect(packBatch(unpackBatch({ ...body, batch: changed })).number).toBe(batch.number);
      } catch (error) {
        expect(error).toBeInstanceOf(DsdnError);
      }
      expect(chainBatchHash({ ...body, batch: changed })).not.toEqual(chainBatchHash(body));
    }),
    { numRuns: 200 },
  );
});
