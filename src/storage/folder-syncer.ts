import type { Disk } from "../base/index.ts";

/**
 * Fsyncs folders in groups: everyone who asks while an fsync of the folder runs is served by one more.
 * An fsync that began before the question is never the answer to it.
 */
export interface FolderSyncer {
  sync(folder: string): Promise<void>;
}

export function createFolderSyncer(disk: Disk): FolderSyncer {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();

  function start(folder: string): Promise<void> {
    const run = disk.syncFolder(folder).finally(() => {
      if (running.get(folder) === run) running.delete(folder);
    });
    running.set(folder, run);
    return run;
  }

  return {
    sync(folder) {
      const current = running.get(folder);
      if (current === undefined) return start(folder);
      const next = waiting.get(folder);
      if (next !== undefined) return next;
      const queued = current
        .catch(() => {})
        .then(() => {
          waiting.delete(folder);
          return start(folder);
        });
      waiting.set(folder, queued);
      return queued;
    },
  };
}
