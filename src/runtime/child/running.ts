import type { GuestFailure } from "./frames.ts";
import type { GuestOutcome, Invocation } from "./guest.ts";

/** One invocation that a guest works on: what it may still be waiting for, and how it ended. */
export class Running {
  readonly invocation: Invocation;
  /** Due moments by the guest's timer number. */
  readonly timers = new Map<number, number>();
  /** Questions to the parent that are open. */
  readonly asks = new Set<number>();
  readonly outcome: Promise<GuestOutcome>;
  /** Moves on by the time other invocations took from this one, up to `latestMs`. */
  deadlineMs: number;
  readonly latestMs: number;
  /** Promises given to `waitUntil` that have not settled. */
  holds = 0;
  asked = 0;
  ended: GuestOutcome | undefined;
  isOver = false;
  /** Looked at after each turn: goes on with what a settled promise allows. */
  progress: (() => void) | undefined;
  #deliver: (outcome: GuestOutcome) => void = () => {};
  #endBackground: () => void = () => {};
  #isDelivered = false;

  constructor(invocation: Invocation, timeMs: number) {
    this.invocation = invocation;
    const nowMs = performance.now();
    this.deadlineMs = nowMs + timeMs;
    this.latestMs = nowMs + 2 * timeMs;
    this.outcome = new Promise((resolve) => {
      this.#deliver = resolve;
    });
  }

  get isWaiting(): boolean {
    return this.timers.size > 0 || this.asks.size > 0;
  }

  /** The first end counts. */
  end(outcome: GuestOutcome): void {
    this.ended ??= outcome;
  }

  /** Gives the outcome away once it is known, with a background while promises are held. */
  deliver(): void {
    if (this.ended === undefined || this.#isDelivered) return;
    this.#isDelivered = true;
    if (this.ended.type !== "response" || this.holds === 0) {
      this.#deliver(this.ended);
      return;
    }
    const background = new Promise<void>((resolve) => {
      this.#endBackground = resolve;
    });
    this.#deliver({ ...this.ended, background });
  }

  /** Nothing more is done for it. */
  close(): void {
    this.isOver = true;
    this.timers.clear();
    this.asks.clear();
    this.#endBackground();
  }
}

export function failed(reason: GuestFailure["reason"], message: string, isFatal: boolean): GuestOutcome {
  return { type: "failed", failure: { reason, message, isFatal } };
}
