import { compareBytes, equalBytes } from "../base/index.ts";
import { sha256 } from "../crypto/index.ts";
import { NAMESPACE_BYTES, PARITY_NAMESPACE } from "./namespace.ts";

/**
 * Namespaced Merkle tree. Node = lowest namespace(29) || highest namespace(29) || hash(32).
 * @source github.com/celestiaorg/nmt README and hasher.go; the highest namespace of a node ignores parity
 */
export const NODE_BYTES: number = 2 * NAMESPACE_BYTES + 32;

const LEAF_PREFIX = 0;
const INNER_PREFIX = 1;

/** The leaf's node; hash = SHA-256(0x00 || namespace || share), the share carrying its namespace once more. */
export function hashLeaf(namespace: Uint8Array, share: Uint8Array): Uint8Array {
  const preimage = new Uint8Array(1 + NAMESPACE_BYTES + share.length);
  preimage[0] = LEAF_PREFIX;
  preimage.set(namespace, 1);
  preimage.set(share, 1 + NAMESPACE_BYTES);
  return joinNode(namespace, namespace, sha256(preimage));
}

/** The inner node over two; hash = SHA-256(0x01 || left || right). */
export function hashInner(left: Uint8Array, right: Uint8Array): Uint8Array {
  const preimage = new Uint8Array(1 + 2 * NODE_BYTES);
  preimage[0] = INNER_PREFIX;
  preimage.set(left, 1);
  preimage.set(right, 1 + NODE_BYTES);
  const isParity = equalBytes(lowestNamespace(right), PARITY_NAMESPACE);
  return joinNode(lowestNamespace(left), highestNamespace(isParity ? left : right), sha256(preimage));
}

export function lowestNamespace(node: Uint8Array): Uint8Array {
  return node.subarray(0, NAMESPACE_BYTES);
}

export function highestNamespace(node: Uint8Array): Uint8Array {
  return node.subarray(NAMESPACE_BYTES, 2 * NAMESPACE_BYTES);
}

/** True when the node's range of namespaces contains this one. */
export function coversNamespace(node: Uint8Array, namespace: Uint8Array): boolean {
  return compareBytes(lowestNamespace(node), namespace) <= 0 && compareBytes(namespace, highestNamespace(node)) <= 0;
}

/** The root of a tree over leaf nodes; their count must be a power of two. */
export function rootOfLeaves(leaves: readonly Uint8Array[]): Uint8Array {
  return rootBetween(leaves, 0, leaves.length);
}

/** The root of the subtree over leaves from..to-1; to - from must be a power of two. */
export function rootBetween(leaves: readonly Uint8Array[], from: number, to: number): Uint8Array {
  let level = leaves.slice(from, to);
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let index = 0; index < level.length; index += 2) {
      next.push(hashInner(level[index] ?? EMPTY, level[index + 1] ?? EMPTY));
    }
    level = next;
  }
  return level[0] ?? EMPTY;
}

const EMPTY = new Uint8Array(NODE_BYTES);

function joinNode(lowest: Uint8Array, highest: Uint8Array, hash: Uint8Array): Uint8Array {
  const node = new Uint8Array(NODE_BYTES);
  node.set(lowest);
  node.set(highest, NAMESPACE_BYTES);
  node.set(hash, 2 * NAMESPACE_BYTES);
  return node;
}
