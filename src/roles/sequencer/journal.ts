import { type Disk, equalBytes, fail, openRecordLog, type RecordLog, toHex } from "../../base/index.ts";
import { FIRST_BATCH_BLOCK, MAX_TRANSACTION_BYTES, type ProducerJournal, type SealedBlock } from "../../chain/index.ts";
import { sha256 } from "../../crypto/index.ts";
import { byteString, encodeWith, findWith, uint, z } from "../../protocol/index.ts";
import { sequencerErrors } from "./errors.ts";

const entry = z.discriminatedUnion("kind", [
  /** Always the first: the chain this journal belongs to. */
  z.strictObject({ kind: z.literal("chain"), genesis: byteString(32) }),
  z.strictObject({ kind: z.literal("accepted"), raw: byteString(1, MAX_TRANSACTION_BYTES) }),
  /** SHA-256 of an accepted transaction that can never be mined any more: replaced, or its nonce is used. */
  z.strictObject({ kind: z.literal("dropped"), digest: byteString(32) }),
  z.strictObject({
    kind: z.literal("block"),
    n: uint(),
    timestamp: uint(),
    prevRandao: byteString(32),
    rawTxs: z.array(byteString(1, MAX_TRANSACTION_BYTES)),
    stateRoot: byteString(32),
  }),
  /** Noted before a batch leaves, so that it is known again when it is read back. */
  z.strictObject({ kind: z.literal("batch"), number: uint(), lastBlock: uint(), hash: byteString(32) }),
  /** The log was seen to end with this many batches. */
  z.strictObject({ kind: z.literal("posted"), batches: uint() }),
]);
type Entry = z.output<typeof entry>;

/** Far above a full block: `BLOCK_GAS_LIMIT` bounds it. */
const MAX_ENTRY_BYTES = 16 * 1024 * 1024;

/** A batch this sequencer made: what it covers and its hash, which the log shows once it is there. */
export interface NotedBatch {
  readonly number: number;
  readonly lastBlock: number;
  readonly hash: Uint8Array;
}

/**
 * What the sequencer alone knows until it is on the log, and how it finds its way back: every accepted transaction and
 * every block, fsynced before anyone hears of it. One record an entry, in the order of events.
 */
export interface SequencerJournal extends ProducerJournal {
  /** Newest block; 1 before the first. */
  readonly lastBlock: number;
  /** Accepted and in no block, in the order they came. */
  readonly waiting: readonly Uint8Array[];
  /** Blocks above what is known to be on the log, in order. */
  readonly blocks: readonly SealedBlock[];
  /** Batches the log was seen to hold. */
  readonly postedBatches: number;
  /** Forgets the waiting transactions that are not among `left`. */
  keepWaiting(left: readonly Uint8Array[]): Promise<void>;
  noteBatch(batch: NotedBatch): Promise<void>;
  /** A batch that was noted here and that later ones may build on. */
  findBatch(number: number, hash: Uint8Array): NotedBatch | undefined;
  /** The log ends with `batch`: its blocks are forgotten here (the file keeps them for the next start). */
  settle(batch: NotedBatch): Promise<void>;
}

interface JournalOptions {
  readonly path: string;
  readonly genesisDigest: Uint8Array;
}

interface JournalDeps {
  readonly disk: Disk;
  /** Called for every block of the file, in order, while it is opened. */
  readonly onBlock: (block: SealedBlock) => Promise<void>;
}

/**
 * Opens the journal, or begins one. A torn tail is cut off.
 * @throws DSDN_SEQUENCER_JOURNAL_DAMAGED when it belongs to another chain or has a gap, and what `onBlock` throws
 */
export async function openSequencerJournal(options: JournalOptions, deps: JournalDeps): Promise<SequencerJournal> {
  const file = await openRecordLog(deps.disk, options.path);
  const journal = new FileJournal(options, file);
  await journal.load(deps.onBlock);
  return journal;
}

class FileJournal implements SequencerJournal {
  readonly #options: JournalOptions;
  readonly #file: RecordLog;
  /** By digest; insertion order is the order of arrival. */
  readonly #waiting = new Map<string, Uint8Array>();
  #blocks: SealedBlock[] = [];
  #batches: NotedBatch[] = [];
  #lastBlock = FIRST_BATCH_BLOCK - 1;
  #postedBatches = 0;

