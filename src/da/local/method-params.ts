import { findBase64 } from "../../base/index.ts";
import { findNamespaceFault } from "../celestia/namespace.ts";
import { type BlobContent, SIGNER_BYTES } from "../celestia/share.ts";
import { MAX_SQUARE_WIDTH } from "../celestia/square.ts";
import { roomFor } from "./blob-pool.ts";
import { nodeFault } from "./node-fault.ts";

/** @source celestia-app pkg/appconsts: MaxTxSize of app version 9 */
export const MAX_TRANSACTION_BYTES: number = 8 * 1024 * 1024;

/** A height as a client gave it, a whole number from 0. @throws as a Celestia node words it */
export function readHeight(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw nodeFault("unmarshaling params: height is not a number", -32602);
  }
  return value;
}

/** A namespace in base64 that blobs may lie in. @throws as a Celestia node words it */
export function readNamespace(value: unknown): Uint8Array {
  const bytes = typeof value === "string" ? findBase64(value) : undefined;
  if (bytes === undefined) throw nodeFault("unmarshaling params: namespace is not base64", -32602);
  const reason = findNamespaceFault(bytes);
  if (reason !== undefined) throw nodeFault(reason);
  return bytes;
}

/** The blobs a client wants posted, each whole and together no more than a block takes. @throws as a Celestia node words it */
export function readSubmitted(value: unknown): BlobContent[] {
  if (!Array.isArray(value) || value.length === 0) throw nodeFault("state: no blobs provided");
  const blobs = value.map(readSubmittedBlob);
  const sizeBytes = blobs.reduce((sum, blob) => sum + blob.data.length, 0);
  if (sizeBytes > MAX_TRANSACTION_BYTES) {
    throw nodeFault(
      `tx size ${sizeBytes} bytes is larger than the application's configured MaxTxSize of ${MAX_TRANSACTION_BYTES} bytes for version 9`,
    );
  }
  if (roomFor(blobs) > MAX_SQUARE_WIDTH ** 2) throw nodeFault("total blob size too large");
  return blobs;
}

function readSubmittedBlob(item: unknown): BlobContent {
  const fields = new Map<string, unknown>(typeof item === "object" && item !== null ? Object.entries(item) : []);
  const bytesOf = (name: string) => {
    const text = fields.get(name);
    return typeof text === "string" ? findBase64(text) : undefined;
  };
  const namespace = readNamespace(fields.get("namespace"));
  const data = bytesOf("data");
  if (data === undefined || data.length === 0) throw nodeFault("data can not be empty");
  const signer = bytesOf("signer");
  const shareVersion = fields.get("share_version") ?? 0;
  if (shareVersion !== 0 && shareVersion !== 1) throw nodeFault(`share version ${String(shareVersion)} not supported`);
  if (shareVersion === 0 && signer !== undefined && signer.length > 0) {
    throw nodeFault("share version 0 does not support signer");
  }
  if (shareVersion === 1 && signer?.length !== SIGNER_BYTES) {
    throw nodeFault("share version 1 requires signer of size 20 bytes");
  }
  return { namespace, data, shareVersion, signer: shareVersion === 1 ? signer : undefined };
}
