import { platformCipher } from "../../crypto/index.ts";
import type { ChunkSource } from "../../objects/index.ts";
import type { ChunkId } from "../../protocol/index.ts";
import type { Ingress } from "../ingress.ts";

/** A source that keeps the last chunks and fetches the next ones while one is being read. */
export interface FetchingSource extends ChunkSource {
  /** The chunks that will be asked for, in order. */
  expect(chunks: readonly ChunkId[]): void;
}

/** Chunks in memory at once: the one being read, and the next on its way. */
const KEPT = 1;
const AHEAD = 1;

/** Chunks from the network, each checked against its id. */
export function createChunkSource(deps: {
  readonly ingress: Ingress;
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes of a chunk are here; it begins anew when the chunk is asked for again. */
  readonly onReceived?: (chunk: ChunkId, receivedBytes: number) => void;
}): FetchingSource {
  const fetched = new Map<ChunkId, Promise<Uint8Array>>();
  let coming: readonly ChunkId[] = [];
  let at = 0;

  function start(chunk: ChunkId): Promise<Uint8Array> {
    const known = fetched.get(chunk);
    if (known !== undefined) return known;
    const { signal, onReceived } = deps;
    const run = deps.ingress.chunk(chunk, { signal, onReceived: onReceived && ((bytes) => onReceived(chunk, bytes)) });
    fetched.set(chunk, run);
    // Looked at when it is asked for; a failed fetch is tried anew then.
    run.catch(() => fetched.delete(chunk));
    return run;
  }

  function trim(current: ChunkId): void {
    const wanted = new Set([current, ...coming.slice(at, at + AHEAD)]);
    for (const chunk of fetched.keys()) {
      if (fetched.size <= KEPT + AHEAD) return;
      if (!wanted.has(chunk)) fetched.delete(chunk);
    }
  }

  return {
    ...(platformCipher === undefined ? {} : { cipher: platformCipher }),
    expect(chunks) {
      coming = chunks;
      at = 0;
    },
    async get(chunk) {
      const place = coming.indexOf(chunk, at);
      if (place >= 0) at = place + 1;
      const run = start(chunk);
      for (const next of coming.slice(at, at + AHEAD)) void start(next).catch(() => {});
      trim(chunk);
      return run;
    },
    getUnchecked: ({ chunk, offset, length }) => deps.ingress.chunkRange(chunk.id, { offset, length }, deps.signal),
  };
}
