import { compareBytes } from "../base/index.ts";
import { type ChunkId, chunkIdOf, digestOf } from "../protocol/index.ts";
import { type ChunkStore, checkBesideName, checkChunk, checkSpace, type OnDamaged } from "./chunk-store.ts";

/**
 * A chunk store in memory, for tests and short-lived caches. `damage` hands out the stored bytes themselves, so that a
 * test can change them.
 */
export class MemoryChunkStore implements ChunkStore {
  readonly #chunks = new Map<ChunkId, Uint8Array>();
  readonly #beside = new Map<string, Map<ChunkId, Uint8Array>>();
  readonly #capacityBytes: number;
  readonly #onDamaged: OnDamaged;
  #bytes = 0;

  constructor(options: { capacityBytes?: number } = {}, deps: { onDamaged?: OnDamaged } = {}) {
    this.#capacityBytes = options.capacityBytes ?? Number.MAX_SAFE_INTEGER;
    this.#onDamaged = deps.onDamaged ?? (() => {});
  }

  async put(chunk: ChunkId, bytes: Uint8Array): Promise<void> {
    checkChunk(chunk, bytes);
    if (this.#chunks.has(chunk)) return;
    checkSpace(bytes.length, this.#capacityBytes - this.#bytes);
    this.#chunks.set(chunk, bytes.slice());
    this.#bytes += bytes.length;
  }

  async find(chunk: ChunkId): Promise<Uint8Array | undefined> {
    const bytes = this.#chunks.get(chunk);
    if (bytes === undefined) return undefined;
    if (chunkIdOf(bytes) === chunk) return bytes.slice();
    this.#drop(chunk);
    this.#onDamaged(chunk);
    return undefined;
  }

  async findRange(chunk: ChunkId, offset: number, length: number): Promise<Uint8Array | undefined> {
    return (await this.find(chunk))?.subarray(offset, offset + length);
  }

  async has(chunk: ChunkId): Promise<boolean> {
    return this.#chunks.has(chunk);
  }

  async remove(chunk: ChunkId): Promise<void> {
    this.#drop(chunk);
    for (const kept of this.#beside.values()) kept.delete(chunk);
  }

  async *list(): AsyncGenerator<ChunkId> {
    yield* byHash(this.#chunks.keys());
  }

  async stats(): Promise<{ chunks: number; bytes: number }> {
    return { chunks: this.#chunks.size, bytes: this.#bytes };
  }

  async putBeside(chunk: ChunkId, name: string, bytes: Uint8Array): Promise<void> {
    checkBesideName(name);
    const kept = this.#beside.get(name) ?? new Map<ChunkId, Uint8Array>();
    this.#beside.set(name, kept.set(chunk, bytes.slice()));
  }

  async findBeside(chunk: ChunkId, name: string): Promise<Uint8Array | undefined> {
    return this.#beside.get(name)?.get(chunk)?.slice();
  }

  async *listBeside(name: string): AsyncGenerator<ChunkId> {
    yield* byHash(this.#beside.get(name)?.keys() ?? []);
  }

  async freeBytes(): Promise<number> {
    return Math.max(0, this.#capacityBytes - this.#bytes);
  }

  /** Changes one stored byte: a fault of the medium. False when the chunk is absent or shorter. */
  damage(chunk: ChunkId, offset: number): boolean {
    const bytes = this.#chunks.get(chunk);
    if (bytes === undefined || offset >= bytes.length) return false;
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    return true;
  }

  #drop(chunk: ChunkId): void {
    this.#bytes -= this.#chunks.get(chunk)?.length ?? 0;
    this.#chunks.delete(chunk);
  }
}

function byHash(chunks: Iterable<ChunkId>): ChunkId[] {
  return [...chunks]
    .map((chunk) => ({ chunk, hash: digestOf(chunk) }))
    .sort((left, right) => compareBytes(left.hash, right.hash))
    .map(({ chunk }) => chunk);
}
