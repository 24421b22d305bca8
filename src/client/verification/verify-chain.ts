import { DsdnError, equalBytes, toHex } from "../../base/index.ts";
import type { ChainBatchBody, ChainGenesis } from "../../chain/index.ts";
import type { Genesis, LogSource } from "../../protocol/index.ts";
import { replayAcceptedEvents, type VerifiedEvents } from "../../state/index.ts";

/** The chain as the log tells it, and what the sequencer says about the same block. Roots are hex. */
export interface ChainReport {
  /** Newest block on the log; 1 before the first batch. */
  readonly block: number;
  readonly stateRoot: string;
  readonly batches: number;
  /** The sequencer's root of that block; undefined when it was not asked, did not answer or has no such block. */
  readonly sequencerRoot: string | undefined;
  /** False when the sequencer shows another history than it posted; undefined without its answer. */
  readonly isEqual: boolean | undefined;
}

export interface VerifyChainOptions {
  readonly genesis: Genesis;
  /** Last height of the log to read. */
  readonly toHeight: number;
  /** JSON-RPC of the sequencer, when it is to be compared. */
  readonly rpcUrl?: string;
  readonly signal?: AbortSignal;
}

/**
 * Replays every batch of the log on an own EVM, block by block, and believes none: a batch whose root does not follow
 * from its transactions stops it. A sequencer that is down changes nothing but the comparison.
 *
 * @throws DSDN_CHAIN_ROOT_MISMATCH, DSDN_CHAIN_BATCH_INVALID, DSDN_CHAIN_BATCH_MALFORMED, DSDN_CHAIN_BATCH_FORKED,
 *   DSDN_CHAIN_GENESIS_INVALID, and what the log throws
 */
export async function verifyChain(
  options: VerifyChainOptions,
  deps: { readonly log: LogSource; readonly cache?: VerifiedEvents },
): Promise<ChainReport> {
  const { genesis, toHeight, signal = new AbortController().signal, rpcUrl } = options;
  // The EVM is loaded by whoever verifies, not by every client.
  const { chainGenesisOf, replayBatches } = await import("../../chain/index.ts");
  async function* batches(): AsyncGenerator<ChainBatchBody> {
    for await (const event of replayAcceptedEvents({ genesis, toHeight, signal }, deps)) {
      if (event.kind === "ChainBatch") yield event.body;
    }
  }
  const chainGenesis = await chainGenesisOf(genesis);
  const { block, stateRoot, nextBatch } = await (await replayBatches(chainGenesis, batches())).position();
  const claimed = rpcUrl === undefined ? undefined : await findRootAt(rpcUrl, chainGenesis, block);
  return {
    block,
    stateRoot: toHex(stateRoot),
    batches: nextBatch,
    sequencerRoot: claimed === undefined ? undefined : toHex(claimed),
    isEqual: claimed === undefined ? undefined : equalBytes(claimed, stateRoot),
  };
}

async function findRootAt(url: string, genesis: ChainGenesis, block: number): Promise<Uint8Array | undefined> {
  const { createChainClient, nusaAddressOf } = await import("../../chain/index.ts");
  const client = createChainClient({ url, nusaAddress: await nusaAddressOf(genesis) });
  try {
    return (await client.findBlock(block))?.stateRoot;
  } catch (error) {
    if (error instanceof DsdnError) return undefined;
    throw error;
  }
}
