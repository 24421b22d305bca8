import { fail } from "../../base/index.ts";
import { createPlatformSealer, createSha256, type SealOptions, sealOnPlatform, sha256 } from "../../crypto/index.ts";
import type { Account } from "../../keys/index.ts";
import {
  type ContentId,
  createPacker,
  type EntryPlan,
  isPart,
  makeManifest,
  PART_SIZE_BYTES,
  type PackedExtent,
  type Packer,
  planListing,
  readContentId,
} from "../../objects/index.ts";
import {
  CHUNK_SIZE_BYTES,
  type ChunkId,
  type Extent,
  encodeManifest,
  type ListingEntry,
  type ObjectId,
  type ObjectManifest,
  objectIdOf,
} from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import { type BufferPool, createBufferPool } from "./buffer-pool.ts";
import { type ChunkSender, type ChunkSenderDeps, createChunkSender } from "./chunk-sender.ts";
import type { ContentJournal, KnownContent } from "./content-journal.ts";
import { ordered } from "./ordered.ts";
import { contentKeyOf, sealingOfListing, sealingOfParts } from "./sealing.ts";
import type { SourceEntry } from "./sources.ts";

/** An object whose chunks are all safe; its manifest is not sent yet. */
export interface WrittenObject {
  readonly object: ObjectId;
  readonly manifest: ObjectManifest;
  readonly manifestBytes: Uint8Array;
  readonly sizeBytes: number;
  readonly files: number;
  readonly sentChunks: number;
  readonly sentBytes: number;
}

export interface WriteProgress {
  /** Of the files: what is stored, and what has left of the chunks that are under way. */
  readonly doneBytes: number;
  readonly doneFiles: number;
  readonly sentBytes: number;
}

export interface ObjectWriterDeps extends Omit<ChunkSenderDeps, "pool" | "known" | "onStored" | "onLeft"> {
  readonly journal: ContentJournal;
  /** Seals for this account; undefined writes a public object. */
  readonly account: Account | undefined;
  readonly onProgress?: (progress: WriteProgress) => void;
}

/** One or two chunks being filled, the others on their way. */
const BUFFERS = 4;
const READ_AHEAD = 4;

/** Stores the files and the listing of one object; what the network already holds is not sent again. */
export async function writeObject(
  content: { readonly root: "file" | "folder"; readonly entries: readonly SourceEntry[] },
  deps: ObjectWriterDeps,
): Promise<WrittenObject> {
  return new ObjectWriter(deps).write(content.root, content.entries);
}

interface FreshFile {
  readonly contentKey: string;
  readonly content: Omit<KnownContent, "extents">;
  readonly extents: readonly PackedExtent[];
}

class ObjectWriter {
  readonly #deps: ObjectWriterDeps;
  readonly #pool: BufferPool = createBufferPool(BUFFERS, CHUNK_SIZE_BYTES);
  readonly #sender: ChunkSender;
  readonly #packer: Packer;
  /** Files of this upload by content, so that a file that is there twice is stored once. */
  readonly #fresh = new Map<string, FreshFile>();
  /** Fresh files the journal does not hold yet. */
  #unrecorded: FreshFile[] = [];
  readonly #stored = new Set<ChunkId>();
  /** Read, and sealed when it is to be. */
  #doneBytes = 0;
  /** Of these, what had not to be sent. */
  #keptBytes = 0;
  /** Stored bytes of acknowledged chunks. */
  #ackedBytes = 0;
  #doneFiles = 0;
  #sentChunks = 0;
  #sentBytes = 0;

  constructor(deps: ObjectWriterDeps) {
    this.#deps = deps;
    this.#sender = createChunkSender({
      ...deps,
      pool: this.#pool,
      known: deps.journal.chunks,
      onStored: async (record, wasSent) => {
        if (!this.#stored.has(record.ref.id)) this.#ackedBytes += record.ref.size;
        this.#stored.add(record.ref.id);
        if (wasSent) {
          this.#sentChunks += 1;
          this.#sentBytes += record.ref.size;
        }
        const isReady = (file: FreshFile) =>
          file.extents.every(({ slot }) => slot.ref !== undefined && this.#stored.has(slot.ref.id));
        const ready = this.#unrecorded.filter(isReady);
        this.#unrecorded = this.#unrecorded.filter((file) => !ready.includes(file));
        const files = new Map(ready.map((file) => [file.contentKey, settle(file)]));
        if (wasSent || files.size > 0) await deps.journal.add(record, files);
        this.#report();
      },
      onLeft: () => this.#report(),
    });
    this.#packer = createPacker(
      {},
      { takeBuffer: () => this.#pool.take(), store: (ref, bytes) => this.#sender.store(ref, bytes) },
    );
  }

