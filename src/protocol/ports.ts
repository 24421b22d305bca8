import type { SignedEvent } from "./events.ts";

/** What one height of the log holds for our namespace. */
export interface LogHeight {
  readonly height: number;
  /** Log time: the DA header's time. */
  readonly timeMs: number;
  /** The blobs' bytes in namespace order; hostile until opened. */
  readonly blobs: readonly Uint8Array[];
}

/**
 * The log as a reader sees it. Every height from `fromHeight` on is delivered once, in order, with none left out,
 * until the signal aborts. Safe to call again from any height.
 */
export interface LogSource {
  follow(options: { fromHeight: number; signal: AbortSignal }): AsyncIterable<LogHeight>;
}

/**
 * Takes signed events to the log. Resolves when they are durable with a poster (`accepted`), not when they are on the
 * log. Idempotent: the same event may be handed over any number of times, to any number of posters.
 * Events are posted in the order given.
 */
export interface EventSink {
  submit(events: readonly SignedEvent[]): Promise<void>;
}
