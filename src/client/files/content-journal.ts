import { dirname } from "node:path";
import {
  acquireFileLock,
  type Clock,
  type Disk,
  openRecordLog,
  type Random,
  type RecordLog,
} from "../../base/index.ts";
import type { Account } from "../../keys/index.ts";
import {
  byteString,
  type ChunkId,
  type ChunkRef,
  chunkRef,
  type Extent,
  encodeWith,
  findWith,
  type ListingEntry,
  limits,
  text,
  uint,
  z,
} from "../../protocol/index.ts";
import { contentKeyOf } from "./sealing.ts";

/** Where a file's stored bytes lie, known by its content. */
export interface KnownContent {
  readonly sizeBytes: number;
  /** SHA-256 of the plaintext. */
  readonly hash: Uint8Array;
  readonly key: Uint8Array | null;
  readonly envelope: Uint8Array | null;
  readonly extents: readonly Extent[];
}

/**
 * What this machine knows of what the network already holds: acknowledged chunks, and files by their content. It is
 * written while an upload runs, so that an interrupted one sends only what is missing, and kept for the next one. It is
 * a cache: losing it costs time, not data.
 */
export interface ContentJournal {
  readonly chunks: ReadonlyMap<ChunkId, ChunkRecord>;
  find(contentKey: string): KnownContent | undefined;
  /** Remembers an acknowledged chunk and the files that are complete with it; durable when it resolves. */
  add(chunk: ChunkRecord, files: ReadonlyMap<string, KnownContent>): Promise<void>;
  /** Takes a file of an object that is stored already for known, in memory only. */
  learn(entry: ListingEntry, chunks: readonly ChunkRef[]): void;
  /** Forgets chunks the network lost, and the files that lie in them. */
  forget(chunks: ReadonlySet<ChunkId>): void;
}

export interface ChunkRecord {
  readonly ref: ChunkRef;
  /** Acknowledgements that were checked, as canonical bytes: few of all that are remembered are ever read again. */
  readonly acks: readonly Uint8Array[];
}

const known = z.strictObject({
  contentKey: text(80, 1),
  sizeBytes: uint(limits.objectBytes),
  hash: byteString(32),
  key: byteString(32).nullable(),
  envelope: byteString(1, 256).nullable(),
  /** By index into the record's chunks. */
  extents: z.array(z.strictObject({ chunk: uint(), offset: uint(), length: uint() })).max(limits.extentsPerObject),
});
const record = z.strictObject({
  stored: z.array(z.strictObject({ ref: chunkRef, acks: z.array(byteString(1, 1024)).max(16) })),
  /** Every chunk the files lie in, once. */
  chunks: z.array(chunkRef).max(limits.chunksPerObject),
  files: z.array(known),
});

/** Past this size the journal is begun anew. */
const MAX_BYTES = 256 * 1024 * 1024;
const PURPOSE = "content";
/** Each record is unsealed by itself when the journal is opened: more than this many small ones are written as few. */
const RECORDS_MIN = 16;
/** Chunks and files in one of the few; a quarter of them as single records may lie beside them before it is done again. */
const GROUP = 1024;

export interface JournalDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** Seals the journal: it holds keys of files. */
  readonly account: Account;
}

/** Opens the journal at `path`; records that cannot be read are left out, and many small ones are written as few. */
export async function openContentJournal(path: string, deps: JournalDeps): Promise<ContentJournal> {
  await deps.disk.makeFolder(dirname(path));
  // One program must not cut or replace the file that another of the same account is just reading or replacing.
  const lock = await acquireFileLock({ path: `${path}.lock` }, deps);
  try {
    return await openLocked(path, deps);
  } finally {
    await lock.release();
  }
}

async function openLocked(path: string, deps: JournalDeps): Promise<ContentJournal> {
  const log = await openRecordLog(deps.disk, path);
  if (log.sizeBytes > MAX_BYTES) await log.clear();
  const journal = new RecordJournal(log, deps);
  let records = 0;
  for await (const wrapped of log.read()) {
    journal.take(wrapped);
    records++;
  }
  if (records > RECORDS_MIN + journal.size / 4) await journal.rewrite();
  return journal;
}

