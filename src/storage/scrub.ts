import type { Clock } from "../base/index.ts";
import type { ChunkId } from "../protocol/index.ts";
import type { ChunkStore } from "./chunk-store.ts";

export interface ScrubResult {
  /** Chunks that were read and are whole. */
  readonly whole: number;
  /** Chunks that were listed and then not there: found damaged, or removed meanwhile. */
  readonly gone: number;
}

/**
 * Reads every chunk once, no faster than `bytesPerSecond`, so that damage is found before it is asked for; the store
 * reports and sets aside what fails. `onWhole` is told of each chunk that is whole. Ends early, with what was counted, when the signal aborts.
 */
export async function scrub(
  store: ChunkStore,
  options: { bytesPerSecond: number; signal?: AbortSignal; onWhole?: (chunk: ChunkId) => void },
  deps: { clock: Clock },
): Promise<ScrubResult> {
  let whole = 0;
  let gone = 0;
  for await (const chunk of store.list()) {
    if (options.signal?.aborted) break;
    const bytes = await store.find(chunk);
    if (bytes === undefined) {
      gone += 1;
      continue;
    }
    whole += 1;
    options.onWhole?.(chunk);
    const pauseMs = (bytes.length / options.bytesPerSecond) * 1000;
    try {
      await deps.clock.sleep(pauseMs, options.signal);
    } catch {
      break;
    }
  }
  return { whole, gone };
}
