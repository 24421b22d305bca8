/**
 * A compact sparse Merkle tree: the root does not depend on the order of changes, and a key's absence can be proven.
 * Every key has 256 bits; a subtree that holds one key is just its leaf, an empty one is 32 zero bytes.
 *
 *   leaf  = SHA-256(0x00 || key (32) || SHA-256(value) (32))
 *   inner = SHA-256(0x01 || left (32) || right (32))
 *
 * Trees are never changed in place: a change gives a new tree that shares what stayed the same.
 *
 * @source the compact tree of the Libra/Diem paper, section 4.2; differs: SHA-256, one-byte prefixes.
 */
import { concatBytes, equalBytes } from "../base/index.ts";
import { sha256 } from "../crypto/index.ts";
import { byteString, domainHash, encodeWith, findWith, z } from "../protocol/index.ts";

const KEY_BITS = 256;
const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);
/** The root of the empty tree. */
export const EMPTY_ROOT: Uint8Array = new Uint8Array(32);

interface LeafNode {
  readonly key: Uint8Array;
  readonly valueHash: Uint8Array;
  readonly hash: Uint8Array;
}

interface InnerNode {
  readonly left: TreeNode;
  readonly right: TreeNode;
  readonly hash: Uint8Array;
}

type TreeNode = LeafNode | InnerNode | undefined;

/** A tree at one moment. Opaque; read it with `rootOf` and `proveLeaf`. */
export interface SparseTree {
  readonly top: TreeNode;
}

export const EMPTY_TREE: SparseTree = { top: undefined };

/** The key of a path: where its leaf lies in the tree. */
export function keyOfPath(path: string): Uint8Array {
  return domainHash("stateKey", Buffer.from(path));
}

/** The 32-byte root. */
export function rootOf(tree: SparseTree): Uint8Array {
  return hashOf(tree.top);
}

/** One change: the new value of a path, or undefined to remove it. */
export interface LeafChange {
  readonly path: string;
  readonly value: Uint8Array | undefined;
}

interface KeyChange {
  readonly key: Uint8Array;
  readonly valueHash: Uint8Array | undefined;
}

/** The tree after the changes. Every path stands in them at most once; their order means nothing. */
export function updateTree(tree: SparseTree, changes: readonly LeafChange[]): SparseTree {
  const byKey = changes
    .map(
      ({ path, value }): KeyChange => ({
        key: keyOfPath(path),
        valueHash: value === undefined ? undefined : sha256(value),
      }),
    )
    .sort((left, right) => Buffer.compare(left.key, right.key));
  return { top: change(tree.top, byKey, 0) };
}

/** `changes` are sorted by key and all belong below `node`, which stands at `depth`. */
function change(node: TreeNode, changes: readonly KeyChange[], depth: number): TreeNode {
  if (changes.length === 0) return node;
  if (node === undefined || "key" in node) return rebuild(node, changes, depth);
  const middle = firstRight(changes, depth);
  return join(
    change(node.left, changes.slice(0, middle), depth + 1),
    change(node.right, changes.slice(middle), depth + 1),
  );
}

/** The subtree of what is left of at most one old leaf and the changes. */
function rebuild(old: LeafNode | undefined, changes: readonly KeyChange[], depth: number): TreeNode {
  const leaves = changes.flatMap(({ key, valueHash }) => (valueHash === undefined ? [] : [leafNode(key, valueHash)]));
  if (old !== undefined && !changes.some(({ key }) => equalBytes(key, old.key))) {
    const at = leaves.findIndex(({ key }) => Buffer.compare(key, old.key) > 0);
    leaves.splice(at === -1 ? leaves.length : at, 0, old);
  }
  return build(leaves, depth);
}

function build(leaves: readonly LeafNode[], depth: number): TreeNode {
  if (leaves.length <= 1) return leaves[0];
  const middle = firstRight(leaves, depth);
  return innerNode(build(leaves.slice(0, middle), depth + 1), build(leaves.slice(middle), depth + 1));
}

/** Keeps the tree compact: a leaf whose neighbour went empty moves up. */
function join(left: TreeNode, right: TreeNode): TreeNode {
  if (left === undefined && (right === undefined || "key" in right)) return right;
  if (right === undefined && left !== undefined && "key" in left) return left;
  return innerNode(left, right);
}

function leafNode(key: Uint8Array, valueHash: Uint8Array): LeafNode {
  return { key, valueHash, hash: leafHash(key, valueHash) };
}

function innerNode(left: TreeNode, right: TreeNode): InnerNode {
  return { left, right, hash: innerHash(hashOf(left), hashOf(right)) };
}

function leafHash(key: Uint8Array, valueHash: Uint8Array): Uint8Array {
  return sha256(concatBytes(LEAF, key, valueHash));
}

function innerHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(INNER, left, right));
}

function hashOf(node: TreeNode): Uint8Array {
  return node === undefined ? EMPTY_ROOT : node.hash;
}

