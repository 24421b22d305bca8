import { type Disk, openRecordLog, type RecordLog } from "../base/index.ts";
import {
  byteString,
  type ChunkId,
  type ChunkRef,
  chunkRef,
  decodeStoredAck,
  type Extent,
  encodeStoredAck,
  encodeWith,
  extent,
  findWith,
  limits,
  type StoredAck,
  text,
  uint,
  z,
} from "../protocol/index.ts";

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
  add(chunk: ChunkRecord | undefined, files: ReadonlyMap<string, KnownContent>): Promise<void>;
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
  extents: z.array(extent).max(limits.extentsPerObject),
});
const record = z.strictObject({
  ref: chunkRef.nullable(),
  acks: z.array(byteString(1, 1024)).max(16),
  files: z.array(known),
});

/** Past this size the journal is begun anew. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Opens the journal at `path`; records that cannot be read are left out. */
export async function openContentJournal(disk: Disk, path: string): Promise<ContentJournal> {
  const log = await openRecordLog(disk, path);
  if (log.sizeBytes > MAX_BYTES) await log.clear();
  const chunks = new Map<ChunkId, ChunkRecord>();
  const files = new Map<string, KnownContent>();
  for await (const bytes of log.read()) {
    const found = findWith(record, bytes, { what: "journal record", limitBytes: bytes.length });
    if (found === undefined) continue;
    if (found.ref !== null) chunks.set(found.ref.id, { ref: found.ref, acks: found.acks.map(decodeStoredAck) });
    for (const { contentKey, ...content } of found.files) files.set(contentKey, content);
  }
  return createJournal(log, chunks, files);
}

function createJournal(
  log: RecordLog,
  chunks: Map<ChunkId, ChunkRecord>,
  files: Map<string, KnownContent>,
): ContentJournal {
  return {
    chunks,
    find: (contentKey) => files.get(contentKey),
    async add(chunk, added) {
      const value = {
        ref: chunk?.ref ?? null,
        acks: (chunk?.acks ?? []).map(encodeStoredAck),
        files: [...added].map(([contentKey, content]) => ({ contentKey, ...content, extents: [...content.extents] })),
      };
      if (chunk !== undefined) chunks.set(chunk.ref.id, chunk);
      for (const [contentKey, content] of added) files.set(contentKey, content);
      await log.append([encodeWith(record, value)]);
    },
    forget(lost) {
      for (const id of lost) chunks.delete(id);
      for (const [contentKey, { extents }] of files) {
        if (extents.some(({ chunk }) => lost.has(chunk.id))) files.delete(contentKey);
      }
    },
  };
}
