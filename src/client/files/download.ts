import { equalBytes, fail } from "../../base/index.ts";
import {
  getFileEntry,
  leadsOutside,
  type OpenObject,
  type PathPlatform,
  readFile,
  readFileRange,
} from "../../objects/index.ts";
import type { ChunkId, ListingEntry } from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import type { Ingress } from "../ingress.ts";
import { createChunkSource, type FetchingSource } from "./chunk-source.ts";
import {
  finishFolder,
  hashOf,
  joinTarget,
  makeLink,
  makeParent,
  makePlainFolder,
  openTarget,
  stateOf,
  syncFolder,
  targetOf,
} from "./target-files.ts";

export interface DownloadProgress {
  /** What is here: verified and written, or the same part of the chunks that arrive. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly doneFiles: number;
  readonly totalFiles: number;
}

export interface DownloadOptions {
  /** Replace files that are there with other content. */
  readonly isForced?: boolean | undefined;
  /** A stranger's, though it could be opened: its links must stay inside it. */
  readonly isForeign?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

export interface DownloadResult {
  readonly path: string;
  readonly files: number;
  /** Files that were there already, whole. */
  readonly keptFiles: number;
  readonly bytes: number;
  /** Links of a stranger's object that lead out of it; they are not made. */
  readonly skippedLinks: readonly string[];
}

export interface DownloadDeps {
  readonly ingress: Ingress;
  readonly platform: PathPlatform;
}

/** Small files on their way at once. */
const FILES_AT_ONCE = 8;
const SMALL_BYTES = 1024 * 1024;

/**
 * Writes the object to `path`: one file, or a folder that is made or completed. Every byte is verified before it
 * stands under its final name; files that are there already and whole are kept, so running it again goes on where an
 * interrupted run ended.
 *
 * @throws DSDN_CLIENT_TARGET_EXISTS, DSDN_CLIENT_TARGET_UNSAFE, DSDN_CLIENT_CHUNK_UNAVAILABLE, and the errors of `readFile`
 */
export async function download(
  deps: DownloadDeps,
  { object, path }: { readonly object: OpenObject; readonly path: string },
  options: DownloadOptions = {},
): Promise<DownloadResult> {
  return new Download(deps, { object, path }, options).run();
}

class Download {
  readonly #source: FetchingSource;
  readonly #object: OpenObject;
  readonly #path: string;
  readonly #options: DownloadOptions;
  readonly #skippedLinks: string[] = [];
  readonly #files: readonly ListingEntry[];
  readonly #arrival = new Arrival();
  #keptBytes = 0;
  #writtenBytes = 0;
  #doneFiles = 0;
  #keptFiles = 0;