class RecordJournal implements ContentJournal {
  readonly chunks = new Map<ChunkId, ChunkRecord>();
  readonly #files = new Map<string, KnownContent>();
  readonly #log: RecordLog;
  readonly #deps: JournalDeps;

  constructor(log: RecordLog, deps: JournalDeps) {
    this.#log = log;
    this.#deps = deps;
  }

  /** How many chunks and files it knows. */
  get size(): number {
    return this.chunks.size + this.#files.size;
  }

  take(wrapped: Uint8Array): void {
    const bytes = findUnwrapped(this.#deps.account, wrapped);
    const found = bytes && findWith(record, bytes, { what: "journal record", limitBytes: bytes.length });
    if (found === undefined) return;
    for (const chunk of found.stored) this.chunks.set(chunk.ref.id, chunk);
    for (const { contentKey, extents, ...content } of found.files) {
      const placed = extents.flatMap(({ chunk: index, offset, length }) => {
        const chunk = found.chunks[index];
        return chunk === undefined ? [] : [{ chunk, offset, length }];
      });
      if (placed.length === extents.length) this.#files.set(contentKey, { ...content, extents: placed });
    }
  }

  /** Writes what it knows in few records in place of many. What another program adds meanwhile may be forgotten. */
  async rewrite(): Promise<void> {
    const chunks = [...this.chunks.values()];
    const files = [...this.#files];
    const records: Uint8Array[] = [];
    for (let at = 0; at < chunks.length; at += GROUP) {
      records.push(this.#seal(chunks.slice(at, at + GROUP), new Map()));
    }
    for (let at = 0, end = 0; at < files.length; at = end) {
      for (let extents = 0; end < files.length && end - at < GROUP && (end === at || extents < GROUP); end++) {
        extents += files[end]?.[1].extents.length ?? 0;
      }
      records.push(this.#seal([], new Map(files.slice(at, end))));
    }
    await this.#log.replace(records);
  }

  find(contentKey: string): KnownContent | undefined {
    return this.#files.get(contentKey);
  }

  async add(chunk: ChunkRecord, added: ReadonlyMap<string, KnownContent>): Promise<void> {
    this.chunks.set(chunk.ref.id, chunk);
    for (const [contentKey, content] of added) this.#files.set(contentKey, content);
    await this.#log.append([this.#seal([chunk], added)]);
  }

  learn(entry: ListingEntry, chunks: readonly ChunkRef[]): void {
    if (entry.type !== "file" || entry.hash === null) return;
    const extents = entry.extents.flatMap(({ chunk: index, offset, length }) => {
      const chunk = chunks[index];
      return chunk === undefined ? [] : [{ chunk, offset, length }];
    });
    const { size: sizeBytes, hash, key, envelope } = entry;
    this.#files.set(contentKeyOf(key, hash), { sizeBytes, hash, key, envelope, extents });
    for (const { chunk } of extents) this.chunks.set(chunk.id, { ref: chunk, acks: [] });
  }

  forget(lost: ReadonlySet<ChunkId>): void {
    for (const id of lost) this.chunks.delete(id);
    for (const [contentKey, { extents }] of this.#files) {
      if (extents.some(({ chunk }) => lost.has(chunk.id))) this.#files.delete(contentKey);
    }
  }

  #seal(stored: readonly ChunkRecord[], added: ReadonlyMap<string, KnownContent>): Uint8Array {
    const indexes = new Map<ChunkId, number>();
    const chunks: ChunkRef[] = [];
    const indexOf = (ref: ChunkRef): number => {
      const index = indexes.get(ref.id) ?? chunks.push(ref) - 1;
      indexes.set(ref.id, index);
      return index;
    };
    const files = [...added].map(([contentKey, content]) => ({
      contentKey,
      ...content,
      extents: content.extents.map(({ chunk: ref, offset, length }) => ({ chunk: indexOf(ref), offset, length })),
    }));
    const facts = { stored: stored.map(({ ref, acks }) => ({ ref, acks: [...acks] })), chunks, files };
    return this.#deps.account.wrap(PURPOSE, encodeWith(record, facts), this.#deps.random);
  }
}

function findUnwrapped(account: Account, wrapped: Uint8Array): Uint8Array | undefined {
  try {
    return account.unwrap(PURPOSE, wrapped);
  } catch {
    return undefined;
  }
}
