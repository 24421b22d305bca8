import { type Clock, type DsdnError, fail, type Logger, type Random, toDsdnError, toHex } from "../base/index.ts";
import type { BlockRecord } from "./batch.ts";
import type { ChainEngine, ChainEvent, MinedBlock } from "./engine.ts";
import { chainErrors } from "./errors.ts";
import { createTransactionPool, type TransactionPool } from "./pool.ts";
import type { ChainNode } from "./rpc-port.ts";

/** A block and the state it leads to. */
export interface SealedBlock {
  readonly record: BlockRecord;
  readonly stateRoot: Uint8Array;
}

/** Where the producer makes things durable. Both methods resolve after fsync; calls are kept in order. */
export interface ProducerJournal {
  accept(rawTransaction: Uint8Array): Promise<void>;
  seal(block: SealedBlock): Promise<void>;
}

/**
 * Turns transactions into blocks, on demand: nothing ticks while nobody sends. A transaction is acknowledged when it is
 * durable, a block is seen by anyone only when it is durable, so a crash neither loses a transaction nor forks.
 */
export interface BlockProducer extends ChainNode {
  /** Mines until nothing that can be mined is left. */
  flush(): Promise<void>;
  /** Transactions accepted and not mined, those with a nonce gap included. */
  readonly pendingCount: number;
  /** Those transactions, in the order they came. */
  readonly waiting: readonly Uint8Array[];
  readonly head: MinedBlock;
  /** Why it takes nothing more; undefined while it works. */
  readonly halted: DsdnError | undefined;
  /** Ends the timers and waits for the block being made. */
  stop(): Promise<void>;
}

export interface ProducerOptions {
  /** How long transactions gather before a block is mined. */
  readonly windowMs: number;
  /** Accepted and durable before, in their order, but not mined: they are queued again. */
  readonly waiting?: readonly Uint8Array[];
}

interface ProducerDeps {
  readonly engine: ChainEngine;
  readonly journal: ProducerJournal;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly onBlock?: (block: SealedBlock) => void;
}

/** When what is left cannot pay the base fee, empty blocks let it fall, an eighth each. */
const UNDERPRICED_RETRY_MS = 2_000;

/** @param deps.engine - stands at the last durable block; from here on only the producer mines on it. */
export async function createBlockProducer(options: ProducerOptions, deps: ProducerDeps): Promise<BlockProducer> {
  const producer = new QueueProducer(options, deps, await deps.engine.head());
  for (const rawTransaction of options.waiting ?? []) await producer.restore(rawTransaction);
  return producer;
}

class QueueProducer implements BlockProducer {
  readonly #options: ProducerOptions;
  readonly #deps: ProducerDeps;
  readonly #pool: TransactionPool;
  readonly #listeners = new Set<(event: ChainEvent) => void>();
  readonly #stopListening: () => void;
  #head: MinedBlock;
  /** Reads the engine is at: it may take them after the block that is asked of it next. */
  readonly #reading = new Set<Promise<unknown>>();
  #heldEvents: ChainEvent[] = [];
  #isSealing = false;
  #sealing: Promise<void> = Promise.resolve();
  #order: Promise<unknown> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  #halted: DsdnError | undefined;
  #isStopped = false;

