import { sha256 } from "../../crypto/index.ts";
import { makeManifest, planListing, refOf } from "../../objects/index.ts";
import {
  CHUNK_SIZE_BYTES,
  type ChunkId,
  type ChunkRef,
  encodeManifest,
  objectIdOf,
  type PublishedObject,
} from "../../protocol/index.ts";

export const OUTPUT_NAME = "output";

/**
 * A public object of one file named `output`, made of these bytes, stored through `put`.
 * @returns what the log must know of it; the object belongs to the owner of the workload that made it.
 */
export async function storeOutputObject(
  bytes: Uint8Array,
  put: (chunk: ChunkId, bytes: Uint8Array) => Promise<void>,
): Promise<PublishedObject> {
  const store = async (part: Uint8Array): Promise<ChunkRef> => {
    const ref = refOf(part);
    await put(ref.id, part);
    return ref;
  };
  const extents = [];
  for (let start = 0; start < bytes.length; start += CHUNK_SIZE_BYTES) {
    const part = bytes.subarray(start, start + CHUNK_SIZE_BYTES);
    extents.push({ chunk: await store(part), offset: 0, length: part.length });
  }
  const entry = {
    path: OUTPUT_NAME,
    type: "file" as const,
    size: bytes.length,
    mode: 0o644,
    mtimeMs: 0,
    hash: sha256(bytes),
    target: null,
    key: null,
    envelope: null,
    extents,
  };
  const plan = planListing("file", [entry]);
  const listing = await store(plan.bytes);
  const manifest = makeManifest(plan, {
    envelope: null,
    listing: [{ chunk: listing, offset: 0, length: plan.bytes.length }],
  });
  const manifestBytes = encodeManifest(manifest);
  const manifestRef = await store(manifestBytes);
  const chunks = [...manifest.chunks];
  const sizeBytes = [...chunks, manifestRef].reduce((sum, chunk) => sum + chunk.size, 0);
  return {
    object: objectIdOf(manifestBytes),
    manifest: manifestRef,
    chunks,
    sizeBytes,
    coding: "replicated",
    isPublic: true,
  };
}
