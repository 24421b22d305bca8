import { dirname, join } from "node:path";
import {
  baseErrors,
  concatBytes,
  type Disk,
  equalBytes,
  fail,
  findHex,
  fromUtf8,
  isError,
  type Random,
  toHex,
  toUtf8,
  writeDurable,
} from "../base/index.ts";
import { sha256 } from "../crypto/index.ts";
import { type ChunkId, chunkIdFromDigest, chunkIdOf, digestOf } from "../protocol/index.ts";
import {
  type ChunkStore,
  type ChunkStoreStats,
  checkBesideName,
  checkChunk,
  checkSpace,
  type OnDamaged,
} from "./chunk-store.ts";
import { storageErrors } from "./errors.ts";
import { createFolderSyncer, type FolderSyncer } from "./folder-syncer.ts";
import { createTurns } from "./turns.ts";

/**
 * Layout: `<folder>/format` the version line, `chunks/<2 hex>/<64 hex>` one file a chunk, `chunks/<2 hex>/<64 hex>.<name>`
 * SHA-256(32) || bytes kept beside it, `temp/` files on their way, `damaged/` what failed its hash.
 */
const FORMAT = "dsdn-chunks 1\n";
/** Left free for the file system and the log, so that a full store never stops the rest of the node. */
const DEFAULT_RESERVE_BYTES = 256 * 1024 * 1024;

export interface DiskChunkStoreOptions {
  readonly folder: string;
  /** Chunks together take at most this; without it the disk is the limit. */
  readonly capacityBytes?: number;
  /** Stays free on the disk; 256 MiB unless said. */
  readonly reserveBytes?: number;
}

export interface DiskChunkStoreDeps {
  readonly disk: Disk;
  readonly random: Random;
  readonly onDamaged?: OnDamaged;
}

/**
 * Opens or makes the store. What a crash left half done is cleared away; nothing acknowledged is touched. One process
 * at a time may hold a folder.
 *
 * @throws DSDN_STORAGE_FORMAT_UNKNOWN, DSDN_BASE_FILE_FAILED
 */
export async function openDiskChunkStore(
  options: DiskChunkStoreOptions,
  deps: DiskChunkStoreDeps,
): Promise<DiskChunkStore> {
  const { disk } = deps;
  const { folder } = options;
  const found = await disk.find(join(folder, "format"));
  if (found !== undefined && fromUtf8(found) !== FORMAT) {
    throw fail(storageErrors.formatUnknown, { folder, format: fromUtf8(found.subarray(0, 40)).trim() });
  }
  for (const name of ["chunks", "temp", "damaged"]) await disk.makeFolder(join(folder, name));
  for (const entry of await disk.list(join(folder, "temp"))) await disk.remove(join(folder, "temp", entry.name));
  if (found === undefined) await writeDurable(disk, join(folder, "format"), toUtf8(FORMAT));
  // The folders themselves may stem from a process that died before it synced them.
  await disk.syncFolder(dirname(folder));
  await disk.syncFolder(folder);
  await disk.syncFolder(join(folder, "chunks"));
  return new DiskChunkStore(options, deps);
}

/** Chunks as files. Made by `openDiskChunkStore`. */
export class DiskChunkStore implements ChunkStore {
  readonly #folder: string;
  readonly #capacityBytes: number;
  readonly #reserveBytes: number;
  readonly #disk: Disk;
  readonly #random: Random;
  readonly #onDamaged: OnDamaged;
  readonly #syncer: FolderSyncer;
  readonly #turns = createTurns();
  /** Folders whose names were synced by this process; what an earlier one left may be unsynced. */
  readonly #settled = new Set<string>();
  #stats: Promise<{ chunks: number; bytes: number }> | undefined;
  /** Bytes of puts under way, so that many at once cannot overfill the disk. */
  #incomingBytes = 0;

  constructor(options: DiskChunkStoreOptions, deps: DiskChunkStoreDeps) {
    this.#folder = options.folder;
    this.#capacityBytes = options.capacityBytes ?? Number.MAX_SAFE_INTEGER;
    this.#reserveBytes = options.reserveBytes ?? DEFAULT_RESERVE_BYTES;
    this.#disk = deps.disk;
    this.#random = deps.random;
    this.#onDamaged = deps.onDamaged ?? (() => {});
    this.#syncer = createFolderSyncer(deps.disk);
  }

