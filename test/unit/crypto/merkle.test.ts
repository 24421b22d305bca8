import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { concatBytes, seededRandom, toHex, toUtf8 } from "../../../src/base/index.ts";
import {
  CHUNK_LEAF_BYTES,
  chunkMerkleRoot,
  chunkRangeProof,
  merkleInner,
  merkleLeaf,
  merkleProof,
  merkleRoot,
  sha256,
  verifyChunkRange,
  verifyMerkle,
} from "../../../src/crypto/index.ts";

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => merkleLeaf(Uint8Array.of(i), toUtf8(`value ${i}`)));

describe("Merkle tree", () => {
  test("the layout of leaf, inner node and empty tree is the written one", () => {
    const plain = (...parts: Uint8Array[]) =>
      createHash("sha256")
        .update(concatBytes(...parts))
        .digest("hex");
    expect(toHex(merkleLeaf(toUtf8("k"), toUtf8("v")))).toBe(plain(Uint8Array.of(0, 0, 1), toUtf8("kv")));
    const [a, b, c] = leavesOf(3) as [Uint8Array, Uint8Array, Uint8Array];
    expect(toHex(merkleInner(a, b))).toBe(plain(Uint8Array.of(1), a, b));
    expect(toHex(merkleRoot([a, b, c]))).toBe(toHex(merkleInner(merkleInner(a, b), c)));
    expect(toHex(merkleRoot([a]))).toBe(toHex(a));
    expect(toHex(merkleRoot([]))).toBe(plain(Uint8Array.of(2)));
  });

  test("a leaf binds its key: moving a byte between key and value changes the hash", () => {
    expect(merkleLeaf(toUtf8("ab"), toUtf8("c"))).not.toEqual(merkleLeaf(toUtf8("a"), toUtf8("bc")));
  });

  test("every range of every tree up to nine leaves is proven, and only at its place", () => {
    for (let count = 1; count <= 9; count++) {
      const all = leavesOf(count);
      const root = merkleRoot(all);
      for (let first = 0; first < count; first++) {
        for (let size = 1; first + size <= count; size++) {
          const claim = { root, leafCount: count, first, leaves: all.slice(first, first + size) };
          const siblings = merkleProof(all, first, size);
          expect(verifyMerkle({ ...claim, siblings })).toBe(true);
          expect(verifyMerkle({ ...claim, siblings: [...siblings, root] })).toBe(false);
          if (siblings.length > 0) expect(verifyMerkle({ ...claim, siblings: siblings.slice(1) })).toBe(false);
          if (first > 0) expect(verifyMerkle({ ...claim, first: first - 1, siblings })).toBe(false);
          expect(verifyMerkle({ ...claim, siblings, root: sha256(root) })).toBe(false);
        }
      }
    }
  });

  test("absurd claims are answered false, not thrown", () => {
    const [leaf] = leavesOf(1) as [Uint8Array];
    for (const [leafCount, first] of [
      [0, 0],
      [1, 1],
      [-1, 0],
      [1, -1],
      [1.5, 0],
      [Number.NaN, 0],
      [2 ** 60, 0],
    ] as const) {
      expect(verifyMerkle({ root: leaf, leafCount, first, leaves: [leaf], siblings: [] })).toBe(false);
    }
    expect(verifyMerkle({ root: leaf, leafCount: 1, first: 0, leaves: [], siblings: [leaf] })).toBe(false);
    expect(verifyMerkle({ root: leaf, leafCount: 1, first: 0, leaves: [leaf.subarray(1)], siblings: [] })).toBe(false);
  });

  test("a proof outside the tree is refused by name", () => {
    for (const [first, count] of [
      [0, 0],
      [3, 1],
      [-1, 1],
      [2, 2],
      [0.5, 1],
    ] as const) {
      expect(() => merkleProof(leavesOf(3), first, count)).toThrow(
        expect.objectContaining({ code: "DSDN_CRYPTO_MERKLE_RANGE" }),
      );
    }
  });
});

describe("chunk Merkle tree", () => {
  const sizes = [1, CHUNK_LEAF_BYTES - 1, CHUNK_LEAF_BYTES, CHUNK_LEAF_BYTES + 1, 3 * CHUNK_LEAF_BYTES, 300_000];

  test.each(sizes)("a range of a chunk of %i bytes is verified and any change is seen", (size) => {
    const bytes = seededRandom("chunk").bytes(size);
    const root = chunkMerkleRoot(bytes);
    const proof = chunkRangeProof(bytes, size - 1, 1);
    expect(verifyChunkRange({ root, sizeBytes: size }, proof)).toBe(true);
    const changed = Uint8Array.from(proof.bytes);
    changed[0] = (changed[0] ?? 0) ^ 1;
    expect(verifyChunkRange({ root, sizeBytes: size }, { ...proof, bytes: changed })).toBe(false);
    expect(verifyChunkRange({ root, sizeBytes: size }, { ...proof, bytes: proof.bytes.subarray(1) })).toBe(false);
    expect(verifyChunkRange({ root, sizeBytes: size }, { ...proof, firstLeaf: proof.firstLeaf + 1 })).toBe(false);
  });

  test("a whole chunk needs no siblings, and an empty or outside range is refused", () => {
    const bytes = seededRandom("chunk").bytes(200_000);
    expect(chunkRangeProof(bytes, 0, bytes.length).siblings).toEqual([]);
    for (const [offset, length] of [
      [0, 0],
      [200_000, 1],
      [-1, 1],
      [199_999, 65_537],
    ] as const) {
      expect(() => chunkRangeProof(bytes, offset, length)).toThrow(
        expect.objectContaining({ code: "DSDN_CRYPTO_MERKLE_RANGE" }),
      );
    }
  });
});