  async write(root: "file" | "folder", entries: readonly SourceEntry[]): Promise<WrittenObject> {
    const plans: (() => EntryPlan)[] = [];
    const sorted = sortedByPath(entries);
    try {
      for await (const { entry, bytes } of ordered(sorted, READ_AHEAD, readAhead)) {
        this.#deps.signal?.throwIfAborted();
        plans.push(entry.type === "file" ? await this.#writeFile(entry, bytes) : () => bareEntry(entry));
        if (entry.type !== "file") continue;
        this.#doneFiles += 1;
        this.#report();
      }
      await this.#packer.finish();
      // The listing names chunks by what is in them: it need not wait until they are safe.
      return await this.#writeListing(
        root,
        plans.map((plan) => plan()),
      );
    } catch (error) {
      // What is on its way may end, so that nothing of this upload runs on behind the error.
      await this.#sender.drain().catch(() => {});
      throw error;
    }
  }

  async #writeListing(root: "file" | "folder", entries: readonly EntryPlan[]): Promise<WrittenObject> {
    const plan = planListing(root, entries);
    const { account } = this.#deps;
    const stored =
      account === undefined
        ? { header: null, sealed: plan.bytes }
        : await sealOnPlatform(sealingOfListing(account, sha256(plan.bytes)), plan.bytes);
    const stream = this.#packer.startStream();
    await stream.write(stored.sealed);
    const extents = await stream.finish();
    await this.#sender.drain();
    const manifest = makeManifest(plan, { envelope: stored.header, listing: extents.map(toExtent) });
    const manifestBytes = encodeManifest(manifest);
    return {
      object: objectIdOf(manifestBytes),
      manifest,
      manifestBytes,
      sizeBytes: plan.sizeBytes,
      files: this.#doneFiles,
      sentChunks: this.#sentChunks,
      sentBytes: this.#sentBytes,
    };
  }

  /** Stores a file's content and gives its entry, which is complete once every chunk is closed. */
  async #writeFile(entry: SourceEntry, bytes: Uint8Array | undefined): Promise<() => EntryPlan> {
    if (entry.sizeBytes === undefined) return this.#writeStream(entry);
    const content = await readContentId(bytes === undefined ? entry.parts() : once(bytes));
    const { account } = this.#deps;
    const isSmall = content.parts.length === 1;
    const sealing = account && (isSmall ? account.sealingOf(content.id) : sealingOfParts(account, content));
    const contentKey = contentKeyOf(sealing?.key, content.id);
    const known = this.#deps.journal.find(contentKey);
    if (known !== undefined) {
      this.#doneBytes += known.sizeBytes;
      this.#keptBytes += known.sizeBytes;
      return () => fileEntry(entry, known);
    }
    const twin = this.#fresh.get(contentKey);
    const file =
      twin ??
      (isSmall ? await this.#addSmall(bytes, { sealing, content }) : await this.#addLarge(entry, { sealing, content }));
    if (twin !== undefined) {
      this.#doneBytes += content.sizeBytes;
      this.#keptBytes += content.sizeBytes;
    }
    return () => fileEntry(entry, settle(file));
  }

  async #addSmall(bytes: Uint8Array | undefined, { sealing, content }: Sealable): Promise<FreshFile> {
    const plaintext = bytes ?? new Uint8Array(0);
    const { header, sealed } =
      sealing === undefined ? { header: null, sealed: plaintext } : await sealOnPlatform(sealing, plaintext);
    const extents = await this.#packer.addWhole(sealed);
    this.#doneBytes += plaintext.length;
    return this.#remember({
      contentKey: contentKeyOf(sealing?.key, content.id),
      content: { sizeBytes: plaintext.length, hash: content.id, key: sealing?.key ?? null, envelope: header },
      extents,
    });
  }

  /** The second reading of a large file. A part that is not the one that was hashed never reaches the cipher. */
  async #addLarge(entry: SourceEntry, { sealing, content }: Sealable): Promise<FreshFile> {
    const sealer = sealing && createPlatformSealer(sealing);
    const stream = this.#packer.startStream();
    const hash = createSha256();
    let index = 0;
    for await (const part of entry.parts()) {
      this.#deps.signal?.throwIfAborted();
      if (!isPart(content, index++, part)) throw fail(clientErrors.fileChanged, { path: entry.source });
      hash.update(part);
      await stream.write((await sealer?.update(part)) ?? part);
      this.#doneBytes += part.length;
      this.#report();
    }
    if (index !== content.parts.length) throw fail(clientErrors.fileChanged, { path: entry.source });
    if (sealer !== undefined) await stream.write(await sealer.finish());
    return this.#remember({
      contentKey: contentKeyOf(sealing?.key, content.id),
      content: {
        sizeBytes: content.sizeBytes,
        hash: hash.digest(),
        key: sealing?.key ?? null,
        envelope: sealer?.header ?? null,
      },
      extents: await stream.finish(),
    });
  }

  /** A stream can be read once only, so its key cannot follow from its content: it gets a key of its own. */
  async #writeStream(entry: SourceEntry): Promise<() => EntryPlan> {
    const sealing = this.#deps.account && entry.freshSealing?.(this.#deps.account);
    const sealer = sealing && createPlatformSealer(sealing);
    const stream = this.#packer.startStream();
    const hash = createSha256();
    let sizeBytes = 0;
    for await (const piece of entry.parts()) {
      this.#deps.signal?.throwIfAborted();
      for (let at = 0; at < piece.length; at += PART_SIZE_BYTES) {
        const part = piece.subarray(at, at + PART_SIZE_BYTES);
        hash.update(part);
        await stream.write((await sealer?.update(part)) ?? part);
      }
      sizeBytes += piece.length;
      this.#doneBytes += piece.length;
      this.#report();
    }
    if (sealer !== undefined) await stream.write(await sealer.finish());
    const extents = await stream.finish();
    const content = { sizeBytes, hash: hash.digest(), key: sealing?.key ?? null, envelope: sealer?.header ?? null };
    return () => fileEntry(entry, { ...content, extents: extents.map(toExtent) });
  }

  #remember(file: FreshFile): FreshFile {
    this.#fresh.set(file.contentKey, file);
    if (file.extents.length > 0) this.#unrecorded.push(file);
    return file;
  }

  #report(): void {
    // Several chunks are read ahead of what leaves; sealed and packed, a file is a little larger than it was.
    const sentBytes = this.#ackedBytes + this.#sender.leftBytes;
    const doneBytes = Math.min(this.#doneBytes, this.#keptBytes + sentBytes);
    this.#deps.onProgress?.({ doneBytes, doneFiles: this.#doneFiles, sentBytes: this.#sentBytes });
  }
}

