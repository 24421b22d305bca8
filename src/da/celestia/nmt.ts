import { compareBytes } from "../../base/index.ts";
import { sha256 } from "../../crypto/index.ts";
import { NAMESPACE_BYTES } from "./namespace.ts";

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
  const node = new Uint8Array(NODE_BYTES);
  node.set(namespace);
  node.set(namespace, NAMESPACE_BYTES);
  node.set(sha256(preimage), 2 * NAMESPACE_BYTES);
  return node;
}

/** Reused: an extended square needs tens of thousands of inner nodes. */
const innerPreimage = new Uint8Array(1 + 2 * NODE_BYTES);
innerPreimage[0] = INNER_PREFIX;

/** The inner node over two; hash = SHA-256(0x01 || left || right). */
export function hashInner(left: Uint8Array, right: Uint8Array): Uint8Array {
  innerPreimage.set(left, 1);
  innerPreimage.set(right, 1 + NODE_BYTES);
  const highest = isParityNode(right) ? left : right;
  const node = left.slice();
  for (let index = NAMESPACE_BYTES; index < 2 * NAMESPACE_BYTES; index++) node[index] = highest[index] ?? 0;
  node.set(sha256(innerPreimage), 2 * NAMESPACE_BYTES);
  return node;
}

function isParityNode(node: Uint8Array): boolean {
  for (let index = 0; index < NAMESPACE_BYTES; index++) if (node[index] !== 0xff) return false;
  return true;
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
