import { type Clock, type Lifecycle, type Logger, toDsdnError } from "../../base/index.ts";
import { type Ed25519Signer, sha256 } from "../../crypto/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import {
  BLOB_OVERHEAD_BYTES,
  encodeBlob,
  type KeyId,
  limits,
  type NetworkId,
  type SignedEvent,
} from "../../protocol/index.ts";
import type { Mempool, Waiting } from "./mempool.ts";

export interface PosterOptions {
  readonly key: Ed25519Signer;
  readonly network: NetworkId;
  /** Waits this long after the first event so that a batch can fill. */
  readonly batchMs: number;
  /** A posted event not read back after this long is posted again; duplicates are harmless. */
  readonly repostMs: number;
  /** True when this coordinator leads at the height after `head`. */
  readonly isLeaderAfter: (height: number) => boolean;
  /** A coordinator that does not lead posts only what waited this long: the leader is down or slow. */
  readonly standInMs: number;
}

export interface PosterDeps {
  readonly mempool: Mempool;
  readonly da: Pick<DataAvailability, "submit">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly height: () => number;
  readonly onPosted?: (facts: { height: number; events: number; bytes: number; latencyMs: number }) => void;
}

/** Takes waiting events to the log. Several blobs may be under way at once; an author's events stay in order. */
export interface Poster extends Lifecycle {
  /** Says that something is waiting. */
  wake(): void;
}

const MAX_UNDER_WAY = 8;
const TICK_MS = 1_000;
const OVERTAKEN_MS = 250;
const BACKOFF_FIRST_MS = 250;
const BACKOFF_MOST_MS = 5_000;

export function createPoster(options: PosterOptions, deps: PosterDeps): Poster {
  return new RunningPoster(options, deps);
}

class RunningPoster implements Poster {
  readonly #options: PosterOptions;
  readonly #deps: PosterDeps;
  readonly #firstSeen = new WeakMap<Waiting, number>();
  #previous: Uint8Array | null = null;
  #underWay = 0;
  #abort: AbortController | undefined;
  #cancelTimer = () => {};
  #timerAtMs = Number.POSITIVE_INFINITY;
  #backoffMs = 0;

  constructor(options: PosterOptions, deps: PosterDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#abort ??= new AbortController();
    this.#plan(0);
  }

  async stop(): Promise<void> {
    this.#cancelTimer();
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    this.#abort?.abort();
    this.#abort = undefined;
  }

  wake(): void {
    this.#plan(Math.max(this.#options.batchMs, this.#backoffMs));
  }

  #plan(delayMs: number): void {
    if (this.#abort === undefined) return;
    const atMs = this.#deps.clock.monotonicMs() + delayMs;
    if (atMs >= this.#timerAtMs) return;
    this.#cancelTimer();
    this.#timerAtMs = atMs;
    this.#cancelTimer = this.#deps.clock.after(delayMs, () => {
      this.#timerAtMs = Number.POSITIVE_INFINITY;
      this.#postDue();
    });
  }

  #due(): Waiting[] {
    const { mempool } = this.#deps;
    const now = this.#deps.clock.monotonicMs();
    const leads = this.#options.isLeaderAfter(this.#deps.height());
    const batch: Waiting[] = [];
    const wholeUntil = new Map<KeyId, number>();
    let sizeBytes = BLOB_OVERHEAD_BYTES;
    for (const entry of mempool.list()) {
      const { author, sequence } = entry.head;
      const until = wholeUntil.get(author) ?? mempool.nextSequenceOf(author);
      wholeUntil.set(author, until);
      // An earlier event of this author is missing: the log would ignore this one.
      if (sequence >= until || this.#isUnderWay(entry, now)) continue;
      if (!leads && !this.#hasWaitedLong(entry, now)) continue;
      if (batch.length >= limits.eventsPerBlob || sizeBytes + entry.sizeBytes > limits.blobBytes) break;
      sizeBytes += entry.sizeBytes;
      batch.push(entry);
    }
    return batch;
  }

  /**
   * An event that the log holds and that yet waits was overtaken by a later one of its author and ignored: it goes
   * again soon, and more and more rarely when that does not help.
   */
  #isUnderWay({ postedAtMs, postedHeight, posts }: Waiting, now: number): boolean {
    if (postedAtMs === undefined) return false;
    const { repostMs } = this.#options;
    const isIgnored = postedHeight !== undefined && this.#deps.height() >= postedHeight;
    const waitMs = isIgnored ? Math.min(OVERTAKEN_MS * 2 ** Math.min(posts, 20), repostMs) : repostMs;
    return now - postedAtMs < waitMs;
  }

  #hasWaitedLong(entry: Waiting, now: number): boolean {
    const since = this.#firstSeen.get(entry) ?? now;
    this.#firstSeen.set(entry, since);
    return now - since >= this.#options.standInMs;
  }

  #postDue(): void {
    if (this.#abort === undefined) return;
    if (this.#underWay < MAX_UNDER_WAY) {
      const batch = this.#due();
      if (batch.length > 0) void this.#post(batch, this.#abort.signal);
    }
    if (this.#deps.mempool.size > 0) this.#plan(this.#backoffMs > 0 ? this.#backoffMs : TICK_MS);
  }

  async #post(batch: readonly Waiting[], signal: AbortSignal): Promise<void> {
    const { da, clock, log, onPosted } = this.#deps;
    const startedMs = clock.monotonicMs();
    for (const entry of batch) {
      entry.postedAtMs = startedMs;
      entry.postedHeight = undefined;
    }
    const events: SignedEvent[] = batch.map((entry) => entry.signed);
    this.#underWay++;
    try {
      const blob = encodeBlob(this.#options.key, { network: this.#options.network, previous: this.#previous, events });
      this.#previous = sha256(blob);
      const { height } = await da.submit([blob], signal);
      this.#backoffMs = 0;
      for (const entry of batch) {
        entry.postedHeight = height;
        entry.posts++;
      }
      onPosted?.({ height, events: batch.length, bytes: blob.length, latencyMs: clock.monotonicMs() - startedMs });
      log.debug("blob posted", { height, events: batch.length, bytes: blob.length });
    } catch (error) {
      for (const entry of batch) entry.postedAtMs = undefined;
      this.#backoffMs = Math.min(Math.max(this.#backoffMs * 2, BACKOFF_FIRST_MS), BACKOFF_MOST_MS);
      if (!signal.aborted) log.warn("blob not posted", { code: toDsdnError(error).code, events: batch.length });
    }
    this.#underWay--;
    this.#plan(Math.max(this.#backoffMs, this.#options.batchMs));
  }
}
