import { Zip, ZipPassThrough } from "fflate";
import { equalBytes, fail } from "../../../base/index.ts";
import { type ChunkSource, type OpenObject, objectErrors, readFileRange } from "../../../objects/index.ts";
import type { ChunkRef, ListingEntry } from "../../../protocol/index.ts";
import { createPageSource } from "./page-source.ts";
import { createFileHash } from "./web-hash.ts";

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Media type of the result. */
  readonly type: string;
  /** Part of what has to be fetched that is here, 0..1. */
  readonly onProgress: (part: number) => void;
}

/**
 * A whole file, every byte verified before any of it is given.
 *
 * @throws DSDN_OBJECTS_CONTENT_DAMAGED, what reading throws, and the signal's reason
 */
export async function fetchFile(object: OpenObject, entry: ListingEntry, options: FetchOptions): Promise<Blob> {
  const parts: Blob[] = [];
  for await (const bytes of readChecked(sourceOf(object, [entry], options), {
    object,
    entry,
    signal: options.signal,
  })) {
    parts.push(toBlob(bytes));
  }
  return new Blob(parts, { type: options.type });
}

/**
 * All the files in one zip archive, stored without compression; nothing is given when one of them does not pass.
 * Errors as `fetchFile`.
 */
export async function fetchZip(
  object: OpenObject,
  files: readonly ListingEntry[],
  options: FetchOptions,
): Promise<Blob> {
  const { signal } = options;
  const parts: Blob[] = [];
  const zip = new Zip((_error, bytes) => void parts.push(toBlob(bytes)));
  const source = sourceOf(object, files, options);
  const names = new Set<string>();
  for (const entry of files) {
    const file = new ZipPassThrough(zipName(entry.path, names));
    file.mtime = Math.min(ZIP_TIME_MAX_MS, Math.max(ZIP_TIME_MIN_MS, entry.mtimeMs));
    zip.add(file);
    for await (const bytes of readChecked(source, { object, entry, signal })) file.push(bytes);
    file.push(new Uint8Array(0), true);
  }
  zip.end();
  return new Blob(parts, { type: options.type });
}

/** The times a zip archive can tell: 1980 to 2107; a year less at each end, whatever the time zone. */
const ZIP_TIME_MIN_MS = 347_155_200_000;
const ZIP_TIME_MAX_MS = 4_322_000_000_000;

/**
 * The path as an archive may carry it to any system: what Windows would take for a folder, a drive or a stream is an
 * underscore. No name stands in it twice.
 */
export function zipName(path: string, taken: Set<string>): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what Windows refuses in names begins with them
  const plain = path.replace(/[\u0000-\u001f<>:"|?*\\]/g, "_");
  let name = plain;
  for (let count = 2; taken.has(name); count++) name = `${plain}~${count}`;
  taken.add(name);
  return name;
}

/** Read at once: some hundredths of a second of work between two chances for the page to answer. */
const STEP_BYTES = 1024 * 1024;

interface Reading {
  readonly object: OpenObject;
  readonly entry: ListingEntry;
  readonly signal: AbortSignal;
}

/** The file piece by piece; whether it is the listing's is known when the iteration ends without an error. */
async function* readChecked(source: ChunkSource, { object, entry, signal }: Reading): AsyncGenerator<Uint8Array> {
  const hash = createFileHash(entry.size);
  for (let offset = 0; offset < entry.size; offset += STEP_BYTES) {
    const range = { offset, length: Math.min(STEP_BYTES, entry.size - offset) };
    for await (const bytes of readFileRange(source, object, { entry, range })) {
      signal.throwIfAborted();
      hash.update(bytes);
      yield bytes;
    }
  }
  if (entry.hash === null || !equalBytes(await hash.digest(), entry.hash)) {
    throw fail(objectErrors.contentDamaged, { path: entry.path }, { verdict: "reject" });
  }
}

/** Chunks of the files in the order in which they are read, and how much of them is here. */
function sourceOf(object: OpenObject, files: readonly ListingEntry[], { signal, onProgress }: FetchOptions) {
  const wanted = chunksOf(object, files);
  const totalBytes = wanted.reduce((sum, { size }) => sum + size, 0);
  let receivedBytes = 0;
  const source = createPageSource({
    signal,
    onReceived: (bytes) => {
      receivedBytes += bytes;
      onProgress(Math.min(1, receivedBytes / totalBytes));
    },
  });
  source.expect(wanted.map(({ id }) => id));
  return source;
}

/** Each chunk once, in order of first use. */
function chunksOf({ manifest }: OpenObject, files: readonly ListingEntry[]): ChunkRef[] {
  const indexes = new Set(files.flatMap(({ extents }) => extents.map(({ chunk }) => chunk)));
  return [...indexes].flatMap((index) => manifest.chunks[index] ?? []);
}

/** A blob may lie on the browser's disk; the bytes themselves would stay in memory. */
function toBlob(bytes: Uint8Array): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
}
