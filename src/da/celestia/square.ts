import { compareBytes, fail } from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import { ceilPowerOfTwo, subtreeWidth } from "./commitment.ts";
import { encodeParity, MAX_DATA_PIECES } from "./leopard.ts";
import { merkleRoot } from "./merkle.ts";
import { NAMESPACE_BYTES, PARITY_NAMESPACE } from "./namespace.ts";
import { hashLeaf, rootOfLeaves } from "./nmt.ts";
import { type BlobContent, createPaddingShare, createTailPaddingShare, SHARE_BYTES, splitBlob } from "./share.ts";

/** Widest original square the local node builds: 16,384 shares, 8 MiB. */
export const MAX_SQUARE_WIDTH: number = MAX_DATA_PIECES;

/** The original square of one block: width x width shares, row by row. */
export interface Square {
  readonly width: number;
  readonly shares: readonly Uint8Array[];
  /** First share of every blob in the order the blobs were given. */
  readonly starts: readonly number[];
}

/** The extended square as its readers need it: leaf nodes of every row, and the roots. */
export interface ExtendedSquare {
  readonly width: number;
  /** Twice `width` rows of twice `width` leaf nodes of 90 bytes. */
  readonly rowLeaves: readonly (readonly Uint8Array[])[];
  readonly rowRoots: readonly Uint8Array[];
  readonly columnRoots: readonly Uint8Array[];
}

/**
 * Lays blobs out in a square: sorted by namespace, in the given order inside one, every blob starting at a multiple of
 * its subtree width, gaps filled with padding of the blob before, the end with tail padding. There are no transaction
 * shares: payment is not simulated. No blob gives the 1 x 1 square of one tail padding share.
 *
 * @throws DSDN_DA_BLOB_TOO_LARGE when the blobs do not fit 128 x 128 shares.
 * @source celestia-app specs/src/data_square_layout.md; differs: no compact shares for transactions
 */
export function layOutSquare(blobs: readonly BlobContent[]): Square {
  const order = blobs
    .map((blob, index) => ({ blob, index }))
    .sort((left, right) => compareBytes(left.blob.namespace, right.blob.namespace) || left.index - right.index);
  const shares: Uint8Array[] = [];
  const starts: number[] = blobs.map(() => 0);
  let padding = createTailPaddingShare();
  for (const { blob, index } of order) {
    const own = splitBlob(blob);
    const step = subtreeWidth(own.length);
    while (shares.length % step !== 0) shares.push(padding);
    starts[index] = shares.length;
    for (const share of own) shares.push(share);
    padding = createPaddingShare(blob.namespace);
  }
  const width = ceilPowerOfTwo(Math.ceil(Math.sqrt(Math.max(1, shares.length))));
  if (width > MAX_SQUARE_WIDTH) {
    throw fail(daErrors.blobTooLarge, {
      sizeBytes: shares.length * SHARE_BYTES,
      limitBytes: MAX_SQUARE_WIDTH ** 2 * SHARE_BYTES,
    });
  }
  const tail = createTailPaddingShare();
  while (shares.length < width * width) shares.push(tail);
  return { width, shares, starts };
}

/** Extends the square in both directions and computes the roots of every row and column. @source arXiv:1809.09044 section 5.2 */
export function extendSquare(square: Square): ExtendedSquare {
  const { width } = square;
  const upper = takeRows(square.shares, width).map((row) => [...row, ...encodeParity(row)]);
  const columns = Array.from({ length: 2 * width }, (_, column) => {
    const own = upper.map((row) => row[column] ?? EMPTY_SHARE);
    return [...own, ...encodeParity(own)];
  });
  const rowLeaves = Array.from({ length: 2 * width }, (_, row) =>
    columns.map((cells, column) => {
      const share = cells[row] ?? EMPTY_SHARE;
      const isOriginal = row < width && column < width;
      return hashLeaf(isOriginal ? share.subarray(0, NAMESPACE_BYTES) : PARITY_NAMESPACE, share);
    }),
  );
  return {
    width,
    rowLeaves,
    rowRoots: rowLeaves.map(rootOfLeaves),
    columnRoots: columns.map((_, column) => rootOfLeaves(rowLeaves.map((leaves) => leaves[column] ?? EMPTY_SHARE))),
  };
}

/** The leaf nodes of one row of the original square, extended: what a namespace proof of that row stands on. */
export function leavesOfRow(square: Square, row: number): Uint8Array[] {
  const own = square.shares.slice(row * square.width, (row + 1) * square.width);
  const parity = encodeParity(own).map((share) => hashLeaf(PARITY_NAMESPACE, share));
  return [...own.map((share) => hashLeaf(share.subarray(0, NAMESPACE_BYTES), share)), ...parity];
}

/** The data root of a block: the Merkle root over its row roots, then its column roots. */
export function dataRootOf(rowRoots: readonly Uint8Array[], columnRoots: readonly Uint8Array[]): Uint8Array {
  return merkleRoot([...rowRoots, ...columnRoots]);
}

const EMPTY_SHARE = new Uint8Array(SHARE_BYTES);

function takeRows(shares: readonly Uint8Array[], width: number): Uint8Array[][] {
  return Array.from({ length: width }, (_, row) => shares.slice(row * width, (row + 1) * width));
}
