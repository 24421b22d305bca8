import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commitBlob } from "../../../src/da/celestia/commitment.ts";
import { createNamespace } from "../../../src/da/celestia/namespace.ts";
import {
  type AxisRoots,
  buildNamespaceProof,
  findRowsWith,
  verifyNamespaceProof,
} from "../../../src/da/celestia/namespace-proof.ts";
import { NODE_BYTES } from "../../../src/da/celestia/nmt.ts";
import { proveNamespace } from "../../../src/da/celestia/nmt-proof.ts";
import { dataRootOf, extendSquare, layOutSquare } from "../../../src/da/celestia/square.ts";
import { daErrors } from "../../../src/da/errors.ts";
import type { DaNamespaceProof } from "../../../src/da/port.ts";

const spaceOf = (id: number) => createNamespace(new Uint8Array([1, id]));
/** Ids 2, 4, 6 may hold blobs; 1, 3, 5 and 7 never do, so they lie below, between and above. */
const entry = fc.tuple(fc.constantFrom(2, 4, 6), fc.uint8Array({ minLength: 1, maxLength: 4000 }));
const blocks = fc.array(entry, { maxLength: 6 });
const anyId = fc.constantFrom(1, 2, 3, 4, 5, 6, 7);

interface Proven {
  readonly root: Uint8Array;
  readonly proof: DaNamespaceProof;
  readonly expected: readonly Uint8Array[];
}

function proveFor(entries: readonly (readonly [number, Uint8Array])[], id: number): Proven {
  const blobs = entries.map(([space, data]) => ({
    namespace: spaceOf(space),
    data,
    shareVersion: 0,
    signer: undefined,
  }));
  const square = layOutSquare(blobs);
  const extended = extendSquare(square);
  const roots: AxisRoots = extended;
  const namespace = spaceOf(id);
  const rows = findRowsWith(roots, namespace).map((row) => {
    const proof = proveNamespace(extended.rowLeaves[row] ?? [], namespace);
    const from = row * square.width;
    const shares = proof.leafHash === undefined ? square.shares.slice(from + proof.start, from + proof.end) : [];
    return { row, shares, proof };
  });
  return {
    root: dataRootOf(roots.rowRoots, roots.columnRoots),
    proof: buildNamespaceProof(9, namespace, { roots, rows }),
    expected: blobs.filter((_, index) => entries[index]?.[0] === id).map(commitBlob),
  };
}

const refused = expect.objectContaining({ code: daErrors.proofInvalid.code });
const flip = (bytes: Uint8Array, place: number) =>
  bytes.with(place % bytes.length, (bytes[place % bytes.length] ?? 0) ^ 1);

describe("a namespace proof", () => {
  it("gives exactly the blobs of the namespace, in order, and none where there is none", () => {
    fc.assert(
      fc.property(blocks, anyId, (entries, id) => {
        const { root, proof, expected } = proveFor(entries, id);
        expect(verifyNamespaceProof(spaceOf(id), root, proof).map((blob) => blob.commitment)).toEqual(expected);
      }),
      { numRuns: 80 },
    );
  });

  it("is refused for another data root, another namespace that holds blobs, and a changed share", () => {
    fc.assert(
      fc.property(blocks, fc.constantFrom(2, 4, 6), fc.nat(), (entries, id, place) => {
        const { root, proof, expected } = proveFor([...entries, [id, new Uint8Array([1])]], id);
        expect(expected.length).toBeGreaterThan(0);
        expect(() => verifyNamespaceProof(spaceOf(id), flip(root, place), proof)).toThrow(refused);
        expect(() => verifyNamespaceProof(spaceOf(id === 2 ? 4 : 2), root, proof)).toThrow(refused);
        const [first, ...others] = proof.rows;
        if (first === undefined) throw new Error("a row is expected");
        const shares = first.shares.map((share, index) => (index === 0 ? flip(share, 30 + (place % 480)) : share));
        expect(() =>
          verifyNamespaceProof(spaceOf(id), root, { ...proof, rows: [{ ...first, shares }, ...others] }),
        ).toThrow(refused);
      }),
      { numRuns: 40 },
    );
  });

  it("is refused when a share, a row, a row root or a path node is left out or forged", () => {
    fc.assert(
      fc.property(blocks, fc.constantFrom(2, 4, 6), fc.nat(), (entries, id, place) => {
        const { root, proof } = proveFor([...entries, [id, new Uint8Array(2000).fill(3)]], id);
        const attempt = (changed: Partial<DaNamespaceProof>) => () =>
          verifyNamespaceProof(spaceOf(id), root, { ...proof, ...changed });
        const [first, ...others] = proof.rows;
        if (first === undefined) throw new Error("a row is expected");
        const shorter = {
          ...first,
          shares: first.shares.slice(1),
          proof: { ...first.proof, start: first.proof.start + 1 },
        };
        expect(attempt({ rows: [shorter, ...others] })).toThrow(refused);
        expect(attempt({ rows: others })).toThrow(refused);
        expect(attempt({ rows: [] })).toThrow(refused);
        expect(attempt({ rowRoots: proof.rowRoots.slice(1), firstRow: proof.firstRow + 1 })).toThrow(refused);
        expect(attempt({ rowRoots: proof.rowRoots.map((node) => flip(node, place)) })).toThrow(refused);
        expect(attempt({ path: proof.path.slice(1) })).toThrow(refused);
        expect(attempt({ path: proof.path.map((node) => flip(node, place)) })).toThrow(refused);
        expect(attempt({ leafCount: proof.leafCount * 2 })).toThrow(refused);
        const forged = { ...first.proof, nodes: first.proof.nodes.map((node) => flip(node, place % NODE_BYTES)) };
        if (forged.nodes.length > 0)
          expect(attempt({ rows: [{ ...first, proof: forged }, ...others] })).toThrow(refused);
      }),
      { numRuns: 40 },
    );
  });

  it("of absence is refused where the namespace is present", () => {
    fc.assert(
      fc.property(blocks, (entries) => {
        const present = proveFor([[2, new Uint8Array([1])], ...entries, [6, new Uint8Array([1])]], 2);
        const [first, ...others] = present.proof.rows;
        if (first === undefined) throw new Error("a row is expected");
        const claims = [
          { ...first, shares: [] },
          { ...first, shares: [], proof: { ...first.proof, start: 0, end: 0, nodes: [] } },
          {
            ...first,
            shares: [],
            proof: { ...first.proof, leafHash: first.proof.nodes[0] ?? new Uint8Array(NODE_BYTES) },
          },
        ];
        for (const claim of claims) {
          const proof = { ...present.proof, rows: [claim, ...others] };
          expect(() => verifyNamespaceProof(spaceOf(2), present.root, proof)).toThrow(refused);
        }
      }),
      { numRuns: 30 },
    );
  });
});
