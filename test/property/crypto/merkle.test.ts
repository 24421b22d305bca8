import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../../src/base/index.ts";
import { CHUNK_LEAF_BYTES, chunkMerkleRoot, chunkRangeProof, verifyChunkRange } from "../../../src/crypto/index.ts";

const pool = seededRandom("merkle property").bytes(10 * CHUNK_LEAF_BYTES);

test("every range of every chunk is proven, and neither another place nor another byte", () => {
  const cases = fc.integer({ min: 1, max: pool.length }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      offset: fc.nat({ max: size - 1 }),
      position: fc.nat(),
    }),
  );
  fc.assert(
    fc.property(cases, ({ size, offset, position }) => {
      const bytes = pool.subarray(0, size);
      const root = chunkMerkleRoot(bytes);
      const proof = chunkRangeProof(bytes, offset, Math.min(size - offset, 70_000));
      expect(verifyChunkRange({ root, sizeBytes: size }, proof)).toBe(true);
      const moved = { ...proof, firstLeaf: proof.firstLeaf === 0 ? 1 : proof.firstLeaf - 1 };
      expect(verifyChunkRange({ root, sizeBytes: size }, moved)).toBe(false);
      const changed = Uint8Array.from(proof.bytes);
      const at = position % changed.length;
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(verifyChunkRange({ root, sizeBytes: size }, { ...proof, bytes: changed })).toBe(false);
    }),
    { numRuns: 60 },
  );
});
