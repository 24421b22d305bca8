import { type Clock, type Lifecycle, type Logger, toDsdnError } from "../../base/index.ts";
import { type ChunkStore, scrub } from "../../storage/index.ts";

export interface ScrubberOptions {
  /** From the end of a round to the next; six hours unless said. The first round comes sooner. */
  readonly everyMs?: number | undefined;
}

export interface ScrubberDeps {
  /** Reports the damage it finds by itself. */
  readonly store: ChunkStore;
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 6 * 3_600_000;
/** A node that comes back has better things to do first. */
const FIRST_MS = 10 * 60_000;
const BYTES_PER_SECOND = 20_000_000;

/** Reads back everything the node holds, slowly and again and again, so that damage is found before it is asked for. */
export class Scrubber implements Lifecycle {
  readonly #everyMs: number;
  readonly #deps: ScrubberDeps;
  #stop: AbortController | undefined;
  #round: Promise<void> = Promise.resolve();
  #cancel = () => {};
  /** Chunks that were read and found whole since the start. */
  scrubbed = 0;

  constructor(options: ScrubberOptions, deps: ScrubberDeps) {
    this.#everyMs = options.everyMs ?? EVERY_MS;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    if (this.#stop !== undefined) return;
    this.#stop = new AbortController();
    this.#plan(Math.min(FIRST_MS, this.#everyMs), this.#stop.signal);
  }

  /** Resolves when no more chunk is being read. */
  async stop(): Promise<void> {
    this.#stop?.abort();
    this.#stop = undefined;
    this.#cancel();
    await this.#round;
  }

  #plan(waitMs: number, signal: AbortSignal): void {
    // The clock's `after` keeps no process alive, unlike its `sleep`.
    this.#cancel = this.#deps.clock.after(waitMs, () => {
      this.#round = this.#scrub(signal);
    });
  }

  async #scrub(signal: AbortSignal): Promise<void> {
    const { store, clock, log } = this.#deps;
    const onWhole = () => {
      this.scrubbed++;
    };
    try {
      const { whole, gone } = await scrub(store, { bytesPerSecond: BYTES_PER_SECOND, signal, onWhole }, { clock });
      if (!signal.aborted) log.info("chunks scrubbed", { whole, gone });
    } catch (error) {
      if (!signal.aborted) log.warn("scrub failed", { code: toDsdnError(error).code });
    }
    if (!signal.aborted) this.#plan(this.#everyMs, signal);
  }
}
