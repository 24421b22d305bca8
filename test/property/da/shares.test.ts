import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../src/base/index.ts";
import { commitBlob } from "../../../src/da/celestia/commitment.ts";
import { createNamespace } from "../../../src/da/celestia/namespace.ts";
import { createPaddingShare, mergeShares, SHARE_BYTES, splitBlob } from "../../../src/da/celestia/share.ts";
import { dataRootOf, extendSquare, layOutSquare } from "../../../src/da/celestia/square.ts";
import { daErrors } from "../../../src/da/errors.ts";

const namespace = createNamespace(new Uint8Array([1, 7]));
const data = fc.uint8Array({ minLength: 1, maxLength: 3000 });
const signer = fc.uint8Array({ minLength: 20, maxLength: 20 });
const blob = fc.oneof(
  data.map((bytes) => ({ namespace, data: bytes, shareVersion: 0, signer: undefined })),
  fc.tuple(data, signer).map(([bytes, who]) => ({ namespace, data: bytes, shareVersion: 1, signer: who })),
);

describe("shares", () => {
  it("give the same blobs back, whatever padding stands between them", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(blob, fc.nat(3)), { maxLength: 6 }), (entries) => {
        const shares = entries.flatMap(([own, padding]) => [
          ...splitBlob(own),
          ...Array.from({ length: padding }, () => createPaddingShare(namespace)),
        ]);
        expect(shares.every((share) => share.length === SHARE_BYTES)).toBe(true);
        expect(mergeShares(shares).map(({ firstShare: _, ...rest }) => rest)).toEqual(entries.map(([own]) => own));
      }),
      { numRuns: 60 },
    );
  });

  it("are refused when one is missing from the end or the start of a sequence", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 479, maxLength: 3000 }), fc.boolean(), (bytes, fromStart) => {
        const shares = splitBlob({ namespace, data: bytes, shareVersion: 0, signer: undefined });
        const torn = fromStart ? shares.slice(1) : shares.slice(0, -1);
        expect(() => mergeShares(torn)).toThrow(expect.objectContaining({ code: daErrors.proofInvalid.code }));
      }),
      { numRuns: 40 },
    );
  });

  it("that end in two sequences have two different commitments when one bit differs", () => {
    fc.assert(
      fc.property(blob, fc.nat(), (own, place) => {
        const index = place % own.data.length;
        const changed = own.data.with(index, (own.data[index] ?? 0) ^ 1);
        expect(commitBlob({ ...own, data: changed })).not.toEqual(commitBlob(own));
      }),
      { numRuns: 40 },
    );
  });
});

describe("a square", () => {
  it("holds every blob whole at its aligned start, in namespace order, and changes its data root with any blob", () => {
    const spaces = [1, 2, 3].map((id) => createNamespace(new Uint8Array([1, id])));
    const entry = fc.tuple(fc.nat(2), fc.uint8Array({ minLength: 1, maxLength: 40_000 }));
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), (entries) => {
        const blobs = entries.map(([space, bytes]) => ({
          namespace: spaces[space] ?? namespace,
          data: bytes,
          shareVersion: 0,
          signer: undefined,
        }));
        const square = layOutSquare(blobs);
        expect(square.shares.length).toBe(square.width ** 2);
        for (const [index, own] of blobs.entries()) {
          const start = square.starts[index] ?? -1;
          const expected = splitBlob(own);
          expect(square.shares.slice(start, start + expected.length)).toEqual(expected);
        }
        const order = square.shares.map((share) => Buffer.from(share.subarray(0, 29)).toString("hex"));
        expect(order).toEqual([...order].sort());
        const extended = extendSquare(square);
        const root = dataRootOf(extended.rowRoots, extended.columnRoots);
        const other = extendSquare(
          layOutSquare(blobs.map((own) => ({ ...own, data: concatBytes(own.data, new Uint8Array([1])) }))),
        );
        expect(dataRootOf(other.rowRoots, other.columnRoots)).not.toEqual(root);
      }),
      { numRuns: 10 },
    );
  });
});
