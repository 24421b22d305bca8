import fc from "fast-check";
import { expect, test } from "vitest";
import { concatBytes, DsdnError, equalBytes, seededRandom } from "../../../src/base/index.ts";
import {
  createOpener,
  createRangeOpener,
  createSealer,
  findPlainSize,
  open,
  seal,
  sealedSize,
} from "../../../src/crypto/index.ts";

const random = seededRandom("property");
const key = random.bytes(32);
const pool = random.bytes(400_000);
const plaintexts = fc.integer({ min: 0, max: pool.length }).map((size) => pool.subarray(0, size));
const cuts = fc.array(fc.integer({ min: 0, max: 150_000 }), { maxLength: 12 });

test("what was sealed in any pieces opens from any pieces to the same bytes", () => {
  fc.assert(
    fc.property(plaintexts, cuts, cuts, (plaintext, sealCuts, openCuts) => {
      const sealer = createSealer({ key, salt: { random }, segmentSizeLog2: 16 });
      const sealed = concatBytes(...pieces(plaintext, sealCuts).map((part) => sealer.update(part)), sealer.finish());
      const opener = createOpener({ key, header: sealer.header });
      const opened = concatBytes(...pieces(sealed, openCuts).map((part) => opener.update(part)), opener.finish());
      expect(equalBytes(opened, plaintext)).toBe(true);
      expect(sealed.length).toBe(sealedSize(plaintext.length, 16));
    }),
    { numRuns: 60 },
  );
});

test("any range of a sealed stream is the range of its plaintext", () => {
  const { header, sealed } = seal({ key, salt: { random }, segmentSizeLog2: 16 }, pool);
  const reader = createRangeOpener({ key, header, sizeBytes: pool.length });
  fc.assert(
    fc.property(fc.nat({ max: pool.length }), fc.nat({ max: pool.length }), (from, to) => {
      const [offset, length] = [Math.min(from, to), Math.abs(to - from)];
      const { sealedOffset, sealedLength } = reader.plan(offset, length);
      const opened = reader.open(offset, length, sealed.subarray(sealedOffset, sealedOffset + sealedLength));
      expect(equalBytes(opened, pool.subarray(offset, offset + length))).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test("any sealed bytes but the right ones fail by a name of this room", () => {
  const { header, sealed } = seal({ key, salt: { random }, segmentSizeLog2: 16 }, pool.subarray(0, 70_000));
  const others = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat({ max: sealed.length - 1 }).map((end) => sealed.subarray(0, end)),
    fc.nat({ max: sealed.length * 8 - 1 }).map((bit) => {
      const copy = Uint8Array.from(sealed);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return copy;
    }),
  );
  fc.assert(
    fc.property(others, (other) => {
      try {
        open({ key, header }, other);
      } catch (error) {
        return error instanceof DsdnError && /^DSDN_CRYPTO_(DAMAGED|TRUNCATED|EXTENDED)$/.test(error.code);
      }
      return false;
    }),
    { numRuns: 200 },
  );
});

test("the plain size is the inverse of the sealed size, and every other size is refused", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 50 }), fc.integer({ min: 16, max: 20 }), (size, log2) => {
      expect(findPlainSize(sealedSize(size, log2), log2)).toBe(size);
      const plain = findPlainSize(size, log2);
      if (plain !== undefined) expect(sealedSize(plain, log2)).toBe(size);
    }),
    { numRuns: 2000 },
  );
});

function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const cut of cuts) {
    parts.push(bytes.subarray(at, at + cut));
    at += cut;
  }
  return [...parts, bytes.subarray(Math.min(at, bytes.length))];
}
