import type { Disk } from "../base/index.ts";

/** A disk of this page alone: what it holds is gone with the page, and nothing of it ever leaves the memory. */
export function createMemoryDisk(): Disk {
  const files = new Map<string, Uint8Array>();
  const nothing = async () => {};
  return {
    find: async (path) => files.get(path),
    findRange: async (path, offset, length) => files.get(path)?.subarray(offset, offset + length),
    write: async (path, bytes) => void files.set(path, bytes.slice()),
    append: async (path, bytes) => {
      const before = files.get(path) ?? new Uint8Array(0);
      const after = new Uint8Array(before.length + bytes.length);
      after.set(before);
      after.set(bytes, before.length);
      files.set(path, after);
    },
    truncate: async (path, sizeBytes) =>
      void files.set(path, (files.get(path) ?? new Uint8Array(0)).slice(0, sizeBytes)),
    rename: async (from, to) => {
      const bytes = files.get(from);
      files.delete(from);
      if (bytes !== undefined) files.set(to, bytes);
    },
    syncFolder: nothing,
    remove: async (path) => void files.delete(path),
    removeFolder: async (path) => {
      for (const name of files.keys()) if (name.startsWith(`${path}/`)) files.delete(name);
    },
    makeFolder: nothing,
    list: async (path) =>
      [...files.keys()]
        .filter((name) => name.startsWith(`${path}/`) && !name.slice(path.length + 1).includes("/"))
        .map((name) => ({ name: name.slice(path.length + 1), kind: "file" as const }))
        .sort((left, right) => (left.name < right.name ? -1 : 1)),
    findSize: async (path) => files.get(path)?.length,
    freeBytes: async () => Number.MAX_SAFE_INTEGER,
  };
}
