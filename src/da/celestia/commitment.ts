import { merkleRoot } from "./merkle.ts";
import { hashLeaf, rootBetween } from "./nmt.ts";
import { type BlobContent, splitBlob } from "./share.ts";

/** @source celestia-app specs/src/data_square_layout.md: SubtreeRootThreshold, a constant of the chain */
const SUBTREE_ROOT_THRESHOLD = 64;

/**
 * The 32-byte share commitment of a blob.
 * @source go-square inclusion/commitment.go; celestia-app specs/src/data_square_layout.md
 */
export function commitBlob(blob: BlobContent): Uint8Array {
  return merkleRoot(subtreeRoots(blob));
}

/** The namespaced subtree roots that the commitment is the Merkle root of. */
function subtreeRoots(blob: BlobContent): Uint8Array[] {
  const leaves = splitBlob(blob).map((share) => hashLeaf(blob.namespace, share));
  const roots: Uint8Array[] = [];
  let from = 0;
  for (const size of mountainSizes(leaves.length, subtreeWidth(leaves.length))) {
    roots.push(rootBetween(leaves, from, from + size));
    from += size;
  }
  return roots;
}

/** The widest subtree, and the alignment, of a blob of so many shares. */
export function subtreeWidth(shareCount: number): number {
  const byThreshold = ceilPowerOfTwo(Math.ceil(shareCount / SUBTREE_ROOT_THRESHOLD));
  return Math.min(byThreshold, ceilPowerOfTwo(Math.ceil(Math.sqrt(shareCount))));
}

/** Smallest power of two that is at least `value`. */
export function ceilPowerOfTwo(value: number): number {
  let power = 1;
  while (power < value) power *= 2;
  return power;
}

/** Sizes of the subtrees: the full width while it fits, then falling powers of two. */
function mountainSizes(count: number, width: number): number[] {
  const sizes: number[] = [];
  let left = count;
  let size = width;
  while (left > 0) {
    while (size > left) size /= 2;
    sizes.push(size);
    left -= size;
  }
  return sizes;
}