function isRight(key: Uint8Array, depth: number): boolean {
  return ((key[depth >> 3] ?? 0) & (0x80 >> (depth & 7))) !== 0;
}

/** Index of the first item whose key has a one at `depth`; the items are sorted and agree above it. */
function firstRight(items: readonly { readonly key: Uint8Array }[], depth: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && isRight(item.key, depth)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * What stands at a path: the siblings from the root down, and the leaf found there. The leaf is the path's own (it is
 * present), another one (the path is absent), or null (the place is empty: absent too).
 */
export interface StateProof {
  readonly siblings: readonly Uint8Array[];
  readonly leaf: { readonly key: Uint8Array; readonly valueHash: Uint8Array } | null;
}

/** The proof of what the tree holds at a path, present or not. */
export function proveLeaf(tree: SparseTree, path: string): StateProof {
  const key = keyOfPath(path);
  const siblings: Uint8Array[] = [];
  let node = tree.top;
  while (node !== undefined && !("key" in node)) {
    const goesRight = isRight(key, siblings.length);
    siblings.push(hashOf(goesRight ? node.left : node.right));
    node = goesRight ? node.right : node.left;
  }
  return { siblings, leaf: node === undefined ? null : { key: node.key, valueHash: node.valueHash } };
}

/**
 * True when, under `root`, the path holds exactly `value`, or holds nothing when `value` is undefined. Never throws on
 * a hostile proof.
 */
export function isLeafProven(
  root: Uint8Array,
  claim: { readonly path: string; readonly value: Uint8Array | undefined },
  proof: StateProof,
): boolean {
  const key = keyOfPath(claim.path);
  const { siblings, leaf } = proof;
  if (siblings.length > KEY_BITS || siblings.some((sibling) => sibling.length !== 32)) return false;
  if (leaf !== null && (leaf.key.length !== 32 || leaf.valueHash.length !== 32)) return false;
  const isOwn = leaf !== null && equalBytes(leaf.key, key);
  if (claim.value === undefined ? isOwn : !isOwn || !equalBytes(leaf.valueHash, sha256(claim.value))) return false;
  // Another key's leaf says something about ours only when both lie in the same one-leaf subtree.
  if (leaf !== null && !isPrefixShared(leaf.key, key, siblings.length)) return false;
  let hash = leaf === null ? EMPTY_ROOT : leafHash(leaf.key, leaf.valueHash);
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const sibling = siblings[depth] ?? EMPTY_ROOT;
    hash = isRight(key, depth) ? innerHash(sibling, hash) : innerHash(hash, sibling);
  }
  return equalBytes(hash, root);
}

function isPrefixShared(left: Uint8Array, right: Uint8Array, bits: number): boolean {
  for (let depth = 0; depth < bits; depth++) if (isRight(left, depth) !== isRight(right, depth)) return false;
  return true;
}

const proofForm = z.strictObject({
  version: z.literal(1),
  /** Bit i, from the highest of the first byte, is set when sibling i is not empty. */
  present: byteString(0, KEY_BITS / 8),
  depth: z.int().min(0).max(KEY_BITS),
  siblings: z.array(byteString(32)).max(KEY_BITS),
  leaf: z.strictObject({ key: byteString(32), valueHash: byteString(32) }).nullable(),
});
const PROOF_LIMIT_BYTES = 16 * 1024;

/** Canonical bytes of a proof; empty siblings cost one bit each. */
export function encodeProof(proof: StateProof): Uint8Array {
  const depth = proof.siblings.length;
  const present = new Uint8Array(Math.ceil(depth / 8));
  const siblings = proof.siblings.filter((sibling, at) => {
    if (equalBytes(sibling, EMPTY_ROOT)) return false;
    present[at >> 3] = (present[at >> 3] ?? 0) | (0x80 >> (at & 7));
    return true;
  });
  return encodeWith(proofForm, { version: 1, present, depth, siblings, leaf: proof.leaf });
}

/** The proof, or undefined when the bytes are none. */
export function findProof(bytes: Uint8Array): StateProof | undefined {
  const form = findWith(proofForm, bytes, { what: "state proof", limitBytes: PROOF_LIMIT_BYTES });
  if (form === undefined || form.present.length !== Math.ceil(form.depth / 8)) return undefined;
  let used = 0;
  const siblings = Array.from({ length: form.present.length * 8 }, (_, at) =>
    isRight(form.present, at) ? (form.siblings[used++] ?? undefined) : EMPTY_ROOT,
  );
  if (used !== form.siblings.length || siblings.slice(form.depth).some((sibling) => sibling !== EMPTY_ROOT)) {
    return undefined;
  }
  const kept = siblings.slice(0, form.depth);
  if (!kept.every((sibling) => sibling !== undefined)) return undefined;
  return { siblings: kept, leaf: form.leaf };
}
