import { fail } from "../base/index.ts";
import { type ChunkId, chunkIdOf, MAX_CHUNK_SIZE_BYTES } from "../protocol/index.ts";
import { storageErrors } from "./errors.ts";

/** What a store holds, in whole chunks; bytes kept beside chunks are not counted. */
export interface ChunkStoreStats {
  readonly chunks: number;
  readonly bytes: number;
}

/**
 * Chunks by their hash. Every byte that leaves the store has been checked against the id it was asked for; a damaged
 * chunk is reported through `onDamaged`, set aside and from then on absent. Every method may be called again.
 */
export interface ChunkStore {
  /**
   * Stores the chunk; durable when it resolves. The same chunk put twice, also at once, is stored once.
   * The bytes must not change until it resolves.
   * @throws DSDN_STORAGE_HASH_MISMATCH, DSDN_STORAGE_SIZE_REFUSED, DSDN_STORAGE_NO_SPACE
   */
  put(chunk: ChunkId, bytes: Uint8Array): Promise<void>;
  /** The chunk's bytes, verified, or undefined when it is absent or damaged. */
  find(chunk: ChunkId): Promise<Uint8Array | undefined>;
  /** Up to `length` verified bytes from `offset`, fewer at the end; undefined when the chunk is absent or damaged. */
  findRange(chunk: ChunkId, offset: number, length: number): Promise<Uint8Array | undefined>;
  /** True when the chunk is there; its bytes are not read. */
  has(chunk: ChunkId): Promise<boolean>;
  /** Removes the chunk and all that is kept beside it. */
  remove(chunk: ChunkId): Promise<void>;
  /** Every chunk id, in the order of their hashes. Chunks put or removed meanwhile may or may not be among them. */
  list(): AsyncIterable<ChunkId>;
  stats(): Promise<ChunkStoreStats>;
  /**
   * Keeps small bytes under `name` beside a chunk id, whether or not the chunk is there; durable when it resolves;
   * replaces what was there.
   * @throws DSDN_STORAGE_NAME_REFUSED, DSDN_STORAGE_NO_SPACE
   */
  putBeside(chunk: ChunkId, name: string, bytes: Uint8Array): Promise<void>;
  /** What is kept, verified, or undefined when it is absent or damaged. */
  findBeside(chunk: ChunkId, name: string): Promise<Uint8Array | undefined>;
  /** The chunks that have bytes under `name` beside them, in the order of their hashes. */
  listBeside(name: string): AsyncIterable<ChunkId>;
  /** Bytes that can still be stored. */
  freeBytes(): Promise<number>;
}

/** Told of a chunk that was found damaged and set aside. */
export type OnDamaged = (chunk: ChunkId) => void;

/** @throws DSDN_STORAGE_SIZE_REFUSED, DSDN_STORAGE_HASH_MISMATCH */
export function checkChunk(chunk: ChunkId, bytes: Uint8Array): void {
  if (bytes.length < 1 || bytes.length > MAX_CHUNK_SIZE_BYTES) {
    const facts = { sizeBytes: bytes.length, limitBytes: MAX_CHUNK_SIZE_BYTES };
    throw fail(storageErrors.sizeRefused, facts, { verdict: "reject" });
  }
  if (chunkIdOf(bytes) !== chunk) throw fail(storageErrors.hashMismatch, { chunk }, { verdict: "reject" });
}

/** @throws DSDN_STORAGE_NAME_REFUSED */
export function checkBesideName(name: string): void {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) throw fail(storageErrors.nameRefused, { name });
}

/** @throws DSDN_STORAGE_NO_SPACE */
export function checkSpace(neededBytes: number, freeBytes: number): void {
  if (neededBytes > freeBytes) {
    throw fail(storageErrors.noSpace, { neededBytes, freeBytes: Math.max(0, freeBytes) });
  }
}
