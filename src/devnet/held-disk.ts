import { baseErrors, type Disk, fail } from "../base/index.ts";

export interface HeldDisk {
  readonly disk: Disk;
  /** Refuses whatever comes from now on; resolves when nothing that came before touches the disk any more. */
  close(): Promise<void>;
}

/**
 * The disk of what is stopped while the process lives on: work that it left behind, such as a chunk that was just
 * arriving, must not write into a folder that somebody else has by then. Errors once closed: DSDN_BASE_FILE_FAILED.
 */
export function holdDisk(disk: Disk): HeldDisk {
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;
  const hold =
    <A extends readonly [string, ...unknown[]], R>(action: string, work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (isClosed) throw fail(baseErrors.fileFailed, { action, path: args[0], reason: "ESHUTDOWN" });
      const working = work(...args);
      underWay.add(working);
      try {
        return await working;
      } finally {
        underWay.delete(working);
      }
    };
  return {
    disk: {
      find: hold("read", (path) => disk.find(path)),
      findRange: hold("read", (path, offset, length) => disk.findRange(path, offset, length)),
      write: hold("write", (path, bytes, options) => disk.write(path, bytes, options)),
      append: hold("append to", (path, bytes, options) => disk.append(path, bytes, options)),
      truncate: hold("shorten", (path, sizeBytes) => disk.truncate(path, sizeBytes)),
      rename: hold("rename", (from, to) => disk.rename(from, to)),
      syncFolder: hold("sync", (path) => disk.syncFolder(path)),
      remove: hold("remove", (path) => disk.remove(path)),
      removeFolder: hold("remove", (path) => disk.removeFolder(path)),
      makeFolder: hold("make", (path) => disk.makeFolder(path)),
      list: hold("list", (path) => disk.list(path)),
      findSize: hold("read", (path) => disk.findSize(path)),
      freeBytes: hold("measure", (path) => disk.freeBytes(path)),
    },
    close: async () => {
      isClosed = true;
      await Promise.allSettled(underWay);
    },
  };
}
