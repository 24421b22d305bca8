import { decode, encode } from "@ipld/dag-cbor";
import { fail } from "../../base/index.ts";
import type { NmtProof } from "../celestia/nmt-proof.ts";
import { daErrors } from "../errors.ts";
import type { DaHeader, DaNamespaceProof, DaRowProof } from "../port.ts";

/** One height as the archive keeps it: the header and everything of our namespace, with the proof that it is all. */
export interface ArchiveEntry {
  readonly header: DaHeader;
  readonly proof: DaNamespaceProof;
}

const RECORD_VERSION = 1;
/** Bounds of a record's lists: a square of twice the hard cap of the chain. */
const MAX_ITEMS = 1024 * 1024;

/** Record = DAG-CBOR map {version, header, proof}; absent values are left out. */
export function encodeArchiveEntry(entry: ArchiveEntry): Uint8Array {
  const { header, proof } = entry;
  const { source, ...fields } = header;
  return encode({
    version: RECORD_VERSION,
    header: { ...fields, ...(source === undefined ? {} : { source }) },
    proof: { ...proof, rows: proof.rows.map((row) => ({ ...row, proof: withoutAbsent(row.proof) })) },
  });
}

/** The entry of a record. Its contents are not believed: `verifyArchiveEntry` checks them. @throws DSDN_DA_PROOF_INVALID */
export function decodeArchiveEntry(bytes: Uint8Array): ArchiveEntry {
  let value: unknown;
  try {
    value = decode(bytes);
  } catch (error) {
    throw fail(daErrors.proofInvalid, { reason: "an archive record is not readable" }, { cause: error });
  }
  const record = asMap(value);
  if (record["version"] !== RECORD_VERSION) throw broken("has an unknown version");
  const header = asMap(record["header"]);
  const proof = asMap(record["proof"]);
  const source = header["source"];
  return {
    header: {
      height: asCount(header["height"]),
      timeMs: asCount(header["timeMs"]),
      hash: asBytes(header["hash"]),
      previousHash: asBytes(header["previousHash"]),
      dataRoot: asBytes(header["dataRoot"]),
      chainId: asText(header["chainId"]),
      ...(source === undefined ? {} : { source: asBytes(source) }),
    },
    proof: {
      height: asCount(proof["height"]),
      leafCount: asCount(proof["leafCount"]),
      firstRow: asCount(proof["firstRow"]),
      rowRoots: asList(proof["rowRoots"]).map(asBytes),
      path: asList(proof["path"]).map(asBytes),
      rows: asList(proof["rows"]).map(decodeRow),
    },
  };
}

function decodeRow(value: unknown): DaRowProof {
  const row = asMap(value);
  const proof = asMap(row["proof"]);
  const leaf = proof["leafHash"];
  return {
    row: asCount(row["row"]),
    shares: asList(row["shares"]).map(asBytes),
    proof: {
      start: asCount(proof["start"]),
      end: asCount(proof["end"]),
      nodes: asList(proof["nodes"]).map(asBytes),
      leafHash: leaf === undefined ? undefined : asBytes(leaf),
    },
  };
}

function withoutAbsent(proof: NmtProof): object {
  const { leafHash, ...rest } = proof;
  return leafHash === undefined ? rest : { ...rest, leafHash };
}

function asMap(value: unknown): { readonly [name: string]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw broken("lacks a map");
  return Object.fromEntries(Object.entries(value));
}

function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value) || value.length > MAX_ITEMS) throw broken("lacks a list");
  return value;
}

function asBytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw broken("lacks bytes");
  return value;
}

function asCount(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw broken("lacks a number");
  return value;
}

function asText(value: unknown): string {
  if (typeof value !== "string" || value.length > 64) throw broken("lacks a text");
  return value;
}

function broken(what: string) {
  return fail(daErrors.proofInvalid, { reason: `an archive record ${what}` });
}
