import { createHttpClient, DsdnError, fail, type HttpClient, toHex } from "../base/index.ts";
import { type ChunkId, chunkIdOf, digestOf, type KeyId, MAX_CHUNK_SIZE_BYTES } from "../protocol/index.ts";
import { netErrors } from "./errors.ts";

/** A node that should hold a chunk. */
export interface ChunkHolder {
  readonly node: KeyId;
  readonly url: string;
}

/** Reads chunks from nodes. Every chunk is checked against its id; the next holder is tried on any fault. */
export interface ChunkFetcher {
  /**
   * @throws DSDN_NET_CHUNK_UNAVAILABLE when no holder gave the right bytes; its fact `isMissing` is true when every one
   * of them answered that it holds no such chunk.
   */
  fetch(chunk: ChunkId, holders: readonly ChunkHolder[], signal?: AbortSignal): Promise<Uint8Array>;
}

type ChunkFault = "unreachable" | "wrong bytes" | "missing";

const FAILED_FOR_MS = 2_000;
const NOT_FOUND = 404;

/** @param deps.onFault - told of every holder that failed, lied or lacked the chunk, for scores and metrics. */
export function createChunkFetcher(deps: {
  monotonicMs: () => number;
  onFault?: (fault: { node: KeyId; chunk: ChunkId; kind: ChunkFault }) => void;
}): ChunkFetcher {
  const clients = new Map<string, HttpClient>();
  const failedUntil = new Map<KeyId, number>();

  function clientOf(url: string): HttpClient {
    const known = clients.get(url);
    if (known !== undefined) return known;
    const client = createHttpClient({ name: "A node", url });
    clients.set(url, client);
    return client;
  }

  /** Holders that failed a moment ago are asked last. */
  function ordered(holders: readonly ChunkHolder[]): readonly ChunkHolder[] {
    const now = deps.monotonicMs();
    const isDown = (holder: ChunkHolder) => (failedUntil.get(holder.node) ?? 0) > now;
    return [...holders.filter((holder) => !isDown(holder)), ...holders.filter(isDown)];
  }

  return {
    fetch: async (chunk, holders, signal) => {
      const path = `/storage/chunk/${toHex(digestOf(chunk))}`;
      let missing = 0;
      for (const holder of ordered(holders)) {
        signal?.throwIfAborted();
        let kind: ChunkFault = "unreachable";
        try {
          const call = { maxBytes: MAX_CHUNK_SIZE_BYTES, timeoutMs: 20_000 };
          const answer = await clientOf(holder.url).send(path, signal === undefined ? call : { ...call, signal });
          if (chunkIdOf(answer.body) === chunk) {
            failedUntil.delete(holder.node);
            return answer.body;
          }
          kind = "wrong bytes";
        } catch (error) {
          signal?.throwIfAborted();
          if (error instanceof DsdnError && error.spec.httpStatus === NOT_FOUND) kind = "missing";
        }
        // A node that lacks one chunk is a good source of others.
        if (kind === "missing") missing++;
        else failedUntil.set(holder.node, deps.monotonicMs() + FAILED_FOR_MS);
        deps.onFault?.({ node: holder.node, chunk, kind });
      }
      const isMissing = missing > 0 && missing === holders.length;
      throw fail(netErrors.chunkUnavailable, { chunk, tried: holders.length, isMissing });
    },
  };
}
