import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname } from "node:path";
import { toHex } from "./bytes.ts";
import { fail } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";
import { systemRandom } from "./random.ts";

export interface DiskEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
}

export interface WriteOptions {
  /** Fsync the file's bytes before resolving. The name is durable only after `syncFolder`. */
  readonly sync: boolean;
  /** Permission bits of a new file; 0600 unless said. */
  readonly mode?: number;
}

/**
 * The primitive steps a disk offers, so that a simulated disk can crash between any two of them. Nothing is durable
 * until the file was synced and, for a new or renamed name, its folder too. Paths are absolute.
 */
export interface Disk {
  /** The whole file, or undefined when there is none. */
  find(path: string): Promise<Uint8Array | undefined>;
  /** Up to `length` bytes from `offset`; fewer at the end; undefined when there is no file. */
  findRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined>;
  /** Replaces the file's content in place. Not atomic: use `writeDurable` for files that must survive a crash. */
  write(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void>;
  append(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void>;
  truncate(path: string, sizeBytes: number): Promise<void>;
  /** Atomic; replaces the target. */
  rename(from: string, to: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  /** Removes a file; nothing happens when there is none. */
  remove(path: string): Promise<void>;
  removeFolder(path: string): Promise<void>;
  /** Makes the folder and its parents, 0700. */
  makeFolder(path: string): Promise<void>;
  /** Sorted by name; empty when there is no such folder. */
  list(path: string): Promise<DiskEntry[]>;
  findSize(path: string): Promise<number | undefined>;
  freeBytes(path: string): Promise<number>;
}

/** The machine's disk. Errors: DSDN_BASE_FILE_FAILED with the operating system's code. */
export function systemDisk(): Disk {
  return {
    find: (path) => attempt("read", path, () => absentAsUndefined(fs.readFile(path).then(toPlainBytes))),
    findRange: (path, offset, length) => attempt("read", path, () => readRange(path, offset, length)),
    write: (path, bytes, options) => attempt("write", path, () => put(path, "w", bytes, options)),
    append: (path, bytes, options) => attempt("append to", path, () => put(path, "a", bytes, options)),
    truncate: (path, sizeBytes) =>
      attempt("shorten", path, async () => {
        const file = await fs.open(path, "r+");
        try {
          await file.truncate(sizeBytes);
          await file.sync();
        } finally {
          await file.close();
        }
      }),
    rename: (from, to) => attempt("rename", from, () => fs.rename(from, to)),
    syncFolder: (path) => attempt("sync", path, () => syncFolder(path)),
    remove: (path) => attempt("remove", path, () => fs.rm(path, { force: true })),
    removeFolder: (path) => attempt("remove", path, () => fs.rm(path, { force: true, recursive: true })),
    makeFolder: (path) =>
      attempt("make", path, async () => void (await fs.mkdir(path, { recursive: true, mode: 0o700 }))),
    list: (path) => attempt("list", path, () => list(path)),
    findSize: (path) => attempt("read", path, () => absentAsUndefined(fs.stat(path).then((stat) => stat.size))),
    freeBytes: (path) =>
      attempt("measure", path, async () => {
        const stat = await fs.statfs(path);
        return stat.bavail * stat.bsize;
      }),
  };
}

/**
 * Writes the file so that after a crash either the old or the new content is there, whole: temporary name, fsync,
 * rename, fsync of the folder. Two writers of one path must not run at once: `writeShared` is for what they share.
 */
export async function writeDurable(disk: Disk, path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${path}.tmp`;
  await disk.write(temporary, bytes, { sync: true, mode });
  await disk.rename(temporary, path);
  await disk.syncFolder(dirname(path));
}

/**
 * The same for a file that several programs may write at once: the last of them counts, and nobody reads half of one.
 * A crash may leave a file behind whose name ends with `.tmp`.
 */
export async function writeShared(disk: Disk, path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${path}.${toHex(systemRandom().bytes(8))}.tmp`;
  try {
    await disk.write(temporary, bytes, { sync: true, mode });
    await disk.rename(temporary, path);
  } catch (error) {
    await disk.remove(temporary).catch(() => {});
    throw error;
  }
  await disk.syncFolder(dirname(path));
}

async function attempt<T>(action: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown reason";
    throw fail(baseErrors.fileFailed, { action, path, reason }, { cause: error });
  }
}

async function absentAsUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function toPlainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

async function readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
  const file = await absentAsUndefined(fs.open(path, "r"));
  if (file === undefined) return undefined;
  try {
    const out = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(out, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return out.subarray(0, filled);
  } finally {
    await file.close();
  }
}

async function put(path: string, flag: "w" | "a", bytes: Uint8Array, options: WriteOptions): Promise<void> {
  const flags = flag === "w" ? constants.O_TRUNC : constants.O_APPEND;
  // O_NOFOLLOW: a link planted under our name must not redirect the write (unknown on Windows, where it is 0).
  const noFollow = constants.O_NOFOLLOW ?? 0;
  const file = await fs.open(path, constants.O_WRONLY | constants.O_CREAT | flags | noFollow, options.mode ?? 0o600);
  try {
    await file.writeFile(bytes);
    if (options.sync) await file.datasync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder for fsync; NTFS journals the rename itself.
  if (process.platform === "win32") return;
  const folder = await fs.open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function list(path: string): Promise<DiskEntry[]> {
  const entries = (await absentAsUndefined(fs.readdir(path, { withFileTypes: true }))) ?? [];
  return entries
    .map(
      (entry): DiskEntry => ({
        name: entry.name,
        kind: entry.isFile() ? "file" : entry.isDirectory() ? "folder" : "other",
      }),
    )
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}
