import { equalBytes, fail, toHex } from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import { badAnswer, readBase64, readHex, readList, readObject } from "../json-shape.ts";
import type { DaHeader } from "../port.ts";
import { type CometHeader, hashHeader } from "./comet-header.ts";
import { parseHeader, timeToMs } from "./header-json.ts";
import type { AxisRoots } from "./namespace-proof.ts";
import { NODE_BYTES } from "./nmt.ts";
import { dataRootOf } from "./square.ts";

/** Most roots on one axis of an extended square: twice the chain's hard cap. */
const MAX_AXIS_ROOTS = 1024;

/** Data root of a block whose square holds nothing but one share of padding. @source celestia-app pkg/da MinDataAvailabilityHeader */
const EMPTY_DATA_ROOT = "3d96b7d238e7e0456f6af8e7cdf0a67bd6cf9c2089ecb559c659dcaa1f880353";

/** True when the header's block holds no blob of anyone. */
export function isEmptyBlock(header: DaHeader): boolean {
  return toHex(header.dataRoot) === EMPTY_DATA_ROOT;
}

/** The header as the port shows it; its hash is computed from its fields. @throws DSDN_DA_CHAIN_WRONG */
export function toDaHeader(header: CometHeader, chainId: string): DaHeader {
  if (header.chainId !== chainId) throw fail(daErrors.chainWrong, { actual: header.chainId, expected: chainId });
  return {
    height: header.height,
    timeMs: timeToMs(header.time),
    hash: hashHeader(header),
    previousHash: header.lastBlockId.hash,
    dataRoot: header.dataHash,
    chainId: header.chainId,
  };
}

/**
 * The header of an ExtendedHeader. Checked: chain, height, and that the commit is for these fields.
 *
 * @throws DSDN_DA_BAD_ANSWER, DSDN_DA_CHAIN_WRONG, DSDN_DA_PROOF_INVALID
 */
export function parseExtendedHeader(
  value: unknown,
  expected: { chainId: string; height?: number; method: string },
): { header: DaHeader; json: { readonly [name: string]: unknown } } {
  const json = readObject(value, expected.method);
  const header = toDaHeader(parseHeader(json["header"], expected.method), expected.chainId);
  if (expected.height !== undefined && header.height !== expected.height) {
    throw badAnswer(expected.method, `height ${header.height} came for height ${expected.height}`);
  }
  const commit = readObject(json["commit"], expected.method);
  const signedHash = readHex(readObject(commit["block_id"], expected.method)["hash"], expected.method, 32);
  if (!equalBytes(signedHash, header.hash)) {
    throw fail(daErrors.proofInvalid, {
      reason: `the header at height ${header.height} is not the one that was signed`,
    });
  }
  return { header, json };
}

/** The row and column roots of an ExtendedHeader. @throws DSDN_DA_PROOF_INVALID when they are not those of the data root. */
export function parseRoots(
  json: { readonly [name: string]: unknown },
  dataRoot: Uint8Array,
  method: string,
): AxisRoots {
  const dah = readObject(json["dah"], method);
  const rowRoots = readAxis(dah["row_roots"], method);
  const columnRoots = readAxis(dah["column_roots"], method);
  if (!equalBytes(dataRootOf(rowRoots, columnRoots), dataRoot)) {
    throw fail(daErrors.proofInvalid, { reason: "the rows are not under the header's data root" });
  }
  return { rowRoots, columnRoots };
}

function readAxis(value: unknown, method: string): Uint8Array[] {
  const roots = readList(value, method);
  if (roots.length < 2 || roots.length > MAX_AXIS_ROOTS) throw badAnswer(method, "the number of roots is impossible");
  return roots.map((root) => readBase64(root, method, NODE_BYTES));
}
