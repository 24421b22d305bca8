import { compareBytes, fail, toUtf8 } from "../base/index.ts";
import {
  type ChunkRef,
  type Extent,
  encodeListing,
  type ListingEntry,
  type ObjectListing,
  type ObjectManifest,
} from "../protocol/index.ts";
import { objectErrors } from "./errors.ts";
import { findPathFault, parentOf } from "./paths.ts";

/** One entry of an object to be; a file's stored bytes are named by chunk reference. */
export type EntryPlan = Omit<ListingEntry, "extents"> & { readonly extents: readonly Extent[] };

export interface ListingPlan {
  readonly listing: ObjectListing;
  /** The canonical bytes to seal (or not) and store. */
  readonly bytes: Uint8Array;
  /** Every chunk the files use, each once, in order of first use. */
  readonly chunks: readonly ChunkRef[];
  /** Plaintext bytes of all files. */
  readonly sizeBytes: number;
}

/**
 * The listing of an object: entries sorted, folders above them added, extents turned into chunk indexes. The same
 * entries in any order give the same bytes.
 *
 * @throws DSDN_OBJECTS_PATH_REFUSED for a path no listing may hold or one given twice; DSDN_PROTOCOL_TOO_LARGE
 */
export function planListing(root: ObjectListing["root"], entries: readonly EntryPlan[]): ListingPlan {
  const byPath = new Map<string, EntryPlan>();
  for (const entry of entries) {
    const fault = byPath.has(entry.path) ? "it is there twice" : findPathFault(entry.path);
    if (fault !== undefined) throw fail(objectErrors.pathRefused, { path: entry.path, reason: fault });
    byPath.set(entry.path, entry);
  }
  for (const { path } of entries) {
    for (let parent = parentOf(path); parent !== undefined && !byPath.has(parent); parent = parentOf(parent)) {
      byPath.set(parent, folderEntry(parent));
    }
  }
  const sorted = [...byPath.values()]
    .map((entry) => ({ entry, key: toUtf8(entry.path) }))
    .sort((left, right) => compareBytes(left.key, right.key))
    .map(({ entry }) => entry);
  const indexes = new Map<string, number>();
  const chunks: ChunkRef[] = [];
  const indexOf = (chunk: ChunkRef): number => {
    const known = indexes.get(chunk.id);
    if (known !== undefined) return known;
    indexes.set(chunk.id, chunks.length);
    return chunks.push(chunk) - 1;
  };
  const listing: ObjectListing = {
    version: 1,
    root,
    entries: sorted.map((entry) => ({
      ...entry,
      extents: entry.extents.map(({ chunk, offset, length }) => ({ chunk: indexOf(chunk), offset, length })),
    })),
  };
  const sizeBytes = sorted.reduce((sum, entry) => sum + entry.size, 0);
  return { listing, bytes: encodeListing(listing), chunks, sizeBytes };
}

/** A folder that was not there as such, with permissions for its owner. */
function folderEntry(path: string): EntryPlan {
  return {
    path,
    type: "dir",
    size: 0,
    mode: 0o755,
    mtimeMs: 0,
    hash: null,
    target: null,
    key: null,
    envelope: null,
    extents: [],
  };
}

/**
 * The manifest over a stored listing.
 *
 * @param stored.envelope - header of the sealed listing, null for a public object.
 * @param stored.listing - where the listing's stored bytes lie, in order.
 */
export function makeManifest(
  plan: ListingPlan,
  stored: { readonly envelope: Uint8Array | null; readonly listing: readonly Extent[] },
): ObjectManifest {
  const known = new Set(plan.chunks.map(({ id }) => id));
  const added: ChunkRef[] = [];
  for (const { chunk } of stored.listing) {
    if (known.has(chunk.id)) continue;
    known.add(chunk.id);
    added.push(chunk);
  }
  return {
    version: 1,
    size: plan.sizeBytes,
    chunks: [...plan.chunks, ...added],
    envelope: stored.envelope,
    listing: [...stored.listing],
  };
}
