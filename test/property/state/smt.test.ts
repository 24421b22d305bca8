import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes, equalBytes, toHex, toUtf8 } from "../../../src/base/index.ts";
import { sha256 } from "../../../src/crypto/index.ts";
import {
  EMPTY_ROOT,
  EMPTY_TREE,
  encodeProof,
  findProof,
  isLeafProven,
  keyOfPath,
  type LeafChange,
  proveLeaf,
  rootOf,
  updateTree,
} from "../../../src/state/smt.ts";

/** The root by the definition alone: split the leaves at each bit until at most one is left. */
function modelRoot(leaves: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const all = [...leaves].map(([path, value]) => ({ key: keyOfPath(path), value }));
  const walk = (some: typeof all, depth: number): Uint8Array => {
    const [only] = some;
    if (only === undefined) return new Uint8Array(32);
    if (some.length === 1) return sha256(concatBytes(Uint8Array.of(0), only.key, sha256(only.value)));
    const bit = (key: Uint8Array) => ((key[Math.floor(depth / 8)] ?? 0) >> (7 - (depth % 8))) & 1;
    const left = walk(
      some.filter(({ key }) => bit(key) === 0),
      depth + 1,
    );
    const right = walk(
      some.filter(({ key }) => bit(key) === 1),
      depth + 1,
    );
    return sha256(concatBytes(Uint8Array.of(1), left, right));
  };
  return walk(all, 0);
}

const path = fc.integer({ min: 0, max: 60 }).map((number) => `chunk/${number}`);
const value = fc.option(fc.uint8Array({ maxLength: 20 }), { nil: undefined });
const batch = fc.uniqueArray(fc.record({ path, value }), { maxLength: 30, selector: (change) => change.path });

function applyAll(batches: readonly (readonly LeafChange[])[]) {
  const model = new Map<string, Uint8Array>();
  let tree = EMPTY_TREE;
  for (const changes of batches) {
    tree = updateTree(tree, changes);
    for (const change of changes) {
      if (change.value === undefined) model.delete(change.path);
      else model.set(change.path, change.value);
    }
  }
  return { tree, model };
}

describe("the sparse Merkle tree", () => {
  test("has the root of the definition after any batches of additions, changes and removals", () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (batches) => {
        const { tree, model } = applyAll(batches);
        expect(toHex(rootOf(tree))).toBe(toHex(modelRoot(model)));
      }),
      { numRuns: 150 },
    );
  });

  test("does not depend on how changes were grouped or ordered", () => {
    fc.assert(
      fc.property(batch, (changes) => {
        const whole = updateTree(EMPTY_TREE, changes);
        let single = EMPTY_TREE;
        for (const change of changes.toReversed()) single = updateTree(single, [change]);
        expect(toHex(rootOf(single))).toBe(toHex(rootOf(whole)));
      }),
    );
  });

  test("an older tree stays what it was", () => {
    const before = updateTree(EMPTY_TREE, [{ path: "a", value: toUtf8("1") }]);
    const root = toHex(rootOf(before));
    updateTree(before, [
      { path: "a", value: toUtf8("2") },
      { path: "b", value: toUtf8("3") },
    ]);
    expect(toHex(rootOf(before))).toBe(root);
    expect(toHex(rootOf(updateTree(before, [{ path: "a", value: undefined }])))).toBe(toHex(EMPTY_ROOT));
  });

  test("proves what is there and what is not, and nothing else", () => {
    fc.assert(
      fc.property(
        fc.array(batch, { maxLength: 3 }),
        path,
        fc.uint8Array({ maxLength: 20 }),
        (batches, asked, other) => {
          const { tree, model } = applyAll(batches);
          const root = rootOf(tree);
          const held = model.get(asked);
          const proof = findProof(encodeProof(proveLeaf(tree, asked)));
          if (proof === undefined) throw new Error("the proof did not survive its encoding");
          expect(isLeafProven(root, { path: asked, value: held }, proof)).toBe(true);
          expect(isLeafProven(root, { path: asked, value: held === undefined ? other : undefined }, proof)).toBe(false);
          if (held !== undefined && !equalBytes(held, other)) {
            expect(isLeafProven(root, { path: asked, value: other }, proof)).toBe(false);
          }
          const elsewhere = new Uint8Array(32).fill(9);
          expect(isLeafProven(elsewhere, { path: asked, value: held }, proof)).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("a proof with any part changed proves nothing false", () => {
    const changes = Array.from({ length: 40 }, (_, at) => ({ path: `node/${at}`, value: toUtf8(`v${at}`) }));
    const tree = updateTree(EMPTY_TREE, changes);
    const root = rootOf(tree);
    const absent = proveLeaf(tree, "node/none");
    const present = proveLeaf(tree, "node/7");
    const claim = { path: "node/7", value: undefined };
    expect(isLeafProven(root, claim, absent)).toBe(false);
    expect(isLeafProven(root, claim, { ...present, leaf: null })).toBe(false);
    expect(isLeafProven(root, claim, { siblings: present.siblings.slice(1), leaf: null })).toBe(false);
    expect(isLeafProven(root, { path: "node/none", value: toUtf8("v7") }, present)).toBe(false);
    expect(isLeafProven(root, { path: "node/7", value: toUtf8("v7") }, { ...present, siblings: [] })).toBe(false);
    const long = { ...present, siblings: Array.from({ length: 257 }, () => EMPTY_ROOT) };
    expect(isLeafProven(root, { path: "node/7", value: toUtf8("v7") }, long)).toBe(false);
    const short = { ...present, siblings: present.siblings.map((sibling) => sibling.subarray(1)) };
    expect(isLeafProven(root, { path: "node/7", value: toUtf8("v7") }, short)).toBe(false);
    // A leaf that lies elsewhere in the tree says nothing about this path.
    const foreign = changes
      .map(({ path: other }) => proveLeaf(tree, other))
      .filter(({ leaf }) => leaf !== null && !equalBytes(leaf.key, keyOfPath("node/7")));
    for (const proof of foreign) expect(isLeafProven(root, claim, proof)).toBe(false);
  });

  test("bytes that are no proof are told apart", () => {
    const tree = updateTree(EMPTY_TREE, [
      { path: "a", value: toUtf8("1") },
      { path: "b", value: toUtf8("2") },
    ]);
    const good = encodeProof(proveLeaf(tree, "a"));
    for (let at = 0; at < good.length; at++) expect(findProof(good.subarray(0, at))).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        findProof(bytes);
      }),
    );
  });
});