/** In the order of the listing, so that a download reads the chunks one after the other. */
function sortedByPath(entries: readonly SourceEntry[]): SourceEntry[] {
  return entries
    .map((entry) => ({ entry, key: Buffer.from(entry.path) }))
    .sort((left, right) => Buffer.compare(left.key, right.key))
    .map(({ entry }) => entry);
}

interface Sealable {
  readonly sealing: SealOptions | undefined;
  readonly content: ContentId;
}

async function readAhead(entry: SourceEntry): Promise<{ entry: SourceEntry; bytes: Uint8Array | undefined }> {
  const isSmall = entry.type === "file" && entry.sizeBytes !== undefined && entry.sizeBytes <= PART_SIZE_BYTES;
  return { entry, bytes: isSmall ? await entry.whole() : undefined };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

function toExtent({ slot, offset, length }: PackedExtent): Extent {
  // Entries are made after the packer was finished, which closes every chunk.
  if (slot.ref === undefined) throw fail(clientErrors.unexpected, { what: "a chunk is still open" });
  return { chunk: slot.ref, offset, length };
}

function settle({ content, extents }: FreshFile): KnownContent {
  return { ...content, extents: extents.map(toExtent) };
}

function fileEntry(entry: SourceEntry, content: KnownContent): EntryPlan {
  const { sizeBytes, hash, key, envelope, extents } = content;
  return { ...facts(entry), type: "file", size: sizeBytes, hash, target: null, key, envelope, extents };
}

function bareEntry(entry: SourceEntry): EntryPlan {
  const nothing = { size: 0, hash: null, key: null, envelope: null, extents: [] };
  return { ...facts(entry), ...nothing, type: entry.type, target: entry.target };
}

function facts({ path, mode, mtimeMs }: SourceEntry): Pick<ListingEntry, "path" | "mode" | "mtimeMs"> {
  return { path, mode, mtimeMs };
}
