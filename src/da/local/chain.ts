import {
  type Clock,
  type Disk,
  fail,
  type Lifecycle,
  type Logger,
  type Random,
  writeDurable,
} from "../../base/index.ts";
import { type Ed25519Signer, ed25519FromSeed } from "../../crypto/index.ts";
import { subtreeWidth } from "../commitment.ts";
import { daErrors } from "../errors.ts";
import { timeToMs } from "../header-json.ts";
import { type BlobContent, countShares } from "../share.ts";
import { MAX_SQUARE_WIDTH } from "../square.ts";
import { buildBlock, type LocalBlock } from "./block.ts";
import { type BlockStore, openBlockStore } from "./block-store.ts";

/** How long the first blob waits for company before a block is made. */
const BATCH_MS = 5;
const VALIDATOR_SEED_BYTES = 32;

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

interface Waiting {
  readonly blobs: readonly BlobContent[];
  readonly dueMs: number;
  readonly resolve: (height: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Errors of every call before `start` and after `stop`: DSDN_DA_STOPPED. */
export function createLocalChain(options: LocalChainOptions, deps: LocalChainDeps): LocalChain {
  const { clock, disk, log } = deps;
  const listeners = new Set<(block: LocalBlock) => void>();
  let delayMs = options.delayMs;
  let open: { store: BlockStore; signer: Ed25519Signer } | undefined;
  let pool: Waiting[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  let cancelPool: (() => void) | undefined;
  let cancelInterval: (() => void) | undefined;

  const running = () => {
    if (open === undefined) throw fail(daErrors.stopped, {});
    return open;
  };
  const headOf = (store: BlockStore): LocalBlock => {
    if (store.head === undefined) throw fail(daErrors.stopped, {});
    return store.head;
  };

  /** One block at a time, in the order asked for. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work, work);
    turn = next.catch(() => undefined);
    return next;
  }

  async function appendBlock(blobs: readonly BlobContent[]): Promise<LocalBlock> {
    const { store, signer } = running();
    const nowMs = Math.round(clock.nowMs() + store.offsetMs);
    const previous = store.head;
    // CometBFT's time rises strictly, whatever the machine's clock does.
    const timeMs = previous === undefined ? nowMs : Math.max(nowMs, timeToMs(previous.header.time) + 1);
    const block = buildBlock({ chainId: options.chainId, timeMs, blobs, previous }, signer);
    await store.append(block);
    for (const listener of [...listeners]) listener(block);
    return block;
  }

  async function drainPool(): Promise<void> {
    const nowMs = clock.monotonicMs();
    const ready = takeFitting(pool.filter((entry) => entry.dueMs <= nowMs));
    pool = pool.filter((entry) => !ready.includes(entry));
    if (ready.length > 0) {
      try {
        const block = await appendBlock(ready.flatMap((entry) => entry.blobs));
        for (const entry of ready) entry.resolve(block.header.height);
      } catch (error) {
        log.error("block not made", { reason: error instanceof Error ? error.message : "unknown" });
        for (const entry of ready) entry.reject(error);
      }
    }
    schedulePool();
  }

  function schedulePool(): void {
    cancelPool?.();
    cancelPool = undefined;
    if (pool.length === 0) return;
    const dueMs = Math.min(...pool.map((entry) => entry.dueMs));
    const waitMs = Math.max(0, Math.ceil(dueMs - clock.monotonicMs()));
    cancelPool = clock.after(waitMs, () => void inTurn(drainPool));
  }

  function scheduleInterval(): void {
    if (options.intervalMs <= 0) return;
    cancelInterval = clock.after(options.intervalMs, () => {
      inTurn(() => appendBlock([])).catch((error: unknown) =>
        log.error("block not made", { reason: error instanceof Error ? error.message : "unknown" }),
      );
      scheduleInterval();
    });
  }

  return {
    get publicKey() {
      return running().signer.publicKey;
    },
    start: async () => {
      if (open !== undefined) return;
      await disk.makeFolder(options.dataFolder);
      const signer = ed25519FromSeed(await loadSeed(options.dataFolder, deps));
      const store = await openBlockStore(disk, `${options.dataFolder}/blocks`);
      open = { store, signer };
      if (store.head === undefined) {
        if (options.startTimeMs !== undefined) await store.setOffset(Math.round(options.startTimeMs - clock.nowMs()));
        await inTurn(() => appendBlock([]));
      }
      scheduleInterval();
    },
    stop: async () => {
      cancelPool?.();
      cancelInterval?.();
      await turn;
      open = undefined;
      for (const entry of pool) entry.reject(fail(daErrors.stopped, {}));
      pool = [];
    },
    head: () => headOf(running().store),
    find: (height) => running().store.find(height),
    submit: (blobs) =>
      new Promise((resolve, reject) => {
        running();
        const dueMs = clock.monotonicMs() + Math.max(BATCH_MS, delayMs);
        pool.push({ blobs, dueMs, resolve, reject });
        if (cancelPool === undefined || pool.length === 1) schedulePool();
      }),
    onBlock: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    advanceTime: (byMs) =>
      inTurn(async () => {
        const { store } = running();
        await store.setOffset(store.offsetMs + Math.max(0, Math.round(byMs)));
        return (await appendBlock([])).header.height;
      }),
    setDelay: (value) => {
      delayMs = Math.max(0, value);
    },
  };
}

/** As many entries from the front as surely fit one square; at least the first. */
function takeFitting(entries: readonly Waiting[]): Waiting[] {
  let shares = 0;
  const limit = MAX_SQUARE_WIDTH ** 2;
  const taken: Waiting[] = [];
  for (const entry of entries) {
    shares += roomFor(entry.blobs);
    if (taken.length > 0 && shares > limit) break;
    taken.push(entry);
  }
  return taken;
}

/** The most shares the blobs can take up in a square, padding for alignment included. */
export function roomFor(blobs: readonly BlobContent[]): number {
  return blobs.reduce((sum, blob) => {
    const count = countShares(blob.data.length, blob.shareVersion);
    return sum + count + subtreeWidth(count) - 1;
  }, 0);
}

async function loadSeed(folder: string, deps: LocalChainDeps): Promise<Uint8Array> {
  const path = `${folder}/validator.key`;
  const existing = await deps.disk.find(path);
  if (existing?.length === VALIDATOR_SEED_BYTES) return existing;
  const seed = deps.random.bytes(VALIDATOR_SEED_BYTES);
  await writeDurable(deps.disk, path, seed);
  return seed;
}
