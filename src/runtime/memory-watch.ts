import type { Clock, Disk } from "../base/index.ts";

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
 * the program may fill through the engine's file system or conversions, have none in Node. Works where the system
 * tells (`/proc`, proc(5)); elsewhere it sees nothing.
 *
 * @returns ends the watch; idempotent.
 */
export function watchMemory(
  options: MemoryWatchOptions,
  deps: { readonly clock: Clock; readonly disk: Disk },
): () => void {
  const { processId, limitBytes, isBusy, onOver } = options;
  let isOver = processId === undefined;
  let cancel = () => {};
  const look = async (): Promise<void> => {
    const residentBytes = isBusy() ? await findResident(processId, deps.disk) : 0;
    if (isOver || residentBytes === undefined) return;
    if (residentBytes > limitBytes) onOver();
    else cancel = deps.clock.after(EVERY_MS, () => void look());
  };
  if (!isOver) cancel = deps.clock.after(EVERY_MS, () => void look());
  return () => {
    isOver = true;
    cancel();
  };
}

/** Undefined when the process is gone or the system does not tell. */
async function findResident(processId: number | undefined, disk: Disk): Promise<number | undefined> {
  const status = await disk.find(`/proc/${processId}/status`).catch(() => undefined);
  const found = status === undefined ? null : /^VmRSS:\s+(\d+) kB$/m.exec(new TextDecoder().decode(status));
  return found === null ? undefined : Number(found[1]) * 1024;
}
