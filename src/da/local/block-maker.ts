import { dirname } from "node:path";
import { type Clock, type Disk, fail, type Logger, type Random, writeDurable } from "../../base/index.ts";
import { type Ed25519Signer, ed25519FromSeed } from "../../crypto/index.ts";
import { timeToMs } from "../celestia/header-json.ts";
import type { BlobContent } from "../celestia/share.ts";
import { daErrors } from "../errors.ts";
import { buildBlock, type LocalBlock } from "./block.ts";
import { type BlockStore, openBlockStore } from "./block-store.ts";

const VALIDATOR_SEED_BYTES = 32;

export interface BlockMakerOptions {
  readonly dataFolder: string;
  readonly chainId: string;
  readonly startTimeMs?: number;
}

export interface BlockMakerDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Makes blocks one at a time, in the order asked for, and tells of each once it is durable. */
export function createBlockMaker(options: BlockMakerOptions, deps: BlockMakerDeps) {
  const { chainId } = options;
  const { clock, disk, log } = deps;
  const listeners = new Set<(block: LocalBlock) => void>();
  let chain: { store: BlockStore; signer: Ed25519Signer } | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const running = () => {
    if (chain === undefined) throw fail(daErrors.stopped, {});
    return chain;
  };

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work);
    turn = next.catch((error: unknown) => {
      log.error("block not made", { reason: error instanceof Error ? error.message : "unknown" });
    });
    return next;
  }

  async function append(blobs: readonly BlobContent[]): Promise<LocalBlock> {
    const { store, signer } = running();
    const nowMs = Math.round(clock.nowMs() + store.offsetMs);
    const previous = store.head;
    // CometBFT's time rises strictly, whatever the machine's clock does.
    const timeMs = previous === undefined ? nowMs : Math.max(nowMs, timeToMs(previous.header.time) + 1);
    const block = buildBlock({ chainId, timeMs, blobs, previous }, signer);
    await store.append(block);
    for (const listener of [...listeners]) listener(block);
    return block;
  }

  async function openStore(): Promise<void> {
    const signer = ed25519FromSeed(await loadSeed(options.dataFolder, deps));
    const facts = { chainId, publicKey: signer.publicKey };
    const store = await openBlockStore(disk, `${options.dataFolder}/blocks`, facts);
    chain = { store, signer };
    if (store.head !== undefined) return;
    if (options.startTimeMs !== undefined) await store.setOffset(Math.round(options.startTimeMs - clock.nowMs()));
    await inTurn(() => append([]));
  }

  return {
    /** Opens the chain, making block 1 when it is new. False when it was open already. */
    open: async () => {
      if (chain !== undefined) return false;
      await openStore();
      return true;
    },
    close: async () => {
      await turn;
      chain = undefined;
    },
    publicKey: () => running().signer.publicKey,
    head: () => headOf(running().store),
    find: (height: number) => running().store.find(height),
    make: (blobs: readonly BlobContent[]) => inTurn(() => append(blobs)),
    /** Moves header time forward, durably, and makes a block that shows it. */
    advance: (byMs: number) =>
      inTurn(async () => {
        const { store } = running();
        await store.setOffset(store.offsetMs + Math.max(0, Math.round(byMs)));
        return append([]);
      }),
    onBlock: (listener: (block: LocalBlock) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function headOf(store: BlockStore): LocalBlock {
  if (store.head === undefined) throw fail(daErrors.stopped, {});
  return store.head;
}

async function loadSeed(folder: string, deps: BlockMakerDeps): Promise<Uint8Array> {
  await deps.disk.makeFolder(folder);
  // A new folder's own name is durable only once its parent was synced.
  await deps.disk.syncFolder(dirname(folder));
  const path = `${folder}/validator.key`;
  const existing = await deps.disk.find(path);
  if (existing?.length === VALIDATOR_SEED_BYTES) return existing;
  const seed = deps.random.bytes(VALIDATOR_SEED_BYTES);
  await writeDurable(deps.disk, path, seed);
  return seed;
}
