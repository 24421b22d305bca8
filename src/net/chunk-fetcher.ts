import { type Clock, createHttpClient, DsdnError, fail, type HttpClient, toHex } from "../base/index.ts";
import { type ChunkId, chunkIdOf, digestOf, type KeyId, MAX_CHUNK_SIZE_BYTES } from "../protocol/index.ts";
import { netErrors } from "./errors.ts";

/** A node that should hold a chunk. */
export interface ChunkHolder {
  readonly node: KeyId;
  readonly url: string;
}

/**
 * Reads chunks from nodes. Every chunk is checked against its id; the next holder is tried on any fault, and beside the
 * first one when that takes long: a node that hangs or crawls costs a moment, not the whole of its time limit.
 */
export interface ChunkFetcher {
  /**
   * @throws DSDN_NET_CHUNK_UNAVAILABLE when no holder gave the right bytes; its fact `isMissing` is true when every one
   * of them answered that it holds no such chunk.
   */
  fetch(chunk: ChunkId, holders: readonly ChunkHolder[], signal?: AbortSignal): Promise<Uint8Array>;
}

type ChunkFault = "unreachable" | "wrong bytes" | "missing" | "slow";

const FAILED_FIRST_MS = 2_000;
const FAILED_MOST_MS = 60_000;
const TIMEOUT_MS = 20_000;
/** After this long without the chunk the next holder is asked too. */
const HEDGE_MS = 1_000;
const NOT_FOUND = 404;

interface ChunkFetcherDeps {
  readonly clock: Clock;
  /** Told of every holder that failed, lied, lacked the chunk or was outrun, for scores and metrics. */
  readonly onFault?: (fault: { node: KeyId; chunk: ChunkId; kind: ChunkFault }) => void;
}

/** A fetcher that remembers for a while, and longer each time, which nodes to ask last. */
export function createChunkFetcher(deps: ChunkFetcherDeps): ChunkFetcher {
  return new HedgingFetcher(deps);
}

class HedgingFetcher implements ChunkFetcher {
  readonly #deps: ChunkFetcherDeps;
  readonly #clients = new Map<string, HttpClient>();
  readonly #avoided = new Map<KeyId, { readonly untilMs: number; readonly forMs: number }>();

  constructor(deps: ChunkFetcherDeps) {
    this.#deps = deps;
  }

  async fetch(chunk: ChunkId, holders: readonly ChunkHolder[], signal?: AbortSignal): Promise<Uint8Array> {
    const { clock } = this.#deps;
    const waiting = this.#ordered(holders);
    const done = new AbortController();
    const left = signal === undefined ? done.signal : AbortSignal.any([done.signal, signal]);
    const running = new Map<ChunkHolder, { readonly sinceMs: number; readonly ended: Promise<void> }>();
    let found: Uint8Array | undefined;
    let missing = 0;
    const ask = async (holder: ChunkHolder): Promise<void> => {
      const outcome = await this.#ask(holder, chunk, left);
      if (outcome instanceof Uint8Array) found ??= outcome;
      else if (outcome === "missing") missing++;
      running.delete(holder);
    };
    try {
      while (found === undefined && (waiting.length > 0 || running.size > 0)) {
        signal?.throwIfAborted();
        const next = waiting.shift();
        if (next !== undefined) running.set(next, { sinceMs: clock.monotonicMs(), ended: ask(next) });
        // Where everybody is slow, asking all of them would make it slower: each further one is asked later.
        const hedgeMs = HEDGE_MS * 4 ** (running.size - 1);
        const hedge = waiting.length === 0 ? [] : [clock.sleep(hedgeMs, left).catch(() => undefined)];
        await Promise.race([...[...running.values()].map(({ ended }) => ended), ...hedge]);
      }
    } finally {
      const outrunMs = found === undefined ? Number.NEGATIVE_INFINITY : clock.monotonicMs() - HEDGE_MS;
      for (const [holder, { sinceMs }] of running) if (sinceMs <= outrunMs) this.#avoid(holder, chunk, "slow");
      done.abort();
    }
    signal?.throwIfAborted();
    if (found !== undefined) return found;
    const isMissing = missing > 0 && missing === holders.length;
    throw fail(netErrors.chunkUnavailable, { chunk, tried: holders.length, isMissing });
  }

  async #ask(holder: ChunkHolder, chunk: ChunkId, signal: AbortSignal): Promise<Uint8Array | ChunkFault> {
    const path = `/storage/chunk/${toHex(digestOf(chunk))}`;
    try {
      const call = { maxBytes: MAX_CHUNK_SIZE_BYTES, timeoutMs: TIMEOUT_MS, signal };
      const { body } = await this.#clientOf(holder.url).send(path, call);
      if (chunkIdOf(body) !== chunk) return this.#avoid(holder, chunk, "wrong bytes");
      if (!signal.aborted) this.#avoided.delete(holder.node);
      return body;
    } catch (error) {
      if (signal.aborted) return "slow";
      const isMissing = error instanceof DsdnError && error.spec.httpStatus === NOT_FOUND;
      return this.#avoid(holder, chunk, isMissing ? "missing" : "unreachable");
    }
  }

  /** A node that lacks one chunk is a good source of others; what failed or crawled is asked last for a while. */
  #avoid({ node }: ChunkHolder, chunk: ChunkId, kind: ChunkFault): ChunkFault {
    const { clock, onFault } = this.#deps;
    if (kind !== "missing") {
      const forMs = Math.min((this.#avoided.get(node)?.forMs ?? FAILED_FIRST_MS / 2) * 2, FAILED_MOST_MS);
      this.#avoided.set(node, { untilMs: clock.monotonicMs() + forMs, forMs });
    }
    onFault?.({ node, chunk, kind });
    return kind;
  }

  #clientOf(url: string): HttpClient {
    const client = this.#clients.get(url) ?? createHttpClient({ name: "A node", url });
    this.#clients.set(url, client);
    return client;
  }

  #ordered(holders: readonly ChunkHolder[]): ChunkHolder[] {
    const now = this.#deps.clock.monotonicMs();
    const isAvoided = ({ node }: ChunkHolder) => (this.#avoided.get(node)?.untilMs ?? 0) > now;
    return [...holders.filter((holder) => !isAvoided(holder)), ...holders.filter(isAvoided)];
  }
}
