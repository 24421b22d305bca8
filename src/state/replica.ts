import { dirname } from "node:path";
import { type DsdnError, fail, type Logger, silentLogger, toDsdnError, writeDurable } from "../base/index.ts";
import type { KeyId, LogHeight } from "../protocol/index.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { stateErrors } from "./errors.ts";
import type { LiveState } from "./live-state.ts";
import type { NetworkState } from "./network-state.ts";
import { type AppliedHeight, applyHeight, createState, type Outcome } from "./reducer.ts";
import type { CheckpointStore, Replica, ReplicaDeps, ReplicaOptions } from "./replica-types.ts";
import { createVerifiedEvents, type VerifiedEvents } from "./verified-events.ts";

const ROOTS_KEPT = 10_000;
const OUTCOMES_KEPT = 50_000;
/** Of these, so many of the newest go into a checkpoint. */
const OUTCOMES_SAVED = 10_000;
const CHECKPOINT_EVERY_HEIGHTS = 500;
/** Reading this many empty heights again costs about as much as one with events. */
const EMPTY_PER_FULL_HEIGHT = 20;
/** Heights applied before others in the process get their turn. */
const HEIGHTS_PER_TURN = 64;

/** A replica that is not started yet. */
export function createReplica(options: ReplicaOptions, deps: ReplicaDeps): Replica {
  return new LogReplica(options, deps);
}

interface Waiter {
  /** True when it is satisfied and may be forgotten. */
  readonly check: () => boolean;
  readonly reject: (error: unknown) => void;
}

