import { compareBytes, fail } from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import type { DaBlob, DaNamespaceProof, DaRowProof } from "../port.ts";
import { commitBlob } from "./commitment.ts";
import { proveMerkleRange, verifyMerkleRange } from "./merkle.ts";
import { coversNamespace, highestNamespace, lowestNamespace, NODE_BYTES } from "./nmt.ts";
import { verifyNamespace } from "./nmt-proof.ts";
import { mergeShares } from "./share.ts";

/** Widest square a proof may speak of: twice the hard cap of the chain. */
const MAX_LEAF_COUNT = 4096;

/** The row roots and column roots of a block. */
export interface AxisRoots {
  readonly rowRoots: readonly Uint8Array[];
  readonly columnRoots: readonly Uint8Array[];
}

/** The rows of the original square whose range covers the namespace, in order. */
export function findRowsWith(roots: AxisRoots, namespace: Uint8Array): number[] {
  return roots.rowRoots.flatMap((root, row) =>
    row < roots.rowRoots.length / 2 && coversNamespace(root, namespace) ? [row] : [],
  );
}

/** Puts a namespace proof together from the block's roots and the rows' data, in the order of `findRowsWith`. */
export function buildNamespaceProof(
  height: number,
  namespace: Uint8Array,
  found: { roots: AxisRoots; rows: readonly DaRowProof[] },
): DaNamespaceProof {
  const { roots, rows } = found;
  const covering = findRowsWith(roots, namespace);
  const below = roots.rowRoots.findIndex((root) => compareBytes(lowestNamespace(root), namespace) > 0);
  const first = Math.max(0, (covering[0] ?? below) - 1);
  const last = covering.at(-1) === undefined ? below : (covering.at(-1) ?? 0) + 1;
  const leaves = [...roots.rowRoots, ...roots.columnRoots];
  return {
    height,
    leafCount: leaves.length,
    firstRow: first,
    rowRoots: roots.rowRoots.slice(first, last + 1),
    path: proveMerkleRange(leaves, first, last + 1),
    rows,
  };
}

/**
 * All blobs of the namespace at the proof's height, ordered by index.
 *
 * @param dataRoot - of a header that is already trusted.
 * @throws DSDN_DA_PROOF_INVALID when the shares are not exactly those of the namespace under this data root.
 */
export function verifyNamespaceProof(namespace: Uint8Array, dataRoot: Uint8Array, proof: DaNamespaceProof): DaBlob[] {
  const refuse = (reason: string) => fail(daErrors.proofInvalid, { reason });
  const { leafCount, firstRow, rowRoots } = proof;
  const isPower = leafCount >= 4 && leafCount <= MAX_LEAF_COUNT && (leafCount & (leafCount - 1)) === 0;
  if (!isPower) throw refuse("the square's size is impossible");
  const rowCount = leafCount / 2;
  if (rowRoots.some((root) => root.length !== NODE_BYTES)) throw refuse("a row root does not have 90 bytes");
  if (firstRow + rowRoots.length > rowCount) throw refuse("the rows lie outside the square");
  const window = { count: leafCount, from: firstRow, items: rowRoots, path: proof.path };
  if (!verifyMerkleRange(dataRoot, window)) throw refuse("the rows are not under the header's data root");
  if (!isWindowComplete(namespace, proof)) throw refuse("rows that may hold the namespace were left out");

  const covering = rowRoots.flatMap((root, index) => {
    const row = firstRow + index;
    return row < rowCount / 2 && coversNamespace(root, namespace) ? [{ root, row }] : [];
  });
  if (covering.length !== proof.rows.length) throw refuse("the number of rows is wrong");
  const shares: Uint8Array[] = [];
  const positions: number[] = [];
  for (const [index, { root, row }] of covering.entries()) {
    const found = proof.rows[index];
    if (found === undefined || found.row !== row) throw refuse("a row is missing");
    if (!verifyNamespace({ root, leafCount: rowCount }, namespace, found)) throw refuse(`row ${row} is not proven`);
    for (const [step, share] of found.shares.entries()) {
      shares.push(share);
      positions.push(row * rowCount + found.proof.start + step);
    }
  }
  return mergeShares(shares).map(({ firstShare, ...blob }) => ({
    ...blob,
    commitment: commitBlob(blob),
    index: positions[firstShare] ?? -1,
  }));
}

/** Rows are sorted by namespace, so it is enough that the rows at both ends of the window lie outside. */
function isWindowComplete(namespace: Uint8Array, proof: DaNamespaceProof): boolean {
  const first = proof.rowRoots[0];
  const last = proof.rowRoots.at(-1);
  if (first === undefined || last === undefined) return false;
  const isLowEnd = proof.firstRow === 0 || compareBytes(highestNamespace(first), namespace) < 0;
  return isLowEnd && compareBytes(lowestNamespace(last), namespace) > 0;
}