  async put(chunk: ChunkId, bytes: Uint8Array): Promise<void> {
    checkChunk(chunk, bytes);
    const path = this.#pathOf(chunk);
    await this.#turns.run(path, async () => {
      const there = await this.#findFile(chunk, path);
      if (there !== undefined && equalBytes(there, bytes)) {
        if (!this.#settled.has(dirname(path))) await this.#settleName(path);
        return;
      }
      if (there !== undefined) await this.#setAside(chunk, path);
      await this.#write(path, bytes);
      const stats = await this.#stats;
      if (stats !== undefined) {
        stats.chunks += 1;
        stats.bytes += bytes.length;
      }
    });
  }

  async find(chunk: ChunkId): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(chunk);
    const bytes = await this.#findFile(chunk, path);
    if (bytes === undefined || chunkIdOf(bytes) === chunk) return bytes;
    return this.#turns.run(path, async () => {
      // Looked at again in turn: a put may have mended it, a remove may have taken it.
      const again = await this.#findFile(chunk, path);
      if (again === undefined || chunkIdOf(again) === chunk) return again;
      await this.#setAside(chunk, path);
      return undefined;
    });
  }

  async findRange(chunk: ChunkId, offset: number, length: number): Promise<Uint8Array | undefined> {
    // Only the whole chunk can be checked against its id, and no unchecked byte leaves.
    return (await this.find(chunk))?.subarray(offset, offset + length);
  }

  async has(chunk: ChunkId): Promise<boolean> {
    return (await this.#disk.findSize(this.#pathOf(chunk))) !== undefined;
  }

  async remove(chunk: ChunkId): Promise<void> {
    const path = this.#pathOf(chunk);
    await this.#turns.run(path, async () => {
      const hash = toHex(digestOf(chunk));
      const sizeBytes = await this.#disk.findSize(path);
      for (const entry of await this.#disk.list(dirname(path))) {
        if (entry.name.startsWith(hash)) await this.#disk.remove(join(dirname(path), entry.name));
      }
      if (sizeBytes === undefined) return;
      await this.#syncer.sync(dirname(path));
      await this.#forget(sizeBytes);
    });
  }

  async *list(): AsyncGenerator<ChunkId> {
    for await (const { name } of this.#names()) {
      const hash = name.length === 64 ? findHex(name) : undefined;
      if (hash !== undefined) yield chunkIdFromDigest(hash);
    }
  }

  async stats(): Promise<ChunkStoreStats> {
    this.#stats ??= this.#measure();
    const { chunks, bytes } = await this.#stats;
    return { chunks, bytes };
  }

  async putBeside(chunk: ChunkId, name: string, bytes: Uint8Array): Promise<void> {
    checkBesideName(name);
    const path = this.#pathOf(chunk);
    // In turn with the chunk's removal, which takes along what lies beside it.
    await this.#turns.run(path, () => this.#write(`${path}.${name}`, concatBytes(sha256(bytes), bytes)));
  }

  async findBeside(chunk: ChunkId, name: string): Promise<Uint8Array | undefined> {
    checkBesideName(name);
    const framed = await this.#disk.find(`${this.#pathOf(chunk)}.${name}`);
    if (framed === undefined) return undefined;
    const bytes = framed.subarray(32);
    if (equalBytes(sha256(bytes), framed.subarray(0, 32))) return bytes;
    await this.#disk.remove(`${this.#pathOf(chunk)}.${name}`);
    this.#onDamaged(chunk);
    return undefined;
  }

  async *listBeside(name: string): AsyncGenerator<ChunkId> {
    checkBesideName(name);
    for await (const entry of this.#names()) {
      const hash = entry.name.slice(64) === `.${name}` ? findHex(entry.name.slice(0, 64)) : undefined;
      if (hash !== undefined) yield chunkIdFromDigest(hash);
    }
  }

  async freeBytes(): Promise<number> {
    const onDisk = (await this.#disk.freeBytes(this.#folder)) - this.#reserveBytes;
    if (this.#capacityBytes === Number.MAX_SAFE_INTEGER) return Math.max(0, onDisk);
    return Math.max(0, Math.min(onDisk, this.#capacityBytes - (await this.stats()).bytes));
  }

  #pathOf(chunk: ChunkId): string {
    const hash = toHex(digestOf(chunk));
    return join(this.#folder, "chunks", hash.slice(0, 2), hash);
  }

  /** The file as it is. A folder or an unreadable sector where the file should be counts as damage. */
  async #findFile(chunk: ChunkId, path: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#disk.find(path);
    } catch (error) {
      if (!isError(error, baseErrors.fileFailed) || !["EISDIR", "EIO"].includes(String(error.facts["reason"]))) {
        throw error;
      }
      // What is no file was never counted as a chunk.
      const isCounted = error.facts["reason"] !== "EISDIR";
      await this.#setAside(chunk, path, isCounted);
      return undefined;
    }
  }

  async #setAside(chunk: ChunkId, path: string, isCounted = true): Promise<void> {
    const sizeBytes = (await this.#disk.findSize(path)) ?? 0;
    await this.#disk.removeFolder(join(this.#folder, "damaged", toHex(digestOf(chunk))));
    await this.#disk.rename(path, join(this.#folder, "damaged", toHex(digestOf(chunk))));
    await this.#syncer.sync(dirname(path));
    if (isCounted) await this.#forget(sizeBytes);
    this.#onDamaged(chunk);
  }

  /** Temporary file, fsync, rename, fsync of the folder; after any failure the name is gone and nothing counts. */
  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const temporary = join(this.#folder, "temp", toHex(this.#random.bytes(16)));
    this.#incomingBytes += bytes.length;
    try {
      checkSpace(this.#incomingBytes, await this.freeBytes());
      await this.#disk.write(temporary, bytes, { sync: true });
      if (!this.#settled.has(dirname(path))) {
        await this.#disk.makeFolder(dirname(path));
        await this.#syncer.sync(dirname(dirname(path)));
      }
      await this.#disk.rename(temporary, path);
      await this.#settleName(path);
    } catch (error) {
      await this.#disk.remove(temporary).catch(() => {});
      throw asNoSpace(error, bytes.length);
    } finally {
      this.#incomingBytes -= bytes.length;
    }
  }

  async #settleName(path: string): Promise<void> {
    try {
      await this.#syncer.sync(dirname(path));
      this.#settled.add(dirname(path));
    } catch (error) {
      // After a failed fsync the kernel may call the next one a success: the name must be made anew.
      await this.#disk.remove(path);
      throw error;
    }
  }

  async *#names(): AsyncGenerator<{ readonly name: string; readonly folder: string }> {
    for (const { name: part, kind } of await this.#disk.list(join(this.#folder, "chunks"))) {
      if (kind !== "folder") continue;
      const folder = join(this.#folder, "chunks", part);
      for (const { name, kind } of await this.#disk.list(folder)) {
        if (kind === "file" && name.startsWith(part)) yield { name, folder };
      }
    }
  }

  async #measure(): Promise<{ chunks: number; bytes: number }> {
    const stats = { chunks: 0, bytes: 0 };
    for await (const { name, folder } of this.#names()) {
      if (name.length !== 64) continue;
      stats.chunks += 1;
      stats.bytes += (await this.#disk.findSize(join(folder, name))) ?? 0;
    }
    return stats;
  }

  async #forget(sizeBytes: number): Promise<void> {
    const stats = await this.#stats;
    if (stats === undefined) return;
    stats.chunks -= 1;
    stats.bytes -= sizeBytes;
  }
}

const FULL = ["ENOSPC", "EDQUOT", "EFBIG"];

function asNoSpace(error: unknown, neededBytes: number): unknown {
  const isFull = isError(error, baseErrors.fileFailed) && FULL.includes(String(error.facts["reason"]));
  return isFull ? fail(storageErrors.noSpace, { neededBytes, freeBytes: 0 }, { cause: error }) : error;
}
