/**
 * The Merkle tree of one chunk: leaves of 64 KiB (the last may be shorter), the key of a leaf is its index as eight
 * big-endian bytes. Audits, storage proofs and range reads of public data are checked against its root.
 */
import { fail } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";
import { merkleLeaf, merkleProof, merkleRoot, verifyMerkle } from "./merkle.ts";

/** Size of a chunk's Merkle leaf, in bytes. */
export const CHUNK_LEAF_BYTES = 65_536;

/** The root over the chunk's 64 KiB leaves: `ChunkRef.merkleRoot`. */
export function chunkMerkleRoot(bytes: Uint8Array): Uint8Array {
  return merkleRoot(hashLeaves(bytes, 0));
}

/** Leaves that cover a byte range, and what proves them. */
export interface ChunkRangeProof {
  /** Index of the first leaf. */
  readonly firstLeaf: number;
  /** The whole leaves that cover the range, one after the other. */
  readonly bytes: Uint8Array;
  readonly siblings: readonly Uint8Array[];
}

/**
 * The leaves that cover `offset..offset+length-1` of the chunk, with their proof.
 *
 * @throws DSDN_CRYPTO_MERKLE_RANGE when the range is empty or leaves the chunk.
 */
export function chunkRangeProof(bytes: Uint8Array, offset: number, length: number): ChunkRangeProof {
  if (offset + length > bytes.length) {
    throw fail(cryptoErrors.merkleRange, { first: offset, count: length, leafCount: bytes.length });
  }
  const firstLeaf = Math.floor(offset / CHUNK_LEAF_BYTES);
  const endLeaf = Math.floor((offset + length - 1) / CHUNK_LEAF_BYTES) + 1;
  const siblings = merkleProof(hashLeaves(bytes, 0), firstLeaf, length > 0 ? endLeaf - firstLeaf : 0);
  return { firstLeaf, bytes: bytes.subarray(firstLeaf * CHUNK_LEAF_BYTES, endLeaf * CHUNK_LEAF_BYTES), siblings };
}

interface ChunkClaim {
  readonly root: Uint8Array;
  /** Size of the whole chunk in bytes, from a trusted place. */
  readonly sizeBytes: number;
}

/** Whether the proof's bytes are the chunk's bytes from `firstLeaf * 65536` on. Never throws. */
export function verifyChunkRange({ root, sizeBytes }: ChunkClaim, proof: ChunkRangeProof): boolean {
  const start = proof.firstLeaf * CHUNK_LEAF_BYTES;
  const end = start + proof.bytes.length;
  if (!Number.isSafeInteger(start) || start < 0 || proof.bytes.length === 0 || end > sizeBytes) return false;
  if (end < sizeBytes && proof.bytes.length % CHUNK_LEAF_BYTES !== 0) return false;
  return verifyMerkle({
    root,
    leafCount: Math.ceil(sizeBytes / CHUNK_LEAF_BYTES),
    first: proof.firstLeaf,
    leaves: hashLeaves(proof.bytes, proof.firstLeaf),
    siblings: proof.siblings,
  });
}

function hashLeaves(bytes: Uint8Array, firstLeaf: number): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += CHUNK_LEAF_BYTES) {
    const key = new Uint8Array(8);
    new DataView(key.buffer).setBigUint64(0, BigInt(firstLeaf + leaves.length));
    leaves.push(merkleLeaf(key, bytes.subarray(offset, offset + CHUNK_LEAF_BYTES)));
  }
  return leaves;
}
