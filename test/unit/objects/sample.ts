import { seededRandom } from "../../../src/base/index.ts";
import { type SaltSource, seal, sha256 } from "../../../src/crypto/index.ts";
import {
  createPacker,
  type EntryPlan,
  makeManifest,
  type PackedExtent,
  planListing,
  refOf,
} from "../../../src/objects/index.ts";
import {
  type ChunkId,
  type Extent,
  encodeManifest,
  manifestChunkId,
  type ObjectId,
  type ObjectListing,
  type ObjectManifest,
  objectIdOf,
} from "../../../src/protocol/index.ts";

export interface SampleFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Sample {
  readonly object: ObjectId;
  readonly manifest: ObjectManifest;
  readonly listing: ObjectListing;
  readonly chunks: Map<ChunkId, Uint8Array>;
  readonly key: Uint8Array;
  readonly get: (chunk: ChunkId) => Promise<Uint8Array>;
}

export function resolved(extents: readonly PackedExtent[]): Extent[] {
  return extents.map(({ slot, offset, length }) => {
    if (slot.ref === undefined) throw new Error("a chunk is still open");
    return { chunk: slot.ref, offset, length };
  });
}

/** Builds an object in memory the way a client does: small files packed, large ones in chunks of their own. */
export async function makeSample(
  files: readonly SampleFile[],
  options: { readonly isPublic?: boolean; readonly chunkSizeBytes?: number; readonly others?: EntryPlan[] } = {},
): Promise<Sample> {
  const chunkSizeBytes = options.chunkSizeBytes ?? 1024;
  const chunks = new Map<ChunkId, Uint8Array>();
  const random = seededRandom("sample");
  const key = random.bytes(32);
  const salt: SaltSource = { random };
  const packer = createPacker(
    { chunkSizeBytes },
    {
      takeBuffer: async () => new Uint8Array(chunkSizeBytes),
      store: async (ref, bytes) => void chunks.set(ref.id, bytes.slice()),
    },
  );
  const packed: { file: SampleFile; header: Uint8Array | null; extents: readonly PackedExtent[] }[] = [];
  for (const file of files) {
    const { header, sealed } = options.isPublic
      ? { header: null, sealed: file.bytes }
      : seal({ key, salt }, file.bytes);
    if (sealed.length <= chunkSizeBytes) {
      packed.push({ file, header, extents: await packer.addWhole(sealed) });
      continue;
    }
    const stream = packer.startStream();
    for (let at = 0; at < sealed.length; at += 300) await stream.write(sealed.subarray(at, at + 300));
    packed.push({ file, header, extents: await stream.finish() });
  }
  await packer.finish();
  const plan = planListing("folder", [
    ...packed.map(({ file, header, extents }) =>
      fileEntry(file, header === null ? null : { key, header }, resolved(extents)),
    ),
    ...(options.others ?? []),
  ]);
  const sealedListing = options.isPublic ? { header: null, sealed: plan.bytes } : seal({ key, salt }, plan.bytes);
  const ref = refOf(sealedListing.sealed);
  chunks.set(ref.id, sealedListing.sealed);
  const manifest = makeManifest(plan, {
    envelope: sealedListing.header,
    listing: [{ chunk: ref, offset: 0, length: ref.size }],
  });
  const bytes = encodeManifest(manifest);
  const object = objectIdOf(bytes);
  chunks.set(manifestChunkId(object), bytes);
  const get = async (chunk: ChunkId) => {
    const found = chunks.get(chunk);
    if (found === undefined) throw new Error(`nobody has ${chunk}`);
    return found;
  };
  return { object, manifest, listing: plan.listing, chunks, key, get };
}

export function fileEntry(
  file: SampleFile,
  secret: { key: Uint8Array; header: Uint8Array } | null,
  extents: readonly Extent[],
): EntryPlan {
  return {
    path: file.path,
    type: "file",
    size: file.bytes.length,
    mode: 0o644,
    mtimeMs: 1_700_000_000_000,
    hash: sha256(file.bytes),
    target: null,
    key: secret?.key ?? null,
    envelope: secret?.header ?? null,
    extents: [...extents],
  };
}

export function linkEntry(path: string, target: string): EntryPlan {
  return {
    path,
    type: "link",
    size: 0,
    mode: 0o777,
    mtimeMs: 0,
    hash: null,
    target,
    key: null,
    envelope: null,
    extents: [],
  };
}
