import { concatBytes, equalBytes, fail } from "../base/index.ts";
import { createOpener, createRangeOpener, createSha256, open, openWith, type SegmentCipher } from "../crypto/index.ts";
import {
  type ChunkId,
  decodeListing,
  decodeManifest,
  type ListingEntry,
  limits,
  manifestChunkId,
  type ObjectId,
  type ObjectListing,
  type ObjectManifest,
} from "../protocol/index.ts";
import { checkListing, checkManifest } from "./check.ts";
import { objectErrors } from "./errors.ts";
import type { PathPlatform } from "./paths.ts";
import { type ByteRange, type ChunkRange, readPlan } from "./read-plan.ts";

/** Where chunks come from: a store, a node, an ingress. */
export interface ChunkSource {
  /** The whole chunk; the bytes have been checked against the id. Throws when nobody has it. */
  get(chunk: ChunkId): Promise<Uint8Array>;
  /** Bytes of a chunk that nobody checked; for sealed content, which checks itself. */
  getUnchecked?(range: ChunkRange): Promise<Uint8Array>;
  /** Where Node's cipher is not there; used to open listings and ranges. */
  readonly cipher?: SegmentCipher;
}

/** An object whose manifest and listing were fetched and checked. */
export interface OpenObject {
  readonly object: ObjectId;
  readonly manifest: ObjectManifest;
  readonly listing: ObjectListing;
}

/** Finds the 32-byte key of a sealed object from the header of its listing's envelope. */
export type FindObjectKey = (envelope: Uint8Array) => Uint8Array | undefined;

/** Plaintext is made in steps of about this much, so that a whole chunk of it is never held beside the sealed one. */
const STEP_BYTES = 1024 * 1024;

/** The object's manifest, checked. Errors as `openObject`. */
export async function readManifest(source: ChunkSource, object: ObjectId): Promise<ObjectManifest> {
  const manifest = decodeManifest(await source.get(manifestChunkId(object)));
  checkManifest(object, manifest);
  return manifest;
}

/**
 * Fetches, opens and checks an object's manifest and listing.
 *
 * @throws DSDN_OBJECTS_KEY_NEEDED, DSDN_CRYPTO_WRONG_KEY and its fellows, DSDN_OBJECTS_MANIFEST_INVALID,
 * DSDN_OBJECTS_LISTING_INVALID, DSDN_PROTOCOL_NOT_CANONICAL, and what the source throws
 */
export async function openObject(
  source: ChunkSource,
  object: ObjectId,
  options: { readonly findKey?: FindObjectKey; readonly platform?: PathPlatform } = {},
): Promise<OpenObject> {
  const manifest = await readManifest(source, object);
  const { envelope } = manifest;
  const key = envelope === null ? undefined : options.findKey?.(envelope);
  if (envelope !== null && key === undefined) throw fail(objectErrors.keyNeeded, { object });
  const stored = await readStored(source, manifest.listing);
  const secrets = envelope === null || key === undefined ? undefined : { key, header: envelope };
  const { cipher } = source;
  const opened = secrets && (cipher === undefined ? open(secrets, stored) : await openWith(cipher, secrets, stored));
  const bytes = opened ?? stored;
  const listing = decodeListing(bytes);
  checkListing(manifest, listing, options.platform);
  return { object, manifest, listing };
}

/** The entry of a file. @throws DSDN_OBJECTS_FILE_MISSING */
export function getFileEntry({ listing }: OpenObject, path: string): ListingEntry {
  const entry = listing.entries.find((other) => other.path === path);
  if (entry?.type !== "file") throw fail(objectErrors.fileMissing, { path });
  return entry;
}

/** One file of the object as an object of one file, or a folder of it as a folder. @throws DSDN_OBJECTS_FILE_MISSING */
export function partOf(opened: OpenObject, path: string): OpenObject {
  const found = opened.listing.entries.find((entry) => entry.path === path);
  if (found === undefined || found.type === "link") throw fail(objectErrors.fileMissing, { path });
  const isFile = found.type === "file";
  const prefix = isFile ? path.slice(0, path.lastIndexOf("/") + 1) : `${path}/`;
  const entries = opened.listing.entries
    .filter((entry) => (isFile ? entry === found : entry.path.startsWith(prefix)))
    .map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }));
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  const listing: ObjectListing = { version: 1, root: isFile ? "file" : "folder", entries };
  return { ...opened, manifest: { ...opened.manifest, size }, listing };
}

