import { type Clock, type Disk, DsdnError, equalBytes, fail, type Logger } from "../../base/index.ts";
import {
  type ChainBatch,
  type ChainBatchBody,
  type ChainEngine,
  chainBatchHash,
  chainGenesisDigest,
  chainGenesisOf,
  createChainEngine,
  replayBlock,
  type SealedBlock,
  unpackBatch,
} from "../../chain/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import type { Genesis, LogSource } from "../../protocol/index.ts";
import { type Replica, replayAcceptedEvents } from "../../state/index.ts";
import { sequencerErrors } from "./errors.ts";
import { openSequencerJournal, type SequencerJournal } from "./journal.ts";

interface OpenDeps {
  readonly genesis: Genesis;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Logger;
  readonly replica: Replica;
  readonly da: Pick<DataAvailability, "head" | "health" | "subscribe">;
}

/** The chain at its last durable block. */
export interface OpenedChain {
  readonly engine: ChainEngine;
  readonly journal: SequencerJournal;
}

/** How long a sequencer that has a journal waits for the log before it goes on without. */
const CATCH_UP_MS = 10_000;

/**
 * The chain as it was left: the journal's blocks are mined again and every root compared. What the log holds beyond the
 * journal (a lost or older file) is replayed from the log and noted, so that no second history can begin.
 *
 * @throws DSDN_SEQUENCER_JOURNAL_DAMAGED, DSDN_SEQUENCER_JOURNAL_FORKED, and what the data-availability layer throws
 *   when there is no journal and the log cannot be read
 */
export async function openChain(path: string, deps: OpenDeps, signal: AbortSignal): Promise<OpenedChain> {
  const genesis = await chainGenesisOf(deps.genesis);
  const engine = await createChainEngine(genesis);
  const journal = await openSequencerJournal(
    { path, genesisDigest: chainGenesisDigest(genesis) },
    { disk: deps.disk, onBlock: (block) => replayOwn(engine, block, path) },
  );
  await catchUp(journal, deps, signal);
  const { next, head } = deps.replica.state.chain;
  const isKnown = next === 0 || next < journal.postedBatches || journal.findBatch(next - 1, head) !== undefined;
  if (!isKnown) await recoverFromLog({ engine, journal, path }, deps, signal);
  return { engine, journal };
}

/** Waits until the replica knows the log as it is now: blocks made before that could contradict it. */
async function catchUp(journal: SequencerJournal, deps: OpenDeps, signal: AbortSignal): Promise<void> {
  const { da, replica, clock, log } = deps;
  const done = da.head().then(({ height }) => replica.waitFor((state) => state.height >= height, signal));
  if (journal.lastBlock < FIRST_OWN_BLOCK) return void (await done);
  const giveUp = new AbortController();
  try {
    const late = clock.sleep(CATCH_UP_MS, giveUp.signal).then(
      () => false,
      () => true,
    );
    const isCaughtUp = await Promise.race([done.then(() => true), late]);
    if (!isCaughtUp) log.warn("the log is not followed yet; the chain goes on from its journal");
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DsdnError)) throw error;
    log.warn("the log cannot be read; the chain goes on from its journal", { code: error.code });
  } finally {
    giveUp.abort();
    done.catch(() => {});
  }
}

const FIRST_OWN_BLOCK = 2;

async function replayOwn(engine: ChainEngine, { record, stateRoot }: SealedBlock, path: string): Promise<void> {
  const found = await replayBlock(engine, record, { firstBlock: record.n, lastBlock: record.n });
  if (equalBytes(found, stateRoot)) return;
  throw fail(sequencerErrors.journalDamaged, { reason: `block ${record.n} leads to another state`, path });
}

/** Every batch the log accepted so far, oldest first. */
async function* acceptedBatches(deps: OpenDeps, signal: AbortSignal): AsyncGenerator<ChainBatchBody> {
  const { genesis, replica, da } = deps;
  const log: LogSource = {
    follow: async function* (subscription) {
      for await (const { height, timeMs, blobs } of da.subscribe(subscription)) {
        yield { height, timeMs, blobs: blobs.map((blob) => blob.data) };
      }
    },
  };
  for await (const event of replayAcceptedEvents({ genesis, toHeight: replica.height, signal }, { log })) {
    if (event.kind === "ChainBatch") yield event.body;
  }
}

async function recoverFromLog(
  chain: OpenedChain & { readonly path: string },
  deps: OpenDeps,
  signal: AbortSignal,
): Promise<void> {
  const { journal, path } = chain;
  deps.log.warn("the log holds more of the chain than the journal; replaying it", { lastBlock: journal.lastBlock });
  for await (const body of acceptedBatches(deps, signal)) {
    if (body.number < journal.postedBatches) continue;
    const batch = unpackBatch(body);
    const forked = (reason: string) => fail(sequencerErrors.journalForked, { batch: body.number, reason, path });
    await takeOver(chain, batch, forked);
    const noted = { number: body.number, lastBlock: batch.lastBlock, hash: chainBatchHash(body) };
    if (journal.findBatch(noted.number, noted.hash) === undefined) await journal.noteBatch(noted);
    await journal.settle(noted);
  }
}

/** Checks the blocks both have, mines those only the log has. */
async function takeOver(
  { engine, journal }: OpenedChain,
  batch: ChainBatch,
  forked: (reason: string) => DsdnError,
): Promise<void> {
  for (const record of batch.records) {
    const own = journal.blocks.find((block) => block.record.n === record.n);
    if (own !== undefined) {
      if (!isSameBlock(own.record, record)) throw forked(`block ${record.n} differs`);
      continue;
    }
    if (record.n !== journal.lastBlock + 1) throw forked(`block ${record.n} is not the next one`);
    await journal.seal({ record, stateRoot: await replayBlock(engine, record, batch) });
  }
  const last = journal.blocks.find((block) => block.record.n === batch.lastBlock);
  if (last === undefined || !equalBytes(last.stateRoot, batch.stateRoot)) {
    throw forked(`block ${batch.lastBlock} leads to another state`);
  }
}

function isSameBlock(left: ChainBatch["records"][number], right: ChainBatch["records"][number]): boolean {
  return (
    left.timestamp === right.timestamp &&
    equalBytes(left.prevRandao, right.prevRandao) &&
    left.rawTxs.length === right.rawTxs.length &&
    left.rawTxs.every((raw, index) => equalBytes(raw, right.rawTxs[index] ?? new Uint8Array(0)))
  );
}
