/**
 * Binary Merkle trees over SHA-256. Shape as RFC 6962 section 2.1: the left subtree holds the largest power of two
 * of leaves that is smaller than their number.
 *
 *   leaf  = SHA-256(0x00 || length of key (2, big-endian) || key || value)
 *   inner = SHA-256(0x01 || left || right)
 *   empty = SHA-256(0x02)
 *
 * Differs from RFC 6962: a leaf holds its key, so a proof cannot move a value to another place.
 */
import { concatBytes, equalBytes, fail } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";
import { createSha256, DIGEST_BYTES, sha256 } from "./hash.ts";

const INNER = Uint8Array.of(1);
const EMPTY = Uint8Array.of(2);
/** More siblings than any tree of 2^53 leaves needs. */
const PROOF_LENGTH_MAX = 106;

/** The hash of one leaf. `key` is at most 65,535 bytes. */
export function merkleLeaf(key: Uint8Array, value: Uint8Array): Uint8Array {
  if (key.length > 0xffff) {
    throw fail(cryptoErrors.keyLength, { what: "Merkle leaf key", expected: 0xffff, actual: key.length });
  }
  const state = createSha256();
  state.update(Uint8Array.of(0, key.length >> 8, key.length & 0xff));
  state.update(key);
  state.update(value);
  return state.digest();
}

/** The hash of an inner node over its two children. */
export function merkleInner(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(INNER, left, right));
}

/** The root over leaf hashes in order; the empty tree has a root of its own. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return leaves.length === 0 ? sha256(EMPTY) : subtree(leaves, 0, leaves.length);
}

/**
 * The sibling hashes that, with the leaf hashes `first..first+count-1`, give the root: depth first, left to right.
 *
 * @throws DSDN_CRYPTO_MERKLE_RANGE when the range is empty or leaves the tree.
 */
export function merkleProof(leaves: readonly Uint8Array[], first: number, count = 1): Uint8Array[] {
  checkRange(first, count, leaves.length);
  const siblings: Uint8Array[] = [];
  const walk = (low: number, high: number): void => {
    if (high <= first || low >= first + count) siblings.push(subtree(leaves, low, high));
    else if (high - low > 1) {
      const middle = low + split(high - low);
      walk(low, middle);
      walk(middle, high);
    }
  };
  walk(0, leaves.length);
  return siblings;
}

export interface MerkleClaim {
  readonly root: Uint8Array;
  /** Number of leaves of the whole tree, from a trusted place. */
  readonly leafCount: number;
  /** Index of the first proven leaf. */
  readonly first: number;
  /** Hashes of the proven leaves, in order. */
  readonly leaves: readonly Uint8Array[];
  /** Siblings as `merkleProof` gives them. */
  readonly siblings: readonly Uint8Array[];
}

/** Whether the claimed leaves stand at their place under the root. Never throws; every sibling must be used. */
export function verifyMerkle({ root, leafCount, first, leaves, siblings }: MerkleClaim): boolean {
  const end = first + leaves.length;
  if (![leafCount, first].every((value) => Number.isSafeInteger(value) && value >= 0)) return false;
  if (leaves.length === 0 || end > leafCount || siblings.length > PROOF_LENGTH_MAX) return false;
  if ([...leaves, ...siblings].some((digest) => digest.length !== DIGEST_BYTES)) return false;
  let used = 0;
  const walk = (low: number, high: number): Uint8Array | undefined => {
    if (high <= first || low >= end) return siblings[used++];
    if (high - low === 1) return leaves[low - first];
    const middle = low + split(high - low);
    const left = walk(low, middle);
    const right = left && walk(middle, high);
    return left && right && merkleInner(left, right);
  };
  const computed = walk(0, leafCount);
  return computed !== undefined && used === siblings.length && equalBytes(computed, root);
}

function checkRange(first: number, count: number, leafCount: number): void {
  const isInside =
    Number.isSafeInteger(first) && Number.isSafeInteger(count) && first >= 0 && count > 0 && first + count <= leafCount;
  if (!isInside) throw fail(cryptoErrors.merkleRange, { first, count, leafCount });
}

function subtree(leaves: readonly Uint8Array[], low: number, high: number): Uint8Array {
  const leaf = leaves[low];
  if (leaf !== undefined && high - low === 1) return leaf;
  const middle = low + split(high - low);
  return merkleInner(subtree(leaves, low, middle), subtree(leaves, middle, high));
}

/** The largest power of two below `size`; `size` is at least 2. */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