class LogReplica implements Replica {
  readonly #options: ReplicaOptions;
  readonly #deps: ReplicaDeps;
  readonly #cache: VerifiedEvents;
  readonly #logger: Logger;
  readonly #roots: Map<number, Uint8Array> = new Map();
  readonly #outcomes: Map<string, Outcome> = new Map();
  readonly #listeners = new Set<(applied: AppliedHeight) => void>();
  readonly #waiters = new Set<Waiter>();
  #state: LiveState;
  #halted: DsdnError | undefined;
  #running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  #unsavedWork = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: ReplicaOptions, deps: ReplicaDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#cache = deps.cache ?? createVerifiedEvents();
    this.#logger = deps.logger ?? silentLogger();
    this.#state = createState(options.genesis);
  }

  get state(): NetworkState {
    return this.#state;
  }

  get height(): number {
    return this.#state.height;
  }

  get logTimeMs(): number {
    return this.#state.timeMs;
  }

  get halted(): DsdnError | undefined {
    return this.#halted;
  }

  async start(signal?: AbortSignal): Promise<void> {
    if (this.#running !== undefined) return;
    signal?.throwIfAborted();
    if (this.#roots.size === 0) {
      const saved = await this.#loadCheckpoint();
      if (saved !== undefined) this.#recall(saved);
      this.#roots.set(this.height, this.#state.root);
    }
    this.#halted = undefined;
    const abort = new AbortController();
    this.#running = { abort, done: this.#follow(abort.signal) };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    running.abort.abort();
    await running.done;
    this.#rejectWaiters(fail(stateErrors.replicaStopped, {}));
    // Without a checkpoint the next start reads more of the log; that is no reason to fail the stop.
    if (this.#unsavedWork > 0) await this.saveCheckpoint().catch((error: unknown) => this.#noteFailedSave(error));
  }

  rootAt(height: number): Uint8Array | undefined {
    return this.#roots.get(height);
  }

  onHeight(listener: (applied: AppliedHeight) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  waitFor<T>(find: (state: NetworkState) => T | undefined | false, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        signal?.removeEventListener("abort", onAbort);
        this.#waiters.delete(waiter);
      };
      const check = (): boolean => {
        const found = find(this.#state);
        if (found === undefined || found === false) return false;
        finish();
        resolve(found);
        return true;
      };
      const onAbort = () => waiter.reject(signal?.reason);
      const waiter: Waiter = {
        check,
        reject: (error) => {
          finish();
          reject(error);
        },
      };
      if (signal?.aborted) return reject(signal.reason);
      if (check()) return;
      if (this.#halted !== undefined) return reject(this.#halted);
      this.#waiters.add(waiter);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  outcomeOf(author: KeyId, sequence: number): Outcome | undefined {
    return this.#outcomes.get(`${author}/${sequence}`);
  }

  /** One write at a time: two would share a temporary file. */
  saveCheckpoint(): Promise<void> {
    const store = this.#deps.checkpoints;
    if (store === undefined) return Promise.resolve();
    const saving = this.#saving.then(() => this.#writeCheckpoint(store));
    this.#saving = saving.catch(() => undefined);
    return saving;
  }

  async #writeCheckpoint(store: CheckpointStore): Promise<void> {
    const bytes = encodeCheckpoint({
      state: this.#state,
      recent: {
        roots: [...this.#roots].map(([height, root]) => ({ height, root })),
        outcomes: [...this.#outcomes.values()].slice(-OUTCOMES_SAVED),
      },
    });
    this.#unsavedWork = 0;
    await store.disk.makeFolder(dirname(store.path));
    await writeDurable(store.disk, store.path, bytes);
  }

  #recall({ state, recent }: Checkpoint): void {
    this.#state = state;
    remember(
      this.#roots,
      recent.roots.map(({ height, root }) => [height, root]),
      this.#rootsKept,
    );
    remember(this.#outcomes, recent.outcomes.map(keyed), this.#outcomesKept);
  }

  get #rootsKept(): number {
    return this.#options.rootsKept ?? ROOTS_KEPT;
  }

  get #outcomesKept(): number {
    return this.#options.outcomesKept ?? OUTCOMES_KEPT;
  }

  async #loadCheckpoint(): Promise<Checkpoint | undefined> {
    const store = this.#deps.checkpoints;
    if (store === undefined) return undefined;
    try {
      const bytes = await store.disk.find(store.path);
      return bytes === undefined ? undefined : decodeCheckpoint(bytes, this.#options.genesis);
    } catch (error) {
      this.#logger.warn("checkpoint-ignored", { reason: toDsdnError(error).message });
      return undefined;
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    try {
      for await (const step of this.#deps.log.follow({ fromHeight: this.height + 1, signal })) {
        if (signal.aborted) return;
        this.#apply(step);
        // A long replay from a fast source would otherwise keep everything else in the process waiting.
        if (step.height % HEIGHTS_PER_TURN === 0) await nextTurn();
      }
      if (!signal.aborted) throw fail(stateErrors.logEnded, { height: this.height });
    } catch (error) {
      if (signal.aborted) return;
      this.#halt(toDsdnError(error));
    }
  }

  #apply(step: LogHeight): void {
    const applied = applyHeight(this.#state, step, this.#cache);
    remember(this.#roots, [[applied.height, applied.root]], this.#rootsKept);
    remember(this.#outcomes, applied.outcomes.map(keyed), this.#outcomesKept);
    for (const listener of this.#listeners) this.#guard(() => listener(applied));
    for (const waiter of this.#waiters) this.#checkWaiter(waiter);
    this.#noteUnsaved(applied.outcomes.length > 0 ? EMPTY_PER_FULL_HEIGHT : 1);
  }

  #noteUnsaved(work: number): void {
    this.#unsavedWork += work;
    const every = this.#deps.checkpoints?.everyHeights ?? CHECKPOINT_EVERY_HEIGHTS;
    if (this.#unsavedWork < every * EMPTY_PER_FULL_HEIGHT) return;
    this.saveCheckpoint().catch((error: unknown) => this.#noteFailedSave(error));
  }

  #noteFailedSave(error: unknown): void {
    this.#logger.warn("checkpoint-failed", { reason: toDsdnError(error).message });
  }

  #checkWaiter(waiter: Waiter): void {
    try {
      waiter.check();
    } catch (error) {
      waiter.reject(error);
    }
  }

  #guard(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.#logger.error("height-listener-failed", { reason: toDsdnError(error).message });
    }
  }

  #halt(reason: DsdnError): void {
    this.#halted = reason;
    this.#logger.error("log-halted", { code: reason.code, reason: reason.message, height: this.height });
    this.#rejectWaiters(reason);
  }

  #rejectWaiters(error: unknown): void {
    for (const waiter of this.#waiters) waiter.reject(error);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function keyed(outcome: Outcome): readonly [string, Outcome] {
  return [`${outcome.author}/${outcome.sequence}`, outcome];
}

/** Adds the entries and forgets the oldest above `limit`. */
function remember<K, V>(map: Map<K, V>, entries: Iterable<readonly [K, V]>, limit: number): void {
  for (const [key, value] of entries) {
    map.delete(key);
    map.set(key, value);
  }
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
