import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { type Disk, writeDurable } from "./disk.ts";
import { fail } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";

/** Record = length(4, big-endian) || checksum(8, first bytes of SHA-256 of the data) || data. */
const HEADER_BYTES = 12;
/** A record larger than this is taken for damage. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;
const READ_BLOCK_BYTES = 4 * 1024 * 1024;

/**
 * An append-only file of records that survives a crash at any moment: a record is either wholly there or not, and
 * a torn tail is cut off when the file is opened.
 */
export interface RecordLog {
  /** Durable when it resolves (fsynced). Calls are written in the order they were made, in groups. */
  append(records: readonly Uint8Array[]): Promise<void>;
  /** Every record in order of writing. */
  read(): AsyncIterable<Uint8Array>;
  /** Forgets everything written before the call, durably; what is appended after it stays. */
  clear(): Promise<void>;
  /** Puts these records in place of everything written before the call: a crash leaves the old ones or the new ones. */
  replace(records: readonly Uint8Array[]): Promise<void>;
  readonly sizeBytes: number;
}

/** Opens or creates the log at `path`; cuts a torn tail. The folder is made when missing. */
export async function openRecordLog(disk: Disk, path: string): Promise<RecordLog> {
  await disk.makeFolder(dirname(path));
  const existing = await disk.findSize(path);
  let size = await findWholeSize(disk, path, existing ?? 0);
  if (existing === undefined) {
    await disk.write(path, new Uint8Array(0), { sync: true });
    await disk.syncFolder(dirname(path));
    // The folder may be as new as the file.
    await disk.syncFolder(dirname(dirname(path)));
  } else if (existing > size) {
    await disk.truncate(path, size);
  }

  const queue: { act: "append" | "renew"; bytes: Uint8Array[]; done: (error?: unknown) => void }[] = [];
  let isWriting = false;
  let brokenBy: unknown;

  async function write(records: readonly Uint8Array[]): Promise<void> {
    if (brokenBy !== undefined) throw brokenBy;
    const bytes = Buffer.concat(records);
    await disk.append(path, bytes, { sync: true });
    size += bytes.length;
  }

  async function renew(records: readonly Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(records);
    if (bytes.length === 0) await disk.truncate(path, 0);
    else await writeDurable(disk, path, bytes);
    size = bytes.length;
    brokenBy = undefined;
  }

  function enqueue(act: "append" | "renew", bytes: Uint8Array[]): Promise<void> {
    return new Promise((resolve, reject) => {
      queue.push({ act, bytes, done: (error) => (error === undefined ? resolve() : reject(error)) });
      if (!isWriting) void drain();
    });
  }

  async function drain(): Promise<void> {
    isWriting = true;
    while (queue.length > 0) {
      const renewAt = queue.findIndex((entry) => entry.act !== "append");
      const group = queue.splice(0, renewAt < 0 ? queue.length : Math.max(1, renewAt));
      const records = group.flatMap((entry) => entry.bytes);
      try {
        if (renewAt === 0) await renew(records);
        else await write(records);
        for (const entry of group) entry.done();
      } catch (error) {
        // After a failed write or fsync the file's tail is unknown; nothing more may be acknowledged from here.
        brokenBy = error;
        for (const entry of group) entry.done(error);
      }
    }
    isWriting = false;
  }

  return {
    get sizeBytes() {
      return size;
    },
    append: async (records) => enqueue("append", records.map(encodeRecord)),
    read: () => readRecords(disk, path, () => size),
    clear: () => enqueue("renew", []),
    replace: async (records) => enqueue("renew", records.map(encodeRecord)),
  };
}

function encodeRecord(data: Uint8Array): Uint8Array {
  if (data.length > MAX_RECORD_BYTES) {
    throw fail(baseErrors.requestTooLarge, { limitBytes: MAX_RECORD_BYTES });
  }
  const record = new Uint8Array(HEADER_BYTES + data.length);
  new DataView(record.buffer).setUint32(0, data.length);
  record.set(checksum(data), 4);
  record.set(data, HEADER_BYTES);
  return record;
}

function checksum(data: Uint8Array): Uint8Array {
  return createHash("sha256").update(data).digest().subarray(0, 8);
}

async function findWholeSize(disk: Disk, path: string, end: number): Promise<number> {
  let whole = 0;
  for await (const record of readRecords(disk, path, () => end)) {
    whole += HEADER_BYTES + record.length;
  }
  return whole;
}

async function* readRecords(disk: Disk, path: string, end: () => number): AsyncGenerator<Uint8Array> {
  let block: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  let blockStart = 0;
  let offset = 0;
  const take = async (length: number): Promise<Uint8Array | undefined> => {
    if (offset + length > end()) return undefined;
    const from = offset - blockStart;
    if (from < 0 || from + length > block.length) {
      blockStart = offset;
      // Not more than there is: most logs are small, and a block is cleared before it is read.
      const blockBytes = Math.max(length, Math.min(READ_BLOCK_BYTES, end() - offset));
      block = (await disk.findRange(path, offset, blockBytes)) ?? new Uint8Array(0);
      if (block.length < length) return undefined;
      return block.subarray(0, length);
    }
    return block.subarray(from, from + length);
  };
  for (;;) {
    const header = await take(HEADER_BYTES);
    if (header === undefined) return;
    const length = new DataView(header.buffer, header.byteOffset, 4).getUint32(0);
    if (length > MAX_RECORD_BYTES) return;
    const expected = header.slice(4);
    offset += HEADER_BYTES;
    const data = await take(length);
    if (data === undefined || Buffer.compare(checksum(data), expected) !== 0) return;
    offset += length;
    yield data.slice();
  }
}
