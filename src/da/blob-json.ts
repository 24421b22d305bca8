import { compareBytes, equalBytes, fail, toBase64 } from "../base/index.ts";
import { commitBlob } from "./celestia/commitment.ts";
import { NAMESPACE_BYTES } from "./celestia/namespace.ts";
import { NODE_BYTES } from "./celestia/nmt.ts";
import type { NmtProof } from "./celestia/nmt-proof.ts";
import { SHARE_BYTES, SIGNER_BYTES } from "./celestia/share.ts";
import { daErrors } from "./errors.ts";
import { badAnswer, readBase64, readCount, readList, readObject } from "./json-shape.ts";
import type { DaBlob } from "./port.ts";

/** A blob as celestia-node writes it. @source celestia-node blob/blob.go jsonBlob */
export function formatBlob(blob: DaBlob): object {
  return {
    namespace: toBase64(blob.namespace),
    data: toBase64(blob.data),
    share_version: blob.shareVersion,
    commitment: toBase64(blob.commitment),
    ...(blob.signer === undefined ? {} : { signer: toBase64(blob.signer) }),
    index: blob.index,
  };
}

/**
 * The blob of an answer. The commitment is computed from the data and compared with the one that came along.
 *
 * @throws DSDN_DA_BAD_ANSWER, DSDN_DA_PROOF_INVALID when namespace or commitment are not those of the data.
 */
export function parseBlob(value: unknown, namespace: Uint8Array, place: string): DaBlob {
  const json = readObject(value, place);
  if (!equalBytes(readBase64(json["namespace"], place, NAMESPACE_BYTES), namespace)) {
    throw fail(daErrors.proofInvalid, { reason: "a blob of another namespace was delivered" });
  }
  const shareVersion = readCount(json["share_version"] ?? 0, place);
  if (shareVersion > 1) throw badAnswer(place, `share version ${shareVersion} is unknown`);
  const content = { namespace, data: readBase64(json["data"], place), shareVersion, signer: readSigner(json, place) };
  if (content.data.length === 0) throw badAnswer(place, "a blob is empty");
  const commitment = commitBlob(content);
  const claimed = json["commitment"];
  if (claimed !== undefined && claimed !== null && !equalBytes(readBase64(claimed, place, 32), commitment)) {
    throw fail(daErrors.proofInvalid, { reason: "a blob's commitment is not that of its data" });
  }
  const index = json["index"];
  return { ...content, commitment, index: index === undefined || index === -1 ? -1 : readCount(index, place) };
}

/** Blobs in the order of the square; null stands for none. */
export function parseBlobs(value: unknown, namespace: Uint8Array, place: string): DaBlob[] {
  if (value === null || value === undefined) return [];
  const blobs = readList(value, place).map((item) => parseBlob(item, namespace, place));
  return blobs.every((blob) => blob.index >= 0) ? blobs.sort((left, right) => left.index - right.index) : blobs;
}

function readSigner(json: { readonly [name: string]: unknown }, place: string): Uint8Array | undefined {
  const signer = json["signer"];
  if (signer === undefined || signer === null || signer === "") return undefined;
  return readBase64(signer, place, SIGNER_BYTES);
}

/** A namespaced Merkle proof as celestia-node writes it. @source github.com/celestiaorg/nmt proof.go MarshalJSON */
export function formatNmtProof(proof: NmtProof): object {
  return {
    ...(proof.start === 0 ? {} : { start: proof.start }),
    end: proof.end,
    nodes: proof.nodes.map(toBase64),
    ...(proof.leafHash === undefined ? {} : { leaf_hash: toBase64(proof.leafHash) }),
    is_max_namespace_ignored: true,
  };
}

export function parseNmtProof(value: unknown, place: string): NmtProof {
  const json = readObject(value, place);
  const leaf = json["leaf_hash"];
  return {
    start: readCount(json["start"] ?? 0, place),
    end: readCount(json["end"] ?? 0, place),
    nodes: readList(json["nodes"] ?? [], place).map((node) => readBase64(node, place, NODE_BYTES)),
    leafHash: leaf === undefined || leaf === null || leaf === "" ? undefined : readBase64(leaf, place, NODE_BYTES),
  };
}

/** The rows of share.GetNamespaceData: shares of the namespace and the proof, in row order. */
export function parseRows(value: unknown, place: string): { shares: Uint8Array[]; proof: NmtProof }[] {
  if (value === null || value === undefined) return [];
  return readList(value, place).map((item) => {
    const row = readObject(item, place);
    const shares = row["shares"] ?? [];
    return {
      shares: readList(shares, place).map((share) => readBase64(share, place, SHARE_BYTES)),
      proof: parseNmtProof(row["proof"], place),
    };
  });
}

/** Order of blobs in the square: by namespace, then by position. */
export function compareBlobs(left: DaBlob, right: DaBlob): number {
  return compareBytes(left.namespace, right.namespace) || left.index - right.index;
}
