import { compareBytes, equalBytes } from "../../base/index.ts";
import {
  coversNamespace,
  hashInner,
  hashLeaf,
  highestNamespace,
  lowestNamespace,
  NODE_BYTES,
  rootBetween,
} from "./nmt.ts";

/**
 * Proof that leaves start..end-1 stand in a namespaced Merkle tree; with `leafHash` set it proves instead that a
 * namespace is absent: the leaf at `start` is the first one above it. @source github.com/celestiaorg/nmt proof.go
 */
export interface NmtProof {
  readonly start: number;
  readonly end: number;
  /** 90 bytes each, left to right. */
  readonly nodes: readonly Uint8Array[];
  /** 90 bytes; only in an absence proof. */
  readonly leafHash: Uint8Array | undefined;
}

/** The proof for leaves start..end-1 of a tree whose leaf nodes are given (their count a power of two). */
export function proveRange(leaves: readonly Uint8Array[], start: number, end: number): NmtProof {
  const nodes: Uint8Array[] = [];
  const walk = (from: number, to: number): void => {
    if (to <= start || from >= end) {
      nodes.push(rootBetween(leaves, from, to));
      return;
    }
    if (from >= start && to <= end) return;
    const middle = (from + to) / 2;
    walk(from, middle);
    walk(middle, to);
  };
  walk(0, leaves.length);
  return { start, end, nodes, leafHash: undefined };
}

/**
 * The proof of all leaves of one namespace, or of its absence. Asked only for a row whose range covers the namespace.
 * The leaf nodes are sorted by namespace.
 */
export function proveNamespace(leaves: readonly Uint8Array[], namespace: Uint8Array): NmtProof {
  const order = leaves.map((leaf) => compareBytes(lowestNamespace(leaf), namespace));
  const start = order.findIndex((value) => value >= 0);
  if (order[start] === 0) {
    const after = order.findIndex((value) => value > 0);
    return proveRange(leaves, start, after === -1 ? leaves.length : after);
  }
  return { ...proveRange(leaves, start, start + 1), leafHash: leaves[start] };
}

/** A tree as a verifier knows it: its root and how many leaves it has (a power of two). */
export interface KnownTree {
  readonly root: Uint8Array;
  readonly leafCount: number;
}

/** True when the leaf nodes are those at start..end-1 of the tree. */
export function verifyRange(tree: KnownTree, proof: NmtProof, leaves: readonly Uint8Array[]): boolean {
  const { start, end, nodes } = proof;
  if (!isCount(start) || !isCount(end) || start >= end || end > tree.leafCount || end - start !== leaves.length) {
    return false;
  }
  if (nodes.some((node) => node.length !== NODE_BYTES) || leaves.some((leaf) => leaf.length !== NODE_BYTES))
    return false;
  let used = 0;
  const rebuild = (from: number, to: number): Uint8Array | undefined => {
    if (to <= start || from >= end) return nodes[used++];
    if (to - from === 1) return leaves[from - start];
    const middle = (from + to) / 2;
    const left = rebuild(from, middle);
    const right = rebuild(middle, to);
    // Siblings out of order would let a node hide shares of a namespace behind a wrong range.
    if (left === undefined || right === undefined || !isOrdered(left, right)) return undefined;
    return hashInner(left, right);
  };
  const root = rebuild(0, tree.leafCount);
  return root !== undefined && used === nodes.length && equalBytes(root, tree.root);
}

/**
 * True when `shares` are all the shares of the namespace in the tree. With no shares the proof must be an absence
 * proof, or empty where the tree's range does not cover the namespace at all.
 */
export function verifyNamespace(
  tree: KnownTree,
  namespace: Uint8Array,
  found: { shares: readonly Uint8Array[]; proof: NmtProof },
): boolean {
  const { shares, proof } = found;
  if (!coversNamespace(tree.root, namespace)) return shares.length === 0 && proof.nodes.length === 0;
  let leaves: readonly Uint8Array[];
  if (shares.length === 0) {
    if (proof.leafHash === undefined || proof.end - proof.start !== 1) return false;
    if (proof.leafHash.length !== NODE_BYTES || compareBytes(lowestNamespace(proof.leafHash), namespace) <= 0)
      return false;
    leaves = [proof.leafHash];
  } else {
    if (proof.leafHash !== undefined) return false;
    if (shares.some((share) => !equalBytes(share.subarray(0, namespace.length), namespace))) return false;
    leaves = shares.map((share) => hashLeaf(namespace, share));
  }
  if (!verifyRange(tree, proof, leaves)) return false;
  return isComplete(tree, namespace, proof);
}

/** No node left of the range may reach the namespace, and none right of it may start at or below it. */
function isComplete(tree: KnownTree, namespace: Uint8Array, proof: NmtProof): boolean {
  let used = 0;
  const check = (from: number, to: number): boolean => {
    if (to <= proof.start || from >= proof.end) {
      const node = proof.nodes[used++];
      if (node === undefined) return false;
      return to <= proof.start
        ? compareBytes(highestNamespace(node), namespace) < 0
        : compareBytes(lowestNamespace(node), namespace) > 0;
    }
    if (to - from === 1) return true;
    const middle = (from + to) / 2;
    return check(from, middle) && check(middle, to);
  };
  return check(0, tree.leafCount);
}

function isOrdered(left: Uint8Array, right: Uint8Array): boolean {
  return compareBytes(highestNamespace(left), lowestNamespace(right)) <= 0;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
