import { concatBytes, type Random } from "../../base/index.ts";
import { type Sealed, seal, sha256 } from "../../crypto/index.ts";
import { makeManifest, planListing, refOf } from "../../objects/index.ts";
import {
  CHUNK_SIZE_BYTES,
  type ChunkId,
  type ChunkRef,
  encodeManifest,
  type OwnerSealing,
  objectIdOf,
  outputListingKey,
  type PublishedObject,
} from "../../protocol/index.ts";

const OUTPUT_NAME = "output";
const KEY_BYTES = 32;
/** A salt is the 16 bytes of the label and 16 more. */
const SALT_TAIL_BYTES = 16;

export interface OutputOptions {
  /** Seals the output for its owner; null makes a public object. */
  readonly sealing: OwnerSealing | null;
  readonly random: Random;
}

/**
 * An object of one file named `output`, made of these bytes, stored through `put`. A sealed one opens with the owner's
 * account like any other of the owner's private objects, and for nobody else.
 * @returns what the log must know of it; the object belongs to the owner of the workload that made it.
 */
export async function storeOutputObject(
  bytes: Uint8Array,
  put: (chunk: ChunkId, bytes: Uint8Array) => Promise<void>,
  { sealing, random }: OutputOptions,
): Promise<PublishedObject> {
  const store = async (part: Uint8Array): Promise<ChunkRef> => {
    const ref = refOf(part);
    await put(ref.id, part);
    return ref;
  };
  const key = sealing ? random.bytes(KEY_BYTES) : null;
  const file = key === null ? undefined : seal({ key, salt: { random } }, bytes);
  const stored = file?.sealed ?? bytes;
  const extents = [];
  for (let start = 0; start < stored.length; start += CHUNK_SIZE_BYTES) {
    const part = stored.subarray(start, start + CHUNK_SIZE_BYTES);
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
    key,
    envelope: file?.header ?? null,
    extents,
  };
  const plan = planListing("file", [entry]);
  const listing = sealing ? sealListing(plan.bytes, sealing, random) : undefined;
  const listed = listing?.sealed ?? plan.bytes;
  const manifest = makeManifest(plan, {
    envelope: listing?.header ?? null,
    listing: [{ chunk: await store(listed), offset: 0, length: listed.length }],
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
    isPublic: sealing === null,
  };
}

/** version(1) || suite(1) || segmentSizeLog2(1) before the salt of an envelope's header */
const SALT_OFFSET = 3;

/** The key of the listing of an object sealed with `sealing`; for any other object a key that does not fit. */
export function keyOfOutput({ secret }: OwnerSealing, envelope: Uint8Array): Uint8Array {
  return outputListingKey(secret, envelope.subarray(SALT_OFFSET, SALT_OFFSET + 2 * SALT_TAIL_BYTES));
}

/** Every output has a salt of its own, so no two listings share a key, also when a run is made again. */
function sealListing(bytes: Uint8Array, sealing: OwnerSealing, random: Random): Sealed {
  const salt = concatBytes(sealing.label, random.bytes(SALT_TAIL_BYTES));
  return seal({ key: outputListingKey(sealing.secret, salt), salt: { random: { bytes: () => salt } } }, bytes);
}
