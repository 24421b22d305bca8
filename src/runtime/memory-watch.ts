import type { Clock } from "../base/index.ts";
import type { FindResident } from "./resident-memory.ts";

export interface MemoryWatchOptions {
  readonly processId: number | undefined;
  readonly limitBytes: number;
  /** Looked at only while this says so. */
  readonly isBusy: () => boolean;
  /** Called once, when the process holds more than the limit. */
  readonly onOver: () => void;
}

const EVERY_MS = 500;

/**
 * Watches what a process really holds. Its engine's memory and heap have caps of their own; buffers beside them, which
 * the program may fill through the engine's file system or conversions, have none in Node. Where the system does not tell
 * what a process holds it sees nothing.
 *
 * @returns ends the watch; idempotent.
 */
export function watchMemory(
  options: MemoryWatchOptions,
  deps: { readonly clock: Clock; readonly findResident: FindResident },
): () => void {
  const { processId, limitBytes, isBusy, onOver } = options;
  let isOver = processId === undefined;
  let cancel = () => {};
  const wait = () => {
    cancel = deps.clock.after(EVERY_MS, () => void look());
  };
  const look = async (): Promise<void> => {
    const residentBytes = isBusy() && processId !== undefined ? await deps.findResident(processId) : 0;
    if (isOver) return;
    // What is not told this time, on a machine too busy to answer, may be told the next.
    if (residentBytes !== undefined && residentBytes > limitBytes) onOver();
    else wait();
  };
  if (!isOver) wait();
  return () => {
    isOver = true;
    cancel();
  };
}
