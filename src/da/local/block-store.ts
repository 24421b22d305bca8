import { type Disk, openRecordLog, type RecordLog } from "../../base/index.ts";
import type { ChainFacts, LocalBlock } from "./block.ts";
import { decodeBlock, decodeOffset, encodeBlock, encodeOffset, isBlockRecord } from "./block-codec.ts";

/** length(4) || checksum(8), as `base/record-log.ts` writes before every record. */
const RECORD_HEADER_BYTES = 12;
/** Blocks kept in memory, by number and by size on disk; older ones are read from the file. */
const CACHED_BLOCKS = 256;
const CACHED_BYTES = 8 * 1024 * 1024;

/** The local chain on disk: all blocks, and how far its clock was moved. Memory holds 16 bytes a height and the last blocks. */
export interface BlockStore {
  readonly head: LocalBlock | undefined;
  readonly offsetMs: number;
  /** Durable when it resolves. Called for one block at a time, in order of height. */
  append(block: LocalBlock): Promise<void>;
  setOffset(offsetMs: number): Promise<void>;
  /** The block, or undefined above the head or below 1. */
  find(height: number): Promise<LocalBlock | undefined>;
}

/** Opens or makes the chain at `path`; a torn tail is cut off. */
export async function openBlockStore(disk: Disk, path: string, chain: ChainFacts): Promise<BlockStore> {
  const log: RecordLog = await openRecordLog(disk, path);
  const places: { offset: number; length: number }[] = [];
  const recent = new Map<number, LocalBlock>();
  let recentBytes = 0;
  let end = 0;
  let offsetMs = 0;
  let head: LocalBlock | undefined;

  const note = (length: number) => {
    const place = { offset: end + RECORD_HEADER_BYTES, length };
    end += RECORD_HEADER_BYTES + length;
    return place;
  };
  const lengthAt = (height: number) => places[height - 1]?.length ?? 0;
  const keep = (block: LocalBlock) => {
    recent.set(block.header.height, block);
    recentBytes += lengthAt(block.header.height);
    head = block;
    for (const height of recent.keys()) {
      if (recent.size <= 1 || (recent.size <= CACHED_BLOCKS && recentBytes <= CACHED_BYTES)) break;
      recent.delete(height);
      recentBytes -= lengthAt(height);
    }
  };
  let newest: Uint8Array | undefined;
  for await (const bytes of log.read()) {
    const place = note(bytes.length);
    if (isBlockRecord(bytes)) {
      places.push(place);
      newest = bytes;
    } else {
      offsetMs = decodeOffset(bytes);
    }
  }
  if (newest !== undefined) keep(decodeBlock(newest, chain));

  return {
    get head() {
      return head;
    },
    get offsetMs() {
      return offsetMs;
    },
    append: async (block) => {
      const bytes = encodeBlock(block);
      const place = note(bytes.length);
      await log.append([bytes]);
      places.push(place);
      keep(block);
    },
    setOffset: async (value) => {
      const bytes = encodeOffset(value);
      note(bytes.length);
      await log.append([bytes]);
      offsetMs = value;
    },
    find: async (height) => {
      const near = recent.get(height);
      const place = places[height - 1];
      if (near !== undefined || place === undefined) return near;
      const bytes = await disk.findRange(path, place.offset, place.length);
      return bytes === undefined ? undefined : decodeBlock(bytes, chain);
    },
  };
}
