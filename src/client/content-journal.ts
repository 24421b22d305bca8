import { type Disk, openRecordLog, type Random, type RecordLog } from "../base/index.ts";
import type { Account } from "../keys/index.ts";
import {
  byteString,
  type ChunkId,
  type ChunkRef,
  chunkRef,
  decodeStoredAck,
  type Extent,
  encodeStoredAck,
  encodeWith,
  findWith,
  type ListingEntry,
  limits,
  type StoredAck,
  text,
  uint,
  z,
} from "../protocol/index.ts";
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
  readonly acks: readonly StoredAck[];
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
  ref: chunkRef,
  acks: z.array(byteString(1, 1024)).max(16),
  /** Every chunk the files lie in, once. */
  chunks: z.array(chunkRef).max(limits.chunksPerObject),
  files: z.array(known),
});

/** Past this size the journal is begun anew. */
const MAX_BYTES = 256 * 1024 * 1024;
const PURPOSE = "content";

export interface JournalDeps {
  readonly disk: Disk;
  readonly random: Random;
  /** Seals the journal: it holds keys of files. */
  readonly account: Account;
}

/** Opens the journal at `path`; records that cannot be read are left out. */
export async function openContentJournal(path: string, deps: JournalDeps): Promise<ContentJournal> {
  const log = await openRecordLog(deps.disk, path);
  if (log.sizeBytes > MAX_BYTES) await log.clear();
  const journal = new RecordJournal(log, deps);
  for await (const wrapped of log.read()) journal.take(wrapped);
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

  take(wrapped: Uint8Array): void {
    const bytes = findUnwrapped(this.#deps.account, wrapped);
    const found = bytes && findWith(record, bytes, { what: "journal record", limitBytes: bytes.length });
    if (found === undefined) return;
    this.chunks.set(found.ref.id, { ref: found.ref, acks: found.acks.map(decodeStoredAck) });
    for (const { contentKey, extents, ...content } of found.files) {
      const placed = extents.flatMap(({ chunk: index, offset, length }) => {
        const chunk = found.chunks[index];
        return chunk === undefined ? [] : [{ chunk, offset, length }];
      });
      if (placed.length === extents.length) this.#files.set(contentKey, { ...content, extents: placed });
    }
  }

  find(contentKey: string): KnownContent | undefined {
    return this.#files.get(contentKey);
  }

  async add(chunk: ChunkRecord, added: ReadonlyMap<string, KnownContent>): Promise<void> {
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
    this.chunks.set(chunk.ref.id, chunk);
    for (const [contentKey, content] of added) this.#files.set(contentKey, content);
    const bytes = encodeWith(record, { ref: chunk.ref, acks: chunk.acks.map(encodeStoredAck), chunks, files });
    await this.#log.append([this.#deps.account.wrap(PURPOSE, bytes, this.#deps.random)]);
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
}

function findUnwrapped(account: Account, wrapped: Uint8Array): Uint8Array | undefined {
  try {
    return account.unwrap(PURPOSE, wrapped);
  } catch {
    return undefined;
  }
}
