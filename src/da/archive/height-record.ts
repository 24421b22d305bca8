import type { DaBlob, DaHeader, DataAvailability } from "../port.ts";
import { verifyArchiveEntry } from "./archive-reader.ts";
import { decodeArchiveEntry, encodeArchiveEntry } from "./archive-record.ts";

/** A height read back from its record: its blobs are those under `header.dataRoot`. */
export interface RecordedHeight {
  /** Only its height, chain and data root were held against the proof; the data root itself is the recorder's word. */
  readonly header: Pick<DaHeader, "height" | "chainId" | "dataRoot">;
  /** All blobs of the namespace at the height, ordered by index. */
  readonly blobs: readonly DaBlob[];
}

/** A height of the log with the proof of its blobs, as bytes that can be checked later without any node. */
export async function recordHeight(
  da: Pick<DataAvailability, "headerAt" | "namespaceProof">,
  height: number,
): Promise<Uint8Array> {
  const [header, proof] = await Promise.all([da.headerAt(height), da.namespaceProof(height)]);
  return encodeArchiveEntry({ header, proof });
}

/**
 * What a record proves. The bytes may be anybody's.
 *
 * @param namespace - 29 bytes.
 * @throws DSDN_DA_PROOF_INVALID when the shares are not exactly those of the namespace under the record's data root.
 */
export function openHeightRecord(namespace: Uint8Array, bytes: Uint8Array): RecordedHeight {
  const entry = decodeArchiveEntry(bytes);
  const { height, chainId, dataRoot } = entry.header;
  const blobs = verifyArchiveEntry({ namespace, chainId }, entry);
  return { header: { height, chainId, dataRoot }, blobs };
}
