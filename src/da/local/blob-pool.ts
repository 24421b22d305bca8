import { type Clock, fail } from "../../base/index.ts";
import { subtreeWidth } from "../celestia/commitment.ts";
import { type BlobContent, countShares } from "../celestia/share.ts";
import { MAX_SQUARE_WIDTH } from "../celestia/square.ts";
import { daErrors } from "../errors.ts";
import type { LocalBlock } from "./block.ts";

/** How long the first blob waits for company before a block is made. */
const BATCH_MS = 5;

interface Waiting {
  readonly blobs: readonly BlobContent[];
  readonly dueMs: number;
  readonly resolve: (height: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Blobs that wait for their block, in the order they came. */
export interface BlobPool {
  /** The height that holds all the blobs, once it is durable. */
  add(blobs: readonly BlobContent[]): Promise<number>;
  setDelay(delayMs: number): void;
  /** Refuses what waits with DSDN_DA_STOPPED. */
  clear(): void;
}

export function createBlobPool(
  options: { delayMs: number },
  deps: { clock: Clock; make: (blobs: readonly BlobContent[]) => Promise<LocalBlock> },
): BlobPool {
  const { clock } = deps;
  let delayMs = options.delayMs;
  let waiting: Waiting[] = [];
  let cancel: (() => void) | undefined;
  let isMaking = false;

  async function drain(): Promise<void> {
    cancel = undefined;
    isMaking = true;
    const nowMs = clock.monotonicMs();
    const ready = takeFitting(waiting.filter((entry) => entry.dueMs <= nowMs));
    waiting = waiting.filter((entry) => !ready.includes(entry));
    try {
      const block = ready.length === 0 ? undefined : await deps.make(ready.flatMap((entry) => entry.blobs));
      for (const entry of ready) entry.resolve(block?.header.height ?? 0);
    } catch (error) {
      for (const entry of ready) entry.reject(error);
    }
    isMaking = false;
    schedule();
  }

  function schedule(): void {
    if (waiting.length === 0 || isMaking) return;
    cancel?.();
    const dueMs = Math.min(...waiting.map((entry) => entry.dueMs));
    cancel = clock.after(Math.max(0, Math.ceil(dueMs - clock.monotonicMs())), () => void drain());
  }

  return {
    add: (blobs) =>
      new Promise((resolve, reject) => {
        waiting.push({ blobs, dueMs: clock.monotonicMs() + Math.max(BATCH_MS, delayMs), resolve, reject });
        if (cancel === undefined) schedule();
      }),
    setDelay: (value) => {
      delayMs = Math.max(0, value);
    },
    clear: () => {
      cancel?.();
      cancel = undefined;
      for (const entry of waiting) entry.reject(fail(daErrors.stopped, {}));
      waiting = [];
    },
  };
}

/** As many entries from the front as surely fit one square; at least the first. */
function takeFitting(entries: readonly Waiting[]): Waiting[] {
  let shares = 0;
  const taken: Waiting[] = [];
  for (const entry of entries) {
    shares += roomFor(entry.blobs);
    if (taken.length > 0 && shares > MAX_SQUARE_WIDTH ** 2) break;
    taken.push(entry);
  }
  return taken;
}

/** The most shares the blobs can take up in a square, padding for alignment included. */
export function roomFor(blobs: readonly BlobContent[]): number {
  return blobs.reduce((sum, blob) => {
    const count = countShares(blob.data.length, blob.shareVersion);
    return sum + count + subtreeWidth(count) - 1;
  }, 0);
}
