import type * as zod from "zod";
import { limits } from "./limits.ts";
import { byteString, chunkRef, decodeWith, encodeWith, text, uint, z } from "./schema.ts";

/** Where bytes lie: `length` stored bytes from `offset` of a chunk. */
export const extent = z.strictObject({
  chunk: chunkRef,
  offset: uint(limits.objectBytes),
  length: uint(limits.objectBytes),
});
export type Extent = zod.output<typeof extent>;

/**
 * The manifest of an object: content only, so the same bytes under the same key give the same ObjectId.
 * `envelope` is the header of Envelope 1 for the sealed listing, null for a public object; the listing is itself a
 * stream of stored bytes found at `listing`.
 */
export const objectManifest = z.strictObject({
  version: z.literal(1),
  /** Plaintext bytes of all files together. */
  size: uint(limits.objectBytes),
  /** Every chunk the object uses, each once, in order of first use; extents of files index into nothing else. */
  chunks: z.array(chunkRef).max(limits.chunksPerObject),
  envelope: byteString(1, 256).nullable(),
  /** The (sealed) listing's stored bytes, in order. */
  listing: z.array(extent).max(limits.extentsPerObject),
});
export type ObjectManifest = zod.output<typeof objectManifest>;

const listingEntry = z.strictObject({
  path: text(limits.pathBytes, 1),
  type: z.enum(["file", "dir", "link"]),
  /** Plaintext bytes; 0 for folders and links. */
  size: uint(limits.objectBytes),
  /** Permission bits. */
  mode: uint(0o7777),
  mtimeMs: uint(),
  /** SHA-256 of the plaintext of a file; null otherwise. */
  hash: byteString(32).nullable(),
  /** For a link: where it points. */
  target: text(limits.pathBytes).nullable(),
  /** The file's own 32-byte key and its envelope header; null when the object is public. */
  key: byteString(32).nullable(),
  envelope: byteString(1, 256).nullable(),
  /** The stored bytes of the file in order; an extent names its chunk by index into the manifest's chunks. */
  extents: z
    .array(z.strictObject({ chunk: uint(limits.chunksPerObject), offset: uint(), length: uint() }))
    .max(limits.extentsPerObject),
});
export type ListingEntry = zod.output<typeof listingEntry>;

export const objectListing = z.strictObject({
  version: z.literal(1),
  /** How the object was made: one file or stdin, or a folder. */
  root: z.enum(["file", "folder"]),
  /** Sorted by path (UTF-8 bytes), no path twice, parents before children. */
  entries: z.array(listingEntry).max(limits.listingEntries),
});
export type ObjectListing = zod.output<typeof objectListing>;

export function encodeManifest(manifest: ObjectManifest): Uint8Array {
  return encodeWith(objectManifest, manifest);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodeManifest(bytes: Uint8Array): ObjectManifest {
  return decodeWith(objectManifest, bytes, { what: "object manifest", limitBytes: limits.manifestBytes });
}

export function encodeListing(listing: ObjectListing): Uint8Array {
  return encodeWith(objectListing, listing);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodeListing(bytes: Uint8Array): ObjectListing {
  return decodeWith(objectListing, bytes, { what: "object listing", limitBytes: limits.listingBytes });
}
