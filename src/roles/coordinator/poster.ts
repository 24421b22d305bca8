import { type Clock, type Lifecycle, type Logger, toDsdnError } from "../../base/index.ts";
import { type Ed25519Signer, sha256 } from "../../crypto/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import { BLOB_OVERHEAD_BYTES, encodeBlob, limits, type NetworkId, type SignedEvent } from "../../protocol/index.ts";
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

export function createPoster(options: PosterOptions, deps: PosterDeps): Poster {
  let previous: Uint8Array | null = null;
  let underWay = 0;
  let isRunning = false;
  let cancelTimer = () => {};
  let timerAtMs = Number.POSITIVE_INFINITY;
  let backoffMs = 0;
  const abort = new AbortController();

  function plan(delayMs: number): void {
    if (!isRunning) return;
    const atMs = deps.clock.monotonicMs() + delayMs;
    if (atMs >= timerAtMs) return;
    cancelTimer();
    timerAtMs = atMs;
    cancelTimer = deps.clock.after(delayMs, () => {
      timerAtMs = Number.POSITIVE_INFINITY;
      postDue();
    });
  }

  function due(): Waiting[] {
    const now = deps.clock.monotonicMs();
    const leads = options.isLeaderAfter(deps.height());
    const batch: Waiting[] = [];
    let sizeBytes = BLOB_OVERHEAD_BYTES;
    for (const entry of deps.mempool.list()) {
      if (entry.postedAtMs > 0 && now - entry.postedAtMs < options.repostMs) continue;
      if (!leads && !hasWaitedLong(entry, now)) continue;
      if (batch.length >= limits.eventsPerBlob || sizeBytes + entry.sizeBytes > limits.blobBytes) break;
      sizeBytes += entry.sizeBytes;
      batch.push(entry);
    }
    return batch;
  }

  const firstSeen = new WeakMap<Waiting, number>();
  function hasWaitedLong(entry: Waiting, now: number): boolean {
    const since = firstSeen.get(entry) ?? now;
    firstSeen.set(entry, since);
    return now - since >= options.standInMs;
  }

  function postDue(): void {
    if (!isRunning) return;
    if (underWay < MAX_UNDER_WAY) {
      const batch = due();
      if (batch.length > 0) void post(batch);
    }
    if (deps.mempool.size > 0) plan(backoffMs > 0 ? backoffMs : TICK_MS);
  }

  async function post(batch: readonly Waiting[]): Promise<void> {
    const startedMs = deps.clock.monotonicMs();
    for (const entry of batch) entry.postedAtMs = startedMs;
    const events: SignedEvent[] = batch.map((entry) => entry.signed);
    const blob = encodeBlob(options.key, { network: options.network, previous, events });
    previous = sha256(blob);
    underWay++;
    try {
      const { height } = await deps.da.submit([blob], abort.signal);
      backoffMs = 0;
      const latencyMs = deps.clock.monotonicMs() - startedMs;
      deps.onPosted?.({ height, events: batch.length, bytes: blob.length, latencyMs });
      deps.log.debug("blob posted", { height, events: batch.length, bytes: blob.length });
    } catch (error) {
      for (const entry of batch) entry.postedAtMs = 0;
      backoffMs = Math.min(Math.max(backoffMs * 2, 250), 5_000);
      if (isRunning) deps.log.warn("blob not posted", { code: toDsdnError(error).code, events: batch.length });
    }
    underWay--;
    plan(Math.max(backoffMs, options.batchMs));
  }

  return {
    wake: () => plan(Math.max(options.batchMs, backoffMs)),
    start: async () => {
      isRunning = true;
      plan(0);
    },
    stop: async () => {
      isRunning = false;
      cancelTimer();
      abort.abort();
    },
  };
}
