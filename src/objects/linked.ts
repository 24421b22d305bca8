import { fail } from "../base/index.ts";
import type { ChunkRef, LinkContent, ListingEntry, ObjectListing, ObjectManifest } from "../protocol/index.ts";
import { checkListing } from "./check.ts";
import { objectErrors } from "./errors.ts";
import type { PathPlatform } from "./paths.ts";
import { type ChunkSource, type OpenObject, openObject, partOf } from "./reader.ts";

/**
 * One file or folder of an object cut out of it: its own entries, and of the chunks only those it lies in. Keys and
 * names of what lies beside it are not there, nor where the whole listing is stored.
 *
 * @throws DSDN_OBJECTS_FILE_MISSING
 */
export function cutPart(opened: OpenObject, path: string): { manifest: ObjectManifest; listing: ObjectListing } {
  const { manifest, listing } = partOf(opened, path);
  const indexes = new Map<number, number>();
  const chunks: ChunkRef[] = [];
  const indexOf = (old: number): number => {
    const known = indexes.get(old);
    if (known !== undefined) return known;
    const chunk = manifest.chunks[old];
    if (chunk === undefined) throw fail(objectErrors.listingInvalid, { path, reason: "no such chunk" });
    indexes.set(old, chunks.length);
    return chunks.push(chunk) - 1;
  };
  const entries = listing.entries.map(
    (entry): ListingEntry => ({
      ...entry,
      extents: entry.extents.map((extent) => ({ ...extent, chunk: indexOf(extent.chunk) })),
    }),
  );
  return { manifest: { ...manifest, chunks, listing: [] }, listing: { ...listing, entries } };
}

/**
 * The object or part behind a share link, fetched as far as needed and checked as a stranger's.
 *
 * @throws as `openObject`
 */
export async function openLinked(
  source: ChunkSource,
  { object, key, part }: LinkContent,
  platform?: PathPlatform,
): Promise<OpenObject> {
  if (part !== null) {
    checkListing(part.manifest, part.listing, platform);
    return { object, ...part };
  }
  const forPlatform = platform === undefined ? {} : { platform };
  return openObject(source, object, { findKey: () => key ?? undefined, ...forPlatform });
}