  constructor(options: ProducerOptions, deps: ProducerDeps, head: MinedBlock) {
    this.#options = options;
    this.#deps = deps;
    this.#head = head;
    this.#pool = createTransactionPool(deps.engine);
    this.#stopListening = deps.engine.listen((event) => {
      if (this.#isSealing) this.#heldEvents.push(event);
      else this.#tell(event);
    });
  }

  get chainId(): number {
    return this.#deps.engine.genesis.chainId;
  }

  get pendingCount(): number {
    return this.#pool.size;
  }

  get waiting(): readonly Uint8Array[] {
    return this.#pool.waiting;
  }

  get head(): MinedBlock {
    return this.#head;
  }

  get halted(): DsdnError | undefined {
    return this.#halted;
  }

  async request(method: string, params: readonly unknown[]): Promise<unknown> {
    while (this.#isSealing) await this.#sealing;
    this.#checkWorking();
    const reading = this.#deps.engine.request(method, params);
    this.#reading.add(reading);
    const forget = () => void this.#reading.delete(reading);
    reading.then(forget, forget);
    return reading;
  }

  async sendRaw(rawTransaction: Uint8Array): Promise<string> {
    const hash = await this.#inOrder(() => this.#admit(rawTransaction));
    try {
      await this.#deps.journal.accept(rawTransaction);
    } catch (error) {
      throw this.#halt(error);
    }
    return hash;
  }

  /** Queues a durable transaction again. One that was mined or replaced meanwhile is left out. */
  async restore(rawTransaction: Uint8Array): Promise<void> {
    try {
      await this.#inOrder(() => this.#admit(rawTransaction));
    } catch (error) {
      this.#deps.log.warn("a waiting transaction is not valid any more", { code: toDsdnError(error).code });
    }
  }

  listen(listener: (event: ChainEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async flush(): Promise<void> {
    for (;;) {
      const before = this.#pool.size;
      await this.#inOrder(() => this.#mine());
      if (this.#pool.size === 0 || this.#pool.size === before) return;
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer?.();
    await this.#order;
    this.#stopListening();
  }

  /** One change of the engine at a time. */
  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#order.then(() => {
      this.#checkWorking();
      return work();
    });
    this.#order = done.catch(() => {});
    return done;
  }

  async #admit(rawTransaction: Uint8Array): Promise<string> {
    const { hash, canBeMined } = await this.#pool.admit(rawTransaction);
    if (canBeMined) this.#schedule(this.#options.windowMs);
    return hash;
  }

  #schedule(delayMs: number): void {
    if (this.#cancelTimer !== undefined || this.#isStopped || this.#halted !== undefined) return;
    this.#cancelTimer = this.#deps.clock.after(delayMs, () => {
      this.#cancelTimer = undefined;
      this.#inOrder(() => this.#mine()).catch((error) => {
        this.#deps.log.error("no block was made", { code: toDsdnError(error).code });
      });
    });
  }

  async #mine(): Promise<void> {
    if (this.#pool.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#sealing = promise;
    this.#isSealing = true;
    try {
      await Promise.allSettled(this.#reading);
      await this.#seal();
    } catch (error) {
      throw this.#halt(error);
    } finally {
      this.#isSealing = false;
      const events = this.#heldEvents;
      this.#heldEvents = [];
      if (this.#halted === undefined) for (const event of events) this.#tell(event);
      resolve();
    }
    const { transactions } = this.#head;
    if (!(await this.#pool.settle(transactions))) return;
    this.#schedule(transactions.length > 0 ? this.#options.windowMs : UNDERPRICED_RETRY_MS);
  }

  async #seal(): Promise<void> {
    const { engine, clock, random, journal, log, onBlock } = this.#deps;
    const timestamp = Math.max(this.#head.timestamp, Math.floor(clock.nowMs() / 1000));
    const mined = await engine.mineBlock({ timestamp, prevRandao: random.bytes(32) });
    const rawTxs = mined.transactions.map((hash) => {
      const raw = this.#pool.find(hash);
      if (raw === undefined)
        throw fail(chainErrors.stopped, { reason: `block ${mined.number} holds a stray transaction` });
      return raw;
    });
    const record = { n: mined.number, timestamp: mined.timestamp, prevRandao: mined.prevRandao, rawTxs };
    await journal.seal({ record, stateRoot: mined.stateRoot });
    this.#head = mined;
    log.debug("block mined", { block: mined.number, transactions: rawTxs.length, root: toHex(mined.stateRoot) });
    onBlock?.({ record, stateRoot: mined.stateRoot });
  }

  #tell(event: ChainEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #checkWorking(): void {
    if (this.#halted !== undefined) throw this.#halted;
    if (this.#isStopped) throw fail(chainErrors.stopped, { reason: "the sequencer is stopping" });
  }

  /** What memory holds may be ahead of the disk now, so nothing is answered any more. */
  #halt(cause: unknown): DsdnError {
    if (this.#halted === undefined) {
      const code = toDsdnError(cause).code;
      this.#halted = fail(
        chainErrors.stopped,
        { reason: `its last block could not be made safe (${code})` },
        { cause },
      );
      this.#deps.log.error("the chain is halted", { code });
    }
    return this.#halted;
  }
}
