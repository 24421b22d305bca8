import { type Clock, fail } from "../base/index.ts";
import { runtimeErrors } from "./errors.ts";
import type { GuestProcess } from "./guest-process.ts";

export interface GuestPoolOptions {
  /** Processes at most. */
  readonly instances: number;
  /** Requests one process works on at the same time. */
  readonly concurrency: number;
  /** Requests that may wait for a place. */
  readonly maxWaiting: number;
}

export interface GuestPoolDeps {
  readonly clock: Clock;
  /** A process that can answer. @throws DsdnError when the program cannot be started. */
  readonly start: (onChange: () => void) => Promise<GuestProcess>;
  /** A process ended without being told to; the next one starts after `delayMs`. */
  readonly onDeath: (delayMs: number) => void;
}

interface Waiter {
  go(guest: GuestProcess): void;
  refuse(error: unknown): void;
}

/** A process that lived this long was no failed start. */
const STABLE_MS = 10_000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;
/** A request that found no place for so long is turned away. */
const PATIENCE_MS = 10_000;
/** A process beyond the first that did nothing for so long is ended. */
const IDLE_MS = 30_000;
const RETRY_AFTER_SECONDS = 1;

/**
 * The processes of one service: as many as its load needs, between one and its bound. Requests are handed out in the
 * order they came, to the process with the fewest. A process that dies is replaced, ever later while it keeps dying.
 */
export class GuestPool {
  readonly #options: GuestPoolOptions;
  readonly #deps: GuestPoolDeps;
  readonly #guests = new Map<GuestProcess, { readonly startedMs: number; usedMs: number }>();
  readonly #queue: Waiter[] = [];
  #starting: Promise<void> | undefined;
  #starts = 0;
  #deaths = 0;
  #notBeforeMs = 0;
  #cancelStart: (() => void) | undefined;
  #cancelIdle: (() => void) | undefined;
  #isClosed = false;
  #onQuiet = (): void => {};