/**
 * The plaintext of a file piece by piece. Every piece has been verified (seal or chunk hash); whether the file is the
 * whole one of the listing is known only when the iteration ends without an error.
 *
 * @throws DSDN_OBJECTS_CONTENT_DAMAGED, the errors of `createOpener`, and what the source throws
 */
export async function* readFile(
  source: ChunkSource,
  object: OpenObject,
  entry: ListingEntry,
): AsyncGenerator<Uint8Array> {
  const hash = createSha256();
  // A cipher that takes its time opens all segments of a range at once.
  const isAtOnce = source.cipher !== undefined && entry.key !== null;
  const range = { offset: 0, length: entry.size };
  const pieces = isAtOnce ? readFileRange(source, object, { entry, range }) : readInOrder(source, object, entry);
  for await (const bytes of pieces) {
    hash.update(bytes);
    yield bytes;
  }
  if (entry.hash === null || !equalBytes(hash.digest(), entry.hash)) {
    throw fail(objectErrors.contentDamaged, { path: entry.path }, { verdict: "reject" });
  }
}

/** Chunk after chunk, each whole and checked. */
async function* readInOrder(
  source: ChunkSource,
  { manifest }: OpenObject,
  entry: ListingEntry,
): AsyncGenerator<Uint8Array> {
  const { key, envelope } = entry;
  const opener =
    key === null || envelope === null ? undefined : createOpener({ key, header: envelope, sizeBytes: entry.size });
  for (const { chunk, offset, length } of readPlan(extentsOf(manifest, entry))) {
    const stored = (await source.get(chunk.id)).subarray(offset, offset + length);
    for (let at = 0; at < stored.length; at += STEP_BYTES) {
      const step = stored.subarray(at, at + STEP_BYTES);
      const bytes = opener === undefined ? step : opener.update(step);
      if (bytes.length > 0) yield bytes;
    }
  }
  const last = opener?.finish();
  if (last !== undefined && last.length > 0) yield last;
}

/** At most this much of a range is held at once. */
const RANGE_STEP_BYTES = 8 * 1024 * 1024;

/**
 * The plaintext of a range of a file, verified piece by piece without reading the rest of it.
 *
 * @throws DSDN_OBJECTS_RANGE_OUTSIDE, the errors of `createRangeOpener`, and what the source throws
 */
export async function* readFileRange(
  source: ChunkSource,
  { manifest }: OpenObject,
  { entry, range }: { readonly entry: ListingEntry; readonly range: ByteRange },
): AsyncGenerator<Uint8Array> {
  const end = range.offset + range.length;
  if (![range.offset, range.length].every((value) => Number.isSafeInteger(value) && value >= 0) || end > entry.size) {
    throw fail(objectErrors.rangeOutside, { offset: range.offset, end, sizeBytes: entry.size });
  }
  const extents = extentsOf(manifest, entry);
  const { key, envelope } = entry;
  const opener =
    key === null || envelope === null ? undefined : createRangeOpener({ key, header: envelope, sizeBytes: entry.size });
  for (let at = range.offset; at < end; at += RANGE_STEP_BYTES) {
    const length = Math.min(RANGE_STEP_BYTES, end - at);
    if (opener === undefined) {
      yield await readStored(source, readPlan(extents, { offset: at, length }));
      continue;
    }
    const { sealedOffset, sealedLength } = opener.plan(at, length);
    const plan = readPlan(extents, { offset: sealedOffset, length: sealedLength });
    const sealed = await readStored(source, plan, true);
    const { cipher } = source;
    yield cipher === undefined
      ? opener.open(at, length, sealed)
      : await opener.openWith(cipher, { offset: at, length, sealed });
  }
}

function extentsOf(manifest: ObjectManifest, entry: ListingEntry): readonly ChunkRange[] {
  return entry.extents.map(({ chunk: index, offset, length }) => {
    const chunk = manifest.chunks[index];
    // Checked with the listing; a listing that was not checked must not read on.
    if (chunk === undefined) throw fail(objectErrors.listingInvalid, { path: entry.path, reason: "no such chunk" });
    return { chunk, offset, length };
  });
}

async function readStored(source: ChunkSource, plan: readonly ChunkRange[], isSealed = false): Promise<Uint8Array> {
  const size = plan.reduce((sum, { length }) => sum + length, 0);
  if (size > limits.listingBytes) throw fail(objectErrors.manifestInvalid, { reason: "a part is too large" });
  const parts: Uint8Array[] = [];
  for (const range of plan) {
    if (isSealed && source.getUnchecked !== undefined) parts.push(await source.getUnchecked(range));
    else parts.push((await source.get(range.chunk.id)).subarray(range.offset, range.offset + range.length));
  }
  return concatBytes(...parts);
}
