import { chunkMerkleRoot } from "../crypto/index.ts";
import { CHUNK_SIZE_BYTES, type ChunkRef, chunkIdOf } from "../protocol/index.ts";

/** A chunk that is being filled; `ref` is known once it is full or the packing is over. */
export interface ChunkSlot {
  ref: ChunkRef | undefined;
}

/** Where stored bytes of a stream will lie. */
export interface PackedExtent {
  readonly slot: ChunkSlot;
  readonly offset: number;
  readonly length: number;
}

export interface PackerDeps {
  /** A buffer of the chunk size to fill; waits while too many are in use. */
  takeBuffer(): Promise<Uint8Array>;
  /**
   * Takes a finished chunk. `bytes` is the filled start of a buffer from `takeBuffer` and belongs to the receiver, who
   * hands the buffer back when done. Resolves when the next chunk may be built.
   */
  store(chunk: ChunkRef, bytes: Uint8Array): Promise<void>;
}

/** A stream that gets chunks of its own. */
export interface PackedStream {
  write(bytes: Uint8Array): Promise<void>;
  /** The extents in order; the last chunk is closed. */
  finish(): Promise<readonly PackedExtent[]>;
}

/** Fills chunks with stored bytes. One call at a time; memory is two buffers, whatever the size of the streams. */
export interface Packer {
  /** Puts a small stream whole into the shared chunk; `bytes` has at most a chunk's size. */
  addWhole(bytes: Uint8Array): Promise<readonly PackedExtent[]>;
  /** Starts a large stream; the shared chunk stays open beside it. */
  startStream(): PackedStream;
  /** Closes the shared chunk; every slot is then known. */
  finish(): Promise<void>;
}

/** @param options.chunkSizeBytes - most bytes of a chunk; 16 MiB unless said. */
export function createPacker(options: { chunkSizeBytes?: number }, deps: PackerDeps): Packer {
  const chunkSizeBytes = options.chunkSizeBytes ?? CHUNK_SIZE_BYTES;

  function createBin() {
    let buffer: Uint8Array | undefined;
    let filled = 0;
    let slot: ChunkSlot = { ref: undefined };
    return {
      room: () => chunkSizeBytes - filled,
      async add(bytes: Uint8Array): Promise<PackedExtent> {
        buffer ??= await deps.takeBuffer();
        buffer.set(bytes, filled);
        const extent = { slot, offset: filled, length: bytes.length };
        filled += bytes.length;
        return extent;
      },
      async close(): Promise<void> {
        if (buffer === undefined) return;
        const bytes = buffer.subarray(0, filled);
        const ref = refOf(bytes);
        slot.ref = ref;
        [buffer, filled, slot] = [undefined, 0, { ref: undefined }];
        await deps.store(ref, bytes);
      },
    };
  }

  const shared = createBin();
  return {
    async addWhole(bytes) {
      if (bytes.length === 0) return [];
      if (bytes.length > shared.room()) await shared.close();
      const extent = await shared.add(bytes);
      if (shared.room() === 0) await shared.close();
      return [extent];
    },
    startStream() {
      const bin = createBin();
      const extents: PackedExtent[] = [];
      const note = (extent: PackedExtent): void => {
        const last = extents.at(-1);
        if (last?.slot !== extent.slot) extents.push(extent);
        else extents[extents.length - 1] = { ...last, length: last.length + extent.length };
      };
      return {
        async write(bytes) {
          for (let at = 0; at < bytes.length; ) {
            const part = bytes.subarray(at, at + bin.room());
            note(await bin.add(part));
            at += part.length;
            if (bin.room() === 0) await bin.close();
          }
        },
        async finish() {
          await bin.close();
          return extents;
        },
      };
    },
    finish: () => shared.close(),
  };
}

/** The reference of a chunk with these bytes. */
export function refOf(bytes: Uint8Array): ChunkRef {
  return { id: chunkIdOf(bytes), size: bytes.length, merkleRoot: chunkMerkleRoot(bytes) };
}
