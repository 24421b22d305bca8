import { type Clock, DsdnError, type Lifecycle, type Logger, toHex } from "../../base/index.ts";
import { chainBatchHash, MAX_BATCH_BLOCKS, packBatch, recordSizeBytes, type SealedBlock } from "../../chain/index.ts";
import type { Outbox } from "../../net/index.ts";
import { limits } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import type { SequencerJournal } from "./journal.ts";

interface PosterOptions {
  readonly chainId: number;
  /** How long blocks gather before a batch is posted. */
  readonly batchMs: number;
}

interface PosterDeps {
  readonly journal: SequencerJournal;
  readonly outbox: Outbox;
  readonly replica: Replica;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Brings the journal's blocks to the log, one batch at a time: the next one builds on what the log shows, so nothing is
 * left out or posted twice, whatever was lost on the way.
 */
export interface BatchPoster extends Lifecycle {
  /** A block was made. */
  wake(): void;
  readonly postedCount: number;
  /** True when the log holds a batch that nobody made here: another sequencer runs with this key. */
  readonly isForked: boolean;
}

interface Plan {
  readonly number: number;
  readonly previous: Uint8Array;
  readonly blocks: readonly SealedBlock[];
}

/** Incompressible records must fit too; the rest is the batch's envelope. */
const MAX_RECORD_BYTES = limits.chainBatchBytes - 8 * 1024;
/** Doubled at every refusal in a row: a refused batch is on the log and was paid for. */
const REFUSED_RETRY_MS = 5_000;
const REFUSED_RETRY_MOST_MS = 300_000;

export function createBatchPoster(options: PosterOptions, deps: PosterDeps): BatchPoster {
  return new RunningPoster(options, deps);
}

class RunningPoster implements BatchPoster {
  readonly #options: PosterOptions;
  readonly #deps: PosterDeps;
  #running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  #stopWatching = () => {};
  #changed = Promise.withResolvers<void>();
  #postedCount = 0;
  #isForked = false;

  constructor(options: PosterOptions, deps: PosterDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  get postedCount(): number {
    return this.#postedCount;
  }

  get isForked(): boolean {
    return this.#isForked;
  }

  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    const abort = new AbortController();
    this.#stopWatching = this.#deps.replica.onHeight(() => this.wake());
    this.#running = { abort, done: this.#run(abort.signal) };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#stopWatching();
    running?.abort.abort();
    this.wake();
    await running?.done;
  }

  wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps;
    let retryMs = REFUSED_RETRY_MS;
    while (!signal.aborted && !this.#isForked) {
      const { promise: changed } = this.#changed;
      try {
        const plan = await this.#plan();
        if (plan === undefined) await changed;
        else {
          await this.#gatherAndPost(signal);
          retryMs = REFUSED_RETRY_MS;
        }
      } catch (error) {
        if (signal.aborted) return;
        log.warn("batch not posted", { code: error instanceof DsdnError ? error.code : String(error) });
        await clock.sleep(retryMs, signal).catch(() => {});
        retryMs = Math.min(retryMs * 2, REFUSED_RETRY_MOST_MS);
      }
    }
  }

  /** The next batch, or undefined while there is none, one is under way, or the log is not read far enough. */
  async #plan(): Promise<Plan | undefined> {
    const { journal, outbox, replica, log } = this.#deps;
    const { next: number, head: previous } = replica.state.chain;
    if (outbox.pendingCount > 0 || number < journal.postedBatches) return undefined;
    if (number > 0) {
      const last = journal.findBatch(number - 1, previous);
      if (last === undefined) {
        this.#isForked = true;
        log.error("the log holds a batch this sequencer did not make", { batch: number - 1, hash: toHex(previous) });
        return undefined;
      }
      await journal.settle(last);
    }
    const blocks = takeBatch(journal.blocks);
    return blocks.length === 0 ? undefined : { number, previous, blocks };
  }

  async #gatherAndPost(signal: AbortSignal): Promise<void> {
    const { journal, outbox, clock } = this.#deps;
    await clock.sleep(this.#options.batchMs, signal);
    const plan = await this.#plan();
    const last = plan?.blocks.at(-1);
    if (plan === undefined || last === undefined) return;
    const { number, previous, blocks } = plan;
    const records = blocks.map((block) => block.record);
    const { chainId } = this.#options;
    const body = packBatch({ number, previous, stateRoot: last.stateRoot, chainId, records });
    await journal.noteBatch({ number, lastBlock: last.record.n, hash: chainBatchHash(body) });
    await this.#untilRead(number, outbox.publish("ChainBatch", body), signal);
    this.#postedCount++;
  }

  /** Resolves when the log shows the batch; rejects when it was refused or this role stops. */
  async #untilRead(number: number, verdict: Promise<unknown>, signal: AbortSignal): Promise<void> {
    const end = new AbortController();
    const read = this.#deps.replica.waitFor(
      (state) => state.chain.next > number,
      AbortSignal.any([signal, end.signal]),
    );
    try {
      await Promise.race([read, verdict.then(() => read)]);
    } finally {
      end.abort();
      read.catch(() => {});
      verdict.catch(() => {});
    }
  }
}

/** As many of the first blocks as one batch holds; at least one when there is one. */
function takeBatch(blocks: readonly SealedBlock[]): readonly SealedBlock[] {
  let size = 0;
  let count = 0;
  for (const { record } of blocks.slice(0, MAX_BATCH_BLOCKS)) {
    size += recordSizeBytes(record);
    if (count > 0 && size > MAX_RECORD_BYTES) break;
    count++;
  }
  return blocks.slice(0, count);
}