  constructor(deps: DownloadDeps, target: { object: OpenObject; path: string }, options: DownloadOptions) {
    const { signal } = options;
    const onReceived = (chunk: ChunkId, receivedBytes: number) => {
      if (this.#arrival.note(chunk, receivedBytes)) this.#report();
    };
    this.#source = createChunkSource({ ingress: deps.ingress, signal, onReceived });
    this.#object = target.object;
    this.#path = target.path;
    this.#options = options;
    this.#files = target.object.listing.entries.filter(({ type }) => type === "file");
  }

  async run(): Promise<DownloadResult> {
    const { root, entries } = this.#object.listing;
    const parent = await makeParent(this.#path);
    if (root === "folder") await makePlainFolder(this.#path);
    const placeOf = (entry: ListingEntry) => (root === "file" ? this.#path : joinTarget(this.#path, entry.path));
    const folders = entries.filter(({ type }) => type === "dir");
    // Parents stand before children, so each level is known to be plain before the next is looked at.
    for (const folder of folders) await makePlainFolder(placeOf(folder));
    const missing: ListingEntry[] = [];
    for (const file of this.#files) if (!(await this.#isThere(file, placeOf(file)))) missing.push(file);
    const chunks = chunksOf(this.#object, missing);
    this.#arrival.expect(this.#object, chunks);
    this.#source.expect(chunks);
    await this.#receiveAll(missing, placeOf);
    for (const entry of entries) if (entry.type === "link") await this.#link(entry, placeOf(entry));
    for (const folder of folders.toReversed()) {
      await finishFolder(placeOf(folder), folder);
      await syncFolder(placeOf(folder));
    }
    if (root === "folder") await syncFolder(this.#path);
    await syncFolder(parent);
    return {
      path: this.#path,
      files: this.#files.length,
      keptFiles: this.#keptFiles,
      bytes: this.#object.manifest.size,
      skippedLinks: this.#skippedLinks,
    };
  }

  /** True when the file is there as it should be. @throws DSDN_CLIENT_TARGET_EXISTS when something else is */
  async #isThere(entry: ListingEntry, path: string): Promise<boolean> {
    const { kind, sizeBytes } = await stateOf(path);
    if (kind === "absent") return false;
    const isSame =
      kind === "file" && sizeBytes === entry.size && entry.hash !== null && equalBytes(await hashOf(path), entry.hash);
    if (isSame) {
      this.#keptFiles += 1;
      this.#note(entry);
      return true;
    }
    if (kind === "file" && this.#options.isForced) return false;
    throw fail(clientErrors.targetExists, { path });
  }

  /** Small files several at a time, as most of their time is waiting for the disk; their order is kept at the start. */
  async #receiveAll(files: readonly ListingEntry[], placeOf: (entry: ListingEntry) => string): Promise<void> {
    const running = new Set<Promise<void>>();
    const failures: unknown[] = [];
    for (const file of files) {
      this.#options.signal?.throwIfAborted();
      const run: Promise<void> = this.#receive(file, placeOf(file))
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(run));
      running.add(run);
      if (running.size >= FILES_AT_ONCE) await Promise.race(running);
      if (file.size > SMALL_BYTES) await Promise.all(running);
      if (failures.length > 0) break;
    }
    await Promise.all(running);
    if (failures.length > 0) throw failures[0];
  }

  async #receive(entry: ListingEntry, path: string): Promise<void> {
    const target = await openTarget(path);
    try {
      for await (const bytes of readFile(this.#source, this.#object, entry)) {
        this.#options.signal?.throwIfAborted();
        await target.write(bytes);
        this.#writtenBytes += bytes.length;
        this.#report();
      }
      await target.finish(entry);
    } catch (error) {
      await target.discard();
      throw error;
    }
    this.#doneFiles += 1;
    this.#report();
  }

  async #link(entry: ListingEntry, path: string): Promise<void> {
    if (entry.target === null) return;
    // In a sealed object the owner's own links come back as they were; a stranger's must stay inside.
    const isForeign = this.#options.isForeign === true || this.#object.manifest.envelope === null;
    if (isForeign && leadsOutside(entry.path, entry.target)) {
      this.#skippedLinks.push(entry.path);
      return;
    }
    const { kind } = await stateOf(path);
    const isSame = kind === "link" && (await targetOf(path)) === entry.target;
    if (isSame) return;
    const isFree = kind === "absent" || (kind === "link" && this.#options.isForced);
    if (!isFree) throw fail(clientErrors.targetExists, { path });
    await makeLink(path, entry.target);
  }

  #note(entry: ListingEntry): void {
    this.#keptBytes += entry.size;
    this.#doneFiles += 1;
    this.#report();
  }

  #report(): void {
    const totalBytes = this.#object.manifest.size;
    const arrivedBytes = Math.floor(this.#arrival.share * (totalBytes - this.#keptBytes));
    this.#options.onProgress?.({
      doneBytes: this.#keptBytes + Math.max(this.#writtenBytes, arrivedBytes),
      totalBytes,
      doneFiles: this.#doneFiles,
      totalFiles: this.#files.length,
    });
  }
}

/** How much has arrived of the chunks that are fetched; one that is fetched twice counts once. */
class Arrival {
  readonly #sizes = new Map<ChunkId, number>();
  readonly #received = new Map<ChunkId, number>();
  #totalBytes = 0;
  #receivedBytes = 0;

  expect({ manifest }: OpenObject, chunks: readonly ChunkId[]): void {
    const wanted = new Set(chunks);
    for (const { id, size } of manifest.chunks) if (wanted.has(id)) this.#sizes.set(id, size);
    this.#totalBytes = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** @returns whether it is more than was known. */
  note(chunk: ChunkId, receivedBytes: number): boolean {
    const known = this.#received.get(chunk) ?? 0;
    const size = this.#sizes.get(chunk) ?? 0;
    const now = Math.min(receivedBytes, size);
    if (now <= known) return false;
    this.#received.set(chunk, now);
    this.#receivedBytes += now - known;
    return true;
  }

  /** 0 to 1. */
  get share(): number {
    return this.#totalBytes === 0 ? 0 : this.#receivedBytes / this.#totalBytes;
  }
}

/** The chunks in the order in which the files will ask for them. */
function chunksOf({ manifest }: OpenObject, files: readonly ListingEntry[]): ChunkId[] {
  const order: ChunkId[] = [];
  for (const { extents } of files) {
    for (const { chunk: index } of extents) {
      const id = manifest.chunks[index]?.id;
      if (id !== undefined && order.at(-1) !== id) order.push(id);
    }
  }
  return order;
}

export interface ReadOptions {
  /** A file inside a folder. */
  readonly path?: string | undefined;
  /** Plaintext bytes; without a length to the end. */
  readonly range?: { readonly offset: number; readonly length?: number | undefined } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The bytes of one file of the object, verified piece by piece. A whole file is known to be whole only when the
 * iteration ends without an error.
 *
 * @throws DSDN_CLIENT_NOT_ONE_FILE, DSDN_OBJECTS_FILE_MISSING, DSDN_OBJECTS_RANGE_OUTSIDE, and what reading throws
 */
export async function* readOneFile(
  deps: Pick<DownloadDeps, "ingress">,
  object: OpenObject,
  { path, range, signal }: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const [first] = object.listing.entries;
  if (path === undefined && (object.listing.root !== "file" || first === undefined)) {
    throw fail(clientErrors.notOneFile, { object: object.object });
  }
  const entry = getFileEntry(object, path ?? first?.path ?? "");
  const source = createChunkSource({ ingress: deps.ingress, signal });
  if (range === undefined) {
    source.expect(chunksOf(object, [entry]));
    yield* readFile(source, object, entry);
    return;
  }
  const length = range.length ?? Math.max(0, entry.size - range.offset);
  yield* readFileRange(source, object, { entry, range: { offset: range.offset, length } });
}
