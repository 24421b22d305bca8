import type { Clock, Disk, Lifecycle, Logger, Random } from "../../base/index.ts";
import type { BlobContent } from "../celestia/share.ts";
import { createBlobPool } from "./blob-pool.ts";
import type { LocalBlock } from "./block.ts";
import { createBlockMaker } from "./block-maker.ts";

export interface LocalChainOptions {
  readonly dataFolder: string;
  readonly chainId: string;
  /** A block is made at least this often; 0 = only when something was submitted. */
  readonly intervalMs: number;
  /** How long a submitted blob waits before its block is made. */
  readonly delayMs: number;
  /** Header time of a new chain's first block; the clock's time unless given. */
  readonly startTimeMs?: number;
}

export interface LocalChainDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** The blocks of the local node and the pool that feeds them. */
export interface LocalChain extends Lifecycle {
  readonly publicKey: Uint8Array;
  head(): LocalBlock;
  find(height: number): Promise<LocalBlock | undefined>;
  /** The height that holds all the blobs, once it is durable. */
  submit(blobs: readonly BlobContent[]): Promise<number>;
  /** Called after a block is durable; the returned function ends it. */
  onBlock(listener: (block: LocalBlock) => void): () => void;
  /** Moves header time forward, durably, and makes a block that shows it. Returns its height. */
  advanceTime(byMs: number): Promise<number>;
  setDelay(delayMs: number): void;
}

/** Errors of every call before `start` and after `stop`: DSDN_DA_STOPPED. */
export function createLocalChain(options: LocalChainOptions, deps: LocalChainDeps): LocalChain {
  const maker = createBlockMaker(options, deps);
  const pool = createBlobPool({ delayMs: options.delayMs }, { clock: deps.clock, make: maker.make });
  let cancelInterval = () => {};
  let lastBlockMs = 0;
  maker.onBlock(() => {
    lastBlockMs = deps.clock.monotonicMs();
  });

  /** An idle block only when nothing else made one: what stands on disk is read again at every start. */
  function beat(waitMs: number): void {
    if (options.intervalMs <= 0) return;
    cancelInterval = deps.clock.after(waitMs, () => {
      const restMs = options.intervalMs - (deps.clock.monotonicMs() - lastBlockMs);
      if (restMs > 0) return beat(restMs);
      maker.make([]).catch(() => undefined);
      beat(options.intervalMs);
    });
  }

  return {
    get publicKey() {
      return maker.publicKey();
    },
    start: async () => {
      if (await maker.open()) beat(options.intervalMs);
    },
    stop: async () => {
      cancelInterval();
      pool.clear();
      await maker.close();
    },
    head: maker.head,
    find: maker.find,
    submit: (blobs) => {
      maker.head();
      return pool.add(blobs);
    },
    onBlock: maker.onBlock,
    advanceTime: async (byMs) => (await maker.advance(byMs)).header.height,
    setDelay: pool.setDelay,
  };
}
