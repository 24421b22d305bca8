import { type BigIntStats, constants, lstatSync } from "node:fs";
import * as fs from "node:fs/promises";
import { basename, join } from "node:path";
import { DsdnError, fail } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";

export interface TreeEntry {
  readonly name: string;
  /** `special` is a FIFO, a socket, a device, or a name that is not UTF-8. Links are never followed. */
  readonly kind: "file" | "folder" | "link" | "special";
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Permission bits. */
  readonly mode: number;
}

/** A user's files as they lie there: hostile names and kinds included, nothing followed, nothing opened that could block. */
export interface FileTree {
  /** What lies at the path itself; undefined when nothing does. */
  find(path: string): Promise<TreeEntry | undefined>;
  /**
   * The same for many paths at once. The program stands still meanwhile, which for files that were read a moment ago
   * takes a tenth of the time that asking for each apart does.
   */
  findAll(paths: readonly string[]): readonly (TreeEntry | undefined)[];
  /** The entries of a folder, sorted by the UTF-8 bytes of their names; at most `limit + 1` are read. */
  list(folder: string, limit: number): Promise<TreeEntry[]>;
  /** Where a link points, as it is written. */
  readLink(path: string): Promise<string>;
  /**
   * The bytes of a regular file, in pieces of at most 256 KiB.
   * @throws DSDN_BASE_FILE_FAILED when it is not a regular file; DSDN_BASE_FILE_CHANGED at the end when it changed meanwhile.
   */
  read(path: string): AsyncIterable<Uint8Array>;
}

const PIECE_BYTES = 256 * 1024;

/** The machine's files. Errors: DSDN_BASE_FILE_FAILED with the operating system's code. */
export function systemFileTree(): FileTree {
  return {
    find: (path) => attempt("read", path, () => find(path)),
    findAll: (paths) => paths.map(findNow),
    list: (folder, limit) => attempt("list", folder, () => list(folder, limit)),
    readLink: (path) => attempt("read", path, () => fs.readlink(path)),
    read,
  };
}

async function find(path: string): Promise<TreeEntry | undefined> {
  try {
    return toEntry(basename(path), await fs.lstat(path, { bigint: true }));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function findNow(path: string): TreeEntry | undefined {
  try {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stat && toEntry(basename(path), stat);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw failed("read", path, error);
  }
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

async function list(folder: string, limit: number): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  for await (const { name } of await fs.opendir(folder)) {
    const entry = await find(join(folder, name));
    if (entry !== undefined) entries.push({ ...entry, name });
    // A name that is not UTF-8 reads as a replacement character and then leads nowhere; it must not go unnoticed.
    else if (name.includes("\ufffd")) entries.push({ name, kind: "special", sizeBytes: 0, mtimeMs: 0, mode: 0 });
    if (entries.length > limit) break;
  }
  return entries.sort((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)));
}

function toEntry(name: string, stat: BigIntStats): TreeEntry {
  const kind = stat.isFile() ? "file" : stat.isDirectory() ? "folder" : stat.isSymbolicLink() ? "link" : "special";
  const mode = Number(stat.mode & 0o777n);
  return { name, kind, sizeBytes: Number(stat.size), mtimeMs: Number(stat.mtimeMs), mode };
}

async function* read(path: string): AsyncGenerator<Uint8Array> {
  const file = await attempt("read", path, () => openRegular(path));
  try {
    const before = await attempt("read", path, () => file.stat({ bigint: true }));
    let total = 0n;
    for (;;) {
      const piece = await attempt("read", path, () => file.read(new Uint8Array(PIECE_BYTES), 0, PIECE_BYTES));
      if (piece.bytesRead === 0) break;
      total += BigInt(piece.bytesRead);
      if (total > before.size) throw fail(baseErrors.fileChanged, { path });
      yield piece.buffer.subarray(0, piece.bytesRead);
    }
    const after = await attempt("read", path, () => file.stat({ bigint: true }));
    if (total !== before.size || after.mtimeNs !== before.mtimeNs || after.size !== before.size) {
      throw fail(baseErrors.fileChanged, { path });
    }
  } finally {
    await file.close();
  }
}

async function openRegular(path: string): Promise<fs.FileHandle> {
  // O_NOFOLLOW: a link put there after the listing. O_NONBLOCK: a FIFO put there must not hang us. Unknown on Windows.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await fs.open(path, flags);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw fail(baseErrors.fileFailed, { action: "read", path, reason: "not a regular file" });
}

async function attempt<T>(action: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DsdnError) throw error;
    throw failed(action, path, error);
  }
}

function failed(action: string, path: string, cause: unknown): DsdnError {
  const reason = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
  return fail(baseErrors.fileFailed, { action, path, reason }, { cause });
}
