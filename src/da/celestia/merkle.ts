import { equalBytes } from "../../base/index.ts";
import { sha256 } from "../../crypto/index.ts";

/**
 * Binary Merkle tree of CometBFT: leaf = SHA-256(0x00 || data), inner = SHA-256(0x01 || left || right), split at the
 * largest power of two below the count. @source RFC 6962 section 2.1; cometbft crypto/merkle
 */
export function merkleRoot(items: readonly Uint8Array[]): Uint8Array {
  if (items.length === 0) return sha256(new Uint8Array(0));
  return foldRoot(items.map(hashMerkleLeaf), 0, items.length);
}

/** The sibling hashes that prove items from..to-1, in the order `verifyMerkleRange` uses them. */
export function proveMerkleRange(items: readonly Uint8Array[], from: number, to: number): Uint8Array[] {
  const leaves = items.map(hashMerkleLeaf);
  const path: Uint8Array[] = [];
  const walk = (start: number, end: number): void => {
    if (end <= from || start >= to) {
      path.push(foldRoot(leaves, start, end));
      return;
    }
    if (end - start === 1) return;
    const middle = start + splitPoint(end - start);
    walk(start, middle);
    walk(middle, end);
  };
  walk(0, leaves.length);
  return path;
}

/** True when `items` are those at from..from+items.length-1 of a tree of `count` leaves with this root. */
export function verifyMerkleRange(
  root: Uint8Array,
  claim: { count: number; from: number; items: readonly Uint8Array[]; path: readonly Uint8Array[] },
): boolean {
  const { count, from, items, path } = claim;
  const to = from + items.length;
  if (!Number.isSafeInteger(from) || from < 0 || items.length === 0 || to > count) return false;
  if (path.some((node) => node.length !== 32)) return false;
  let used = 0;
  const rebuild = (start: number, end: number): Uint8Array | undefined => {
    if (end <= from || start >= to) return path[used++];
    if (end - start === 1) return hashMerkleLeaf(items[start - from] ?? new Uint8Array(0));
    const middle = start + splitPoint(end - start);
    const left = rebuild(start, middle);
    const right = rebuild(middle, end);
    return left === undefined || right === undefined ? undefined : hashMerkleInner(left, right);
  };
  const rebuilt = rebuild(0, count);
  return rebuilt !== undefined && used === path.length && equalBytes(rebuilt, root);
}

function hashMerkleLeaf(data: Uint8Array): Uint8Array {
  const preimage = new Uint8Array(1 + data.length);
  preimage.set(data, 1);
  return sha256(preimage);
}

function hashMerkleInner(left: Uint8Array, right: Uint8Array): Uint8Array {
  const preimage = new Uint8Array(65);
  preimage[0] = 1;
  preimage.set(left, 1);
  preimage.set(right, 33);
  return sha256(preimage);
}

function foldRoot(leaves: readonly Uint8Array[], start: number, end: number): Uint8Array {
  if (end - start === 1) return leaves[start] ?? new Uint8Array(32);
  const middle = start + splitPoint(end - start);
  return hashMerkleInner(foldRoot(leaves, start, middle), foldRoot(leaves, middle, end));
}

/** Largest power of two below `count`. */
function splitPoint(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}