  constructor(options: JournalOptions, file: RecordLog) {
    this.#options = options;
    this.#file = file;
  }

  get lastBlock(): number {
    return this.#lastBlock;
  }

  get waiting(): readonly Uint8Array[] {
    return [...this.#waiting.values()];
  }

  get blocks(): readonly SealedBlock[] {
    return this.#blocks;
  }

  get postedBatches(): number {
    return this.#postedBatches;
  }

  async load(onBlock: JournalDeps["onBlock"]): Promise<void> {
    let isFirst = true;
    for await (const bytes of this.#file.read()) {
      const read = findWith(entry, bytes, { what: "journal entry", limitBytes: MAX_ENTRY_BYTES });
      if (read === undefined) throw this.#damaged("it holds an entry of another form");
      if (isFirst !== (read.kind === "chain")) throw this.#damaged("it does not begin with its chain");
      isFirst = false;
      if (read.kind === "chain" && !equalBytes(read.genesis, this.#options.genesisDigest)) {
        throw this.#damaged("it belongs to another chain");
      }
      if (read.kind === "block") {
        if (read.n !== this.#lastBlock + 1) throw this.#damaged(`block ${this.#lastBlock + 1} is missing`);
        await onBlock(toSealed(read));
      }
      this.#remember(read);
    }
    if (isFirst) await this.#append({ kind: "chain", genesis: this.#options.genesisDigest });
  }

  accept(rawTransaction: Uint8Array): Promise<void> {
    return this.#append({ kind: "accepted", raw: rawTransaction });
  }

  seal({ record, stateRoot }: SealedBlock): Promise<void> {
    return this.#append({ kind: "block", ...record, stateRoot });
  }

  async keepWaiting(left: readonly Uint8Array[]): Promise<void> {
    const kept = new Set(left.map(digestOf));
    const dropped = [...this.#waiting].filter(([digest]) => !kept.has(digest)).map(([, raw]) => sha256(raw));
    if (dropped.length > 0) await this.#append(...dropped.map((digest) => ({ kind: "dropped" as const, digest })));
  }

  noteBatch(batch: NotedBatch): Promise<void> {
    return this.#append({ kind: "batch", ...batch });
  }

  findBatch(number: number, hash: Uint8Array): NotedBatch | undefined {
    return this.#batches.find((batch) => batch.number === number && equalBytes(batch.hash, hash));
  }

  async settle(batch: NotedBatch): Promise<void> {
    if (batch.number >= this.#postedBatches) await this.#append({ kind: "posted", batches: batch.number + 1 });
    this.#batches = [batch, ...this.#batches.filter((other) => other.number > batch.number)];
    this.#blocks = this.#blocks.filter((block) => block.record.n > batch.lastBlock);
  }

  async #append(...added: readonly Entry[]): Promise<void> {
    await this.#file.append(added.map((one) => encodeWith(entry, one)));
    for (const one of added) this.#remember(one);
  }

  #remember(added: Entry): void {
    if (added.kind === "accepted") this.#waiting.set(digestOf(added.raw), added.raw);
    if (added.kind === "dropped") this.#waiting.delete(toHex(added.digest));
    if (added.kind === "batch") this.#batches.push(added);
    if (added.kind === "posted") this.#postedBatches = Math.max(this.#postedBatches, added.batches);
    if (added.kind !== "block") return;
    for (const raw of added.rawTxs) this.#waiting.delete(digestOf(raw));
    this.#blocks.push(toSealed(added));
    this.#lastBlock = added.n;
  }

  #damaged(reason: string) {
    return fail(sequencerErrors.journalDamaged, { reason, path: this.#options.path });
  }
}

function digestOf(rawTransaction: Uint8Array): string {
  return toHex(sha256(rawTransaction));
}

function toSealed({ n, timestamp, prevRandao, rawTxs, stateRoot }: Entry & { kind: "block" }): SealedBlock {
  return { record: { n, timestamp, prevRandao, rawTxs }, stateRoot };
}
