import type { GuestOutcome, Invocation } from "./guest.ts";
import { failed, Running } from "./running.ts";

/** What the engine does when the scheduler says so. Each may run code of the program. */
export interface TurnHooks {
  /** Runs the jobs that are ready; stops when `isStopped` says so. */
  pump(): void;
  fire(timer: number): void;
  /** Drops what the program's side keeps for timers and questions that will not come any more. */
  forget(timers: readonly number[], asks: readonly number[]): void;
}

/** Cleaning up after an invocation runs code of the surface; a program that replaced what it uses gets this long. */
const FORGET_MS = 100;
export const TIMERS_PER_INVOCATION = 1000;
export const ASKS_PER_INVOCATION = 64;

/**
 * Lets several invocations share one engine. The engine runs one turn at a time: the start of an invocation, a timer
 * of it, or an answer it waited for, each with all jobs that follow. Whatever the code does in a turn counts for that
 * invocation: its lines, its timers, its questions and its time.
 */
export class GuestTurns {
  readonly #timeMs: number;
  readonly #hooks: TurnHooks;
  readonly #running = new Set<Running>();
  #current: Running | undefined;
  #isSpent = false;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #wake: ReturnType<typeof setTimeout> | undefined;

  constructor(timeMs: number, hooks: TurnHooks) {
    this.#timeMs = timeMs;
    this.#hooks = hooks;
  }

  /** True when code was cut off: what it left behind may be half written. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Whose turn it is. */
  get current(): Running | undefined {
    return this.#current;
  }

  /** True when the running turn must not go on. Asked by the engine every few thousand steps. */
  isStopped(): boolean {
    if (this.#current !== undefined && performance.now() > this.#current.deadlineMs) this.#isSpent = true;
    return this.#isSpent;
  }

  find(id: number): Running | undefined {
    for (const each of this.#running) if (each.invocation.id === id) return each;
    return undefined;
  }

  stopTimer(timer: number): void {
    for (const each of this.#running) each.timers.delete(timer);
  }

  /** Counts the promises of `waitUntil` that keep an invocation open after its answer. */
  hold(id: number, change: 1 | -1): void {
    const running = this.find(id);
    if (running !== undefined) running.holds = Math.max(0, running.holds + change);
  }

  /** Begins an invocation with a first turn. */
  start(invocation: Invocation, work: (running: Running) => void): Promise<GuestOutcome> {
    const running = new Running(invocation, this.#timeMs);
    this.#running.add(running);
    this.turn(running, () => work(running));
    return running.outcome;
  }

  turn(running: Running, work: () => void): void {
    if (running.isOver || this.#isSpent) return;
    const startMs = performance.now();
    this.#current = running;
    try {
      work();
      this.#hooks.pump();
      running.progress?.();
      this.#hooks.pump();
    } catch (error) {
      // A trap of the engine itself (V8 stack, abort): the context cannot be trusted any more.
      running.end(failed("crashed", error instanceof Error ? error.message : "engine trap", true));
      this.#isSpent = true;
    }
    this.#current = undefined;
    this.#after(running, performance.now() - startMs);
  }

  /** Ends the running turn and its engine. */
  stop(outcome: GuestOutcome): void {
    this.#current?.end(outcome);
    this.#isSpent = true;
  }

  #after(running: Running, tookMs: number): void {
    for (const other of this.#running) {
      if (other !== running) other.deadlineMs = Math.min(other.latestMs, other.deadlineMs + tookMs);
    }
    if (this.#isSpent) running.end(failed("time", "time limit", true));
    if (running.ended?.type === "failed" && running.ended.failure.isFatal) this.#isSpent = true;
    for (const each of this.#running) {
      if (each.ended !== undefined) each.deliver();
    }
    if (this.#isSpent) {
      for (const each of this.#running) each.close();
      this.#running.clear();
      clearTimeout(this.#wake);
      return;
    }
    this.#sweep();
    this.#schedule();
  }

  #sweep(): void {
    for (const each of this.#running) if (each.ended !== undefined && each.holds === 0) this.#finish(each);
    // Promises may be shared between invocations: nobody is stuck while another one waits for something real.
    if ([...this.#running].some((each) => each.isWaiting)) return;
    for (const each of this.#running) {
      each.end(failed("pending", "it waits for something that never comes", false));
      this.#finish(each);
    }
  }

  #finish(running: Running): void {
    this.#running.delete(running);
    const [timers, asks] = [[...running.timers.keys()], [...running.asks]];
    running.deliver();
    running.close();
    if (timers.length + asks.length === 0) return;
    running.deadlineMs = performance.now() + FORGET_MS;
    this.#current = running;
    this.#hooks.forget(timers, asks);
    this.#current = undefined;
  }

  #schedule(): void {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const each of this.#running) {
      nextMs = Math.min(nextMs, each.deadlineMs, ...each.timers.values());
    }
    if (nextMs >= this.#wakeAtMs) return;
    clearTimeout(this.#wake);
    this.#wakeAtMs = nextMs;
    this.#wake = setTimeout(() => this.#awake(), Math.max(0, Math.ceil(nextMs - performance.now())));
  }

  #awake(): void {
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
    const nowMs = performance.now();
    for (const each of [...this.#running]) if (nowMs > each.deadlineMs) this.#expire(each);
    const due = [...this.#running].flatMap((each) =>
      [...each.timers].filter(([, dueMs]) => dueMs <= nowMs).map(([id, dueMs]) => ({ each, id, dueMs })),
    );
    due.sort((left, right) => left.dueMs - right.dueMs || left.id - right.id);
    for (const { each, id } of due) {
      if (!each.timers.delete(id)) continue;
      this.turn(each, () => this.#hooks.fire(id));
    }
    if (this.#isSpent) return;
    this.#sweep();
    this.#schedule();
  }

  /** Its time is over while it waits. No code is cut off by that, so the others go on. */
  #expire(running: Running): void {
    if (running.ended !== undefined) {
      running.invocation.log("warn", `work after the answer was ended after ${this.#timeMs} ms`);
    }
    running.end(failed("time", "time limit", false));
    this.#finish(running);
  }
}
