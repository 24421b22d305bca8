import { DsdnError, equalBytes, fail } from "../base/index.ts";
import { parseEnvelopeHeader, sealedSize } from "../crypto/index.ts";
import {
  type ChunkRef,
  digestOf,
  type ListingEntry,
  limits,
  type ObjectId,
  type ObjectListing,
  type ObjectManifest,
} from "../protocol/index.ts";
import { objectErrors } from "./errors.ts";
import { findPathFault, foldPath, type PathPlatform, parentOf } from "./paths.ts";

/**
 * Refuses a stranger's manifest that contradicts itself: a chunk named twice or naming the manifest, listing extents
 * outside their chunks or in chunks that are not listed, an envelope header nobody can open.
 *
 * @throws DSDN_OBJECTS_MANIFEST_INVALID
 */
export function checkManifest(object: ObjectId, manifest: ObjectManifest): void {
  const own = digestOf(object);
  const chunks = new Map<string, ChunkRef>();
  for (const chunk of manifest.chunks) {
    if (chunks.has(chunk.id)) throw invalid("a chunk stands in it twice");
    if (equalBytes(digestOf(chunk.id), own)) throw invalid("it names itself as a chunk");
    chunks.set(chunk.id, chunk);
  }
  let storedBytes = 0;
  for (const { chunk, offset, length } of manifest.listing) {
    const known = chunks.get(chunk.id);
    if (known === undefined) throw invalid("its listing lies in a chunk it does not name");
    if (known.size !== chunk.size || !equalBytes(known.merkleRoot, chunk.merkleRoot)) {
      throw invalid("it names one chunk in two ways");
    }
    if (length < 1 || offset + length > chunk.size) throw invalid("its listing reaches beyond a chunk");
    storedBytes += length;
  }
  if (storedBytes < 1) throw invalid("it has no listing");
  if (storedBytes > limits.listingBytes) throw invalid("its listing is too large");
  if (manifest.envelope !== null) segmentSizeOf(manifest.envelope, (reason) => invalid(reason));
}

/**
 * Refuses a stranger's listing that could write outside its folder, does not add up, or would mean two different
 * things: paths (`findPathFault`), order, twins, parents, sizes, extents, keys.
 *
 * @param platform - the machine the files are meant for; "posix" checks what holds everywhere.
 * @throws DSDN_OBJECTS_LISTING_INVALID with path and reason
 */
export function checkListing(manifest: ObjectManifest, listing: ObjectListing, platform: PathPlatform = "posix"): void {
  const folders = new Set<string>();
  const folded = new Set<string>();
  let sizeBytes = 0;
  let previous: Buffer | undefined;
  for (const entry of listing.entries) {
    const refuse = (reason: string) => fail(objectErrors.listingInvalid, { path: entry.path, reason }, REJECT);
    const fault = findPathFault(entry.path, platform);
    if (fault !== undefined) throw refuse(fault);
    const key = Buffer.from(entry.path);
    if (previous !== undefined && Buffer.compare(previous, key) >= 0) throw refuse("it is twice there or out of order");
    previous = key;
    const twin = foldPath(entry.path, platform);
    if (folded.has(twin)) throw refuse("this machine cannot tell it from another path of the object");
    folded.add(twin);
    const parent = parentOf(entry.path);
    if (parent !== undefined && !folders.has(parent)) throw refuse("the folder above it is not in the list");
    if (entry.type === "dir") folders.add(entry.path);
    if (entry.type === "file") checkFile(manifest, entry, refuse);
    else checkOther(entry, refuse);
    sizeBytes += entry.size;
  }
  if (sizeBytes !== manifest.size) throw invalid("the sizes of its files do not add up");
  const [only] = listing.entries;
  const isOneFile = listing.entries.length === 1 && only?.type === "file" && !only.path.includes("/");
  if (listing.root === "file" && !isOneFile) throw invalid("it says it is one file and is not");
}

type Refuse = (reason: string) => DsdnError;

function checkFile(manifest: ObjectManifest, entry: ListingEntry, refuse: Refuse): void {
  if (entry.hash === null) throw refuse("a file has no hash");
  if (entry.target !== null) throw refuse("a file has a link target");
  if ((entry.key === null) !== (entry.envelope === null)) throw refuse("it has a key or an envelope without the other");
  if ((entry.envelope === null) !== (manifest.envelope === null)) {
    throw refuse("it is sealed in a public object, or open in a sealed one");
  }
  const storedBytes =
    entry.envelope === null ? entry.size : sealedSize(entry.size, segmentSizeOf(entry.envelope, refuse));
  let sum = 0;
  for (const { chunk: index, offset, length } of entry.extents) {
    const chunk = manifest.chunks[index];
    if (chunk === undefined) throw refuse("it lies in a chunk that does not exist");
    if (length < 1 || offset + length > chunk.size) throw refuse("it reaches beyond a chunk");
    sum += length;
  }
  if (sum !== storedBytes) throw refuse("its stored parts do not add up to its size");
}

function checkOther(entry: ListingEntry, refuse: Refuse): void {
  const isBare =
    entry.size === 0 &&
    entry.hash === null &&
    entry.key === null &&
    entry.envelope === null &&
    entry.extents.length === 0;
  if (!isBare) throw refuse("only a file can have content");
  if ((entry.type === "link") !== (entry.target !== null))
    throw refuse("a link needs a target, and only a link has one");
  if (entry.target === "") throw refuse("its link target is empty");
}

/** log2 of the segment size of an envelope header from a stranger. */
function segmentSizeOf(header: Uint8Array, refuse: Refuse): number {
  try {
    return parseEnvelopeHeader(header).segmentSizeLog2;
  } catch (error) {
    throw error instanceof DsdnError ? refuse(`its envelope cannot be read (${error.code})`) : error;
  }
}

const REJECT = { verdict: "reject" } as const;

function invalid(reason: string): DsdnError {
  return fail(objectErrors.manifestInvalid, { reason }, REJECT);
}
