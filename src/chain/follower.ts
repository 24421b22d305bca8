import { DsdnError, equalBytes, fail } from "../base/index.ts";
import { type BlockRecord, type ChainBatch, type ChainBatchBody, chainBatchHash, unpackBatch } from "./batch.ts";
import { createChainEngine } from "./edr-engine.ts";
import type { ChainEngine } from "./engine.ts";
import { chainErrors } from "./errors.ts";
import { type ChainGenesis, chainGenesisDigest } from "./genesis.ts";
import { toRpcBytes } from "./hex.ts";
import { FIRST_BATCH_BLOCK } from "./rules.ts";

/** How far a replay got. `hash` is that of the last applied batch, or the genesis digest; `stateRoot` is `block`'s. */
export interface ChainPosition {
  readonly block: number;
  readonly stateRoot: Uint8Array;
  /** Number the next batch must carry. */
  readonly nextBatch: number;
  readonly hash: Uint8Array;
}

/**
 * Replays the chain's batches and believes none of them: every block is mined again and every root compared. After the
 * first disagreement it stops for good and every later call throws that same error, naming batch and block.
 */
export interface ChainFollower {
  /**
   * Applies the next batch of the log, or does nothing for one that was applied already. Calls run one after another.
   * @throws DSDN_CHAIN_BATCH_MALFORMED, DSDN_CHAIN_BATCH_FORKED, DSDN_CHAIN_BATCH_INVALID, DSDN_CHAIN_ROOT_MISMATCH
   */
  apply(body: ChainBatchBody): Promise<void>;
  /** Resolves when what was handed over is applied. @throws the error that stopped the replay */
  position(): Promise<ChainPosition>;
  /** The engine at the replayed position; loaded on first use. Reads only: mining on it would leave the log. */
  engine(): Promise<ChainEngine>;
}

/** A follower that loads the EVM only when the first batch comes or the state is asked. */
export function createChainFollower(genesis: ChainGenesis): ChainFollower {
  let loading: Promise<ChainEngine> | undefined;
  const engine = () => {
    loading ??= createChainEngine(genesis);
    return loading;
  };
  let nextBatch = 0;
  let hash = chainGenesisDigest(genesis);
  let block = FIRST_BATCH_BLOCK - 1;
  const applied = new Map<number, Uint8Array>();
  let stoppedBy: unknown;
  let tail: Promise<void> = Promise.resolve();

  async function applyNow(body: ChainBatchBody): Promise<void> {
    if (stoppedBy !== undefined) throw stoppedBy;
    const bodyHash = chainBatchHash(body);
    const known = applied.get(body.number);
    if (known !== undefined && equalBytes(known, bodyHash)) return;
    try {
      const batch = unpackBatch(body);
      checkLink(batch, { genesis, nextBatch, hash, block });
      await replay(await engine(), batch);
      applied.set(batch.number, bodyHash);
      hash = bodyHash;
      nextBatch += 1;
      block = batch.lastBlock;
    } catch (error) {
      stoppedBy = error;
      throw error;
    }
  }

  return {
    engine,
    apply: (body) => {
      const done = tail.then(() => applyNow(body));
      tail = done.catch(() => {});
      return done;
    },
    position: async () => {
      await tail;
      if (stoppedBy !== undefined) throw stoppedBy;
      const head = await (await engine()).head();
      return { block, stateRoot: head.stateRoot, nextBatch, hash };
    },
  };
}

/**
 * Replays all batches of a log from the genesis on and gives the follower, which stands at the last one.
 * @throws as ChainFollower.apply
 */
export async function replayBatches(
  genesis: ChainGenesis,
  batches: AsyncIterable<ChainBatchBody> | Iterable<ChainBatchBody>,
): Promise<ChainFollower> {
  const follower = createChainFollower(genesis);
  for await (const body of batches) await follower.apply(body);
  return follower;
}

/**
 * Mines one recorded block on the engine: the same transactions, time and randomness, and checks that the engine took
 * exactly those. @throws DSDN_CHAIN_BATCH_INVALID
 */
export async function replayBlock(
  engine: ChainEngine,
  record: BlockRecord,
  batch: { readonly firstBlock: number; readonly lastBlock: number },
): Promise<Uint8Array> {
  const invalid = (reason: string, cause?: unknown) => {
    const { firstBlock, lastBlock } = batch;
    return fail(chainErrors.batchInvalid, { firstBlock, lastBlock, block: record.n, reason }, { cause });
  };
  const hashes: string[] = [];
  try {
    for (const raw of record.rawTxs) hashes.push(await engine.send(raw));
    const mined = await engine.mineBlock(record);
    if (mined.number !== record.n) throw invalid(`the chain stands at block ${mined.number}`);
    if (mined.transactions.length !== hashes.length || mined.transactions.some((hash, i) => hash !== hashes[i])) {
      throw invalid("not all of its transactions can be mined in this order");
    }
    return mined.stateRoot;
  } catch (error) {
    if (error instanceof DsdnError && error.spec.code === chainErrors.batchInvalid.code) throw error;
    throw invalid(
      error instanceof DsdnError ? String(error.facts["reason"] ?? error.code) : "the engine failed",
      error,
    );
  }
}

interface Link {
  readonly genesis: ChainGenesis;
  readonly nextBatch: number;
  readonly hash: Uint8Array;
  readonly block: number;
}

function checkLink(batch: ChainBatch, at: Link): void {
  const { firstBlock, lastBlock } = batch;
  if (batch.chainId !== at.genesis.chainId) {
    const reason = `it belongs to chain ${batch.chainId}`;
    throw fail(chainErrors.batchInvalid, { firstBlock, lastBlock, block: firstBlock, reason });
  }
  if (batch.number !== at.nextBatch || firstBlock !== at.block + 1 || !equalBytes(batch.previous, at.hash)) {
    throw fail(chainErrors.batchForked, { firstBlock, lastBlock, head: at.block, batch: batch.number });
  }
}

async function replay(engine: ChainEngine, batch: ChainBatch): Promise<void> {
  let stateRoot: Uint8Array = new Uint8Array(0);
  for (const record of batch.records) stateRoot = await replayBlock(engine, record, batch);
  if (equalBytes(stateRoot, batch.stateRoot)) return;
  throw fail(chainErrors.rootMismatch, {
    block: batch.lastBlock,
    firstBlock: batch.firstBlock,
    batch: batch.number,
    claimed: toRpcBytes(batch.stateRoot),
    replayed: toRpcBytes(stateRoot),
  });
}