  constructor(options: GuestPoolOptions, deps: GuestPoolDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  get guests(): readonly GuestProcess[] {
    return [...this.#guests.keys()].filter((guest) => guest.isUsable);
  }
  get starts(): number {
    return this.#starts;
  }
  get waiting(): number {
    return this.#queue.length;
  }
  get inFlight(): number {
    return this.guests.reduce((sum, guest) => sum + guest.inFlight, 0);
  }
  /** Milliseconds until a process that keeps dying is started again; 0 when nothing is held back. */
  get startsInMs(): number {
    if (this.guests.length > 0) return 0;
    return Math.max(0, Math.ceil(this.#notBeforeMs - this.#deps.clock.monotonicMs()));
  }

  /** Starts the first process. @throws what kept it from starting. */
  async open(): Promise<void> {
    // Its start has a time limit of its own, longer than a request's patience: an interpreter on a busy machine takes long.
    await this.#wait(async () => {}, undefined);
  }

  /**
   * Runs `work` with a process as soon as one has a place; `work` takes the place before it first waits.
   * @throws DSDN_RUNTIME_BUSY, and what kept a process from starting
   */
  use<T>(work: (guest: GuestProcess) => Promise<T>): Promise<T> {
    return this.#wait(work, PATIENCE_MS);
  }

  #wait<T>(work: (guest: GuestProcess) => Promise<T>, patienceMs: number | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const { clock } = this.#deps;
      if (this.#queue.length >= this.#options.maxWaiting) return reject(this.#busy());
      let cancel = (): void => {};
      const waiter: Waiter = {
        go(guest) {
          cancel();
          work(guest).then(resolve, reject);
        },
        refuse(error) {
          cancel();
          reject(error);
        },
      };
      this.#queue.push(waiter);
      this.#dispatch();
      if (patienceMs === undefined || !this.#queue.includes(waiter)) return;
      cancel = clock.after(patienceMs, () => {
        const place = this.#queue.indexOf(waiter);
        if (place === -1) return;
        this.#queue.splice(place, 1);
        reject(this.#busy());
      });
    });
  }

  /** Lets what was begun end, at most for `drainMs`, then ends every process. Idempotent. */
  async close(drainMs: number): Promise<void> {
    if (!this.#isClosed && drainMs > 0 && !this.#isQuiet()) {
      await new Promise<void>((resolve) => {
        const cancel = this.#deps.clock.after(drainMs, resolve);
        this.#onQuiet = () => {
          cancel();
          resolve();
        };
      });
    }
    this.#isClosed = true;
    this.#cancelStart?.();
    this.#cancelIdle?.();
    await this.#starting;
    for (const waiter of this.#queue.splice(0)) waiter.refuse(this.#busy());
    await Promise.all([...this.#guests.keys()].map((guest) => guest.kill("stopped")));
  }

  #isQuiet(): boolean {
    return this.#queue.length === 0 && this.inFlight === 0;
  }

  #busy(): Error {
    return fail(runtimeErrors.busy, { waiting: this.#queue.length, retryAfterSeconds: RETRY_AFTER_SECONDS });
  }

  #dispatch(): void {
    this.#bury();
    for (;;) {
      const guest = this.#findPlace();
      const waiter = guest === undefined ? undefined : this.#queue.shift();
      if (guest === undefined || waiter === undefined) break;
      const facts = this.#guests.get(guest);
      if (facts !== undefined) facts.usedMs = this.#deps.clock.monotonicMs();
      waiter.go(guest);
    }
    if (this.#isQuiet()) this.#onQuiet();
    this.#grow();
    this.#watchIdle();
  }

  /** The process with the fewest requests, when it has a place. */
  #findPlace(): GuestProcess | undefined {
    let best: GuestProcess | undefined;
    for (const guest of this.#guests.keys()) {
      if (guest.inFlight < (best?.inFlight ?? this.#options.concurrency)) best = guest;
    }
    return best;
  }

  /** Forgets processes that died and sets when the next one may start. */
  #bury(): void {
    for (const [guest, { startedMs }] of this.#guests) {
      if (guest.isUsable) continue;
      this.#guests.delete(guest);
      if (!this.#isClosed) this.#delay(this.#deps.clock.monotonicMs() - startedMs);
    }
  }

  #delay(livedMs: number): void {
    this.#deaths = livedMs >= STABLE_MS ? 1 : this.#deaths + 1;
    const delayMs = this.#deaths === 1 ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#deaths - 2));
    this.#notBeforeMs = this.#deps.clock.monotonicMs() + delayMs;
    this.#deps.onDeath(delayMs);
  }

  /** Starts one more process when requests wait, or when every process is half full. */
  #grow(): void {
    const { instances, concurrency } = this.#options;
    if (this.#isClosed || this.#starting !== undefined || this.#guests.size >= instances) return;
    const isHalfFull = [...this.#guests.keys()].every((guest) => guest.inFlight * 2 > concurrency);
    if (this.#queue.length === 0 && (this.#guests.size === 0 || !isHalfFull)) return;
    const delayMs = this.#notBeforeMs - this.#deps.clock.monotonicMs();
    if (delayMs > 0) {
      this.#cancelStart ??= this.#deps.clock.after(delayMs, () => {
        this.#cancelStart = undefined;
        this.#dispatch();
      });
      return;
    }
    this.#starting = this.#start().finally(() => {
      this.#starting = undefined;
      this.#dispatch();
    });
  }

  async #start(): Promise<void> {
    const startedMs = this.#deps.clock.monotonicMs();
    try {
      const guest = await this.#deps.start(() => this.#dispatch());
      this.#starts++;
      this.#guests.set(guest, { startedMs, usedMs: startedMs });
      if (this.#isClosed) await guest.kill("stopped");
    } catch (error) {
      if (this.#starts > 0) this.#delay(0);
      // While another process serves, what waits can still be answered.
      if (this.#guests.size === 0) for (const waiter of this.#queue.splice(0)) waiter.refuse(error);
    }
  }

  #watchIdle(): void {
    if (this.#guests.size <= 1 || this.#isClosed) return;
    this.#cancelIdle ??= this.#deps.clock.after(IDLE_MS, () => {
      this.#cancelIdle = undefined;
      const nowMs = this.#deps.clock.monotonicMs();
      for (const [guest, { usedMs }] of this.#guests) {
        if (this.#guests.size <= 1 || guest.inFlight > 0 || nowMs - usedMs < IDLE_MS) continue;
        this.#guests.delete(guest);
        void guest.kill("idle");
      }
      this.#watchIdle();
    });
  }
}
