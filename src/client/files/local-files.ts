/**
 * The user's own files. This adapter reaches the file system itself: the Disk port is for the state of roles and knows
 * no links, permissions, times or identities of files, which is what an upload has to keep and to watch.
 */
import { constants, type Stats } from "node:fs";
import { access, type FileHandle, lstat, open, readdir, readlink } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { baseErrors, DsdnError, fail } from "../../base/index.ts";
import { findPathFault, objectErrors, PART_SIZE_BYTES } from "../../objects/index.ts";
import { limits } from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import { ordered } from "./ordered.ts";

/** A file, folder or link that was found, as it was then. */
export interface FoundEntry {
  /** Inside the object: relative, forward slashes. */
  readonly path: string;
  /** On this machine, absolute. */
  readonly source: string;
  readonly type: "file" | "dir" | "link";
  readonly sizeBytes: number;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly target: string | null;
  /** Device, inode and change time: what tells a file from another that took its place. */
  readonly identity: string;
}

export interface FoundTree {
  readonly root: "file" | "folder";
  /** What the tree would be called: the base name of the only path given. */
  readonly name: string;
  readonly entries: readonly FoundEntry[];
}

/**
 * Everything below the paths. One folder gives its content, one file itself, several paths a folder of them. Links are
 * taken as links and never followed. A file that cannot be read is named before anything else
 * happens.
 *
 * @throws DSDN_BASE_FILE_MISSING, DSDN_CLIENT_FILE_SPECIAL, DSDN_CLIENT_FILE_UNREADABLE, DSDN_OBJECTS_PATH_REFUSED
 */
export async function findTree(paths: readonly string[], signal?: AbortSignal): Promise<FoundTree> {
  const [first] = paths;
  if (first === undefined) throw fail(clientErrors.nothingGiven, {});
  const tops: FoundEntry[] = [];
  for (const path of paths) tops.push(await findEntry(resolve(path), basename(resolve(path))));
  const [only] = tops;
  const name = basename(resolve(first));
  if (tops.length === 1 && only?.type === "file") {
    return { root: "file", name, entries: tops };
  }
  if (tops.length === 1 && only?.type === "dir") {
    return { root: "folder", name, entries: await walk([], [{ source: only.source, path: "" }], signal) };
  }
  const folders = tops.filter(({ type }) => type === "dir").map(({ source, path }) => ({ source, path }));
  return { root: "folder", name, entries: await walk(tops, folders, signal) };
}

const LOOKUPS_AT_ONCE = 32;

interface FolderToWalk {
  readonly source: string;
  readonly path: string;
}

async function walk(start: FoundEntry[], folders: FolderToWalk[], signal?: AbortSignal): Promise<FoundEntry[]> {
  const entries = [...start];
  // A list in place of recursion: folders may be nested a thousand deep.
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    const { source, path } = folder;
    const names = await readNames(source);
    const find = (name: string) => findEntry(join(source, name), path === "" ? name : `${path}/${name}`);
    for await (const entry of ordered(names, LOOKUPS_AT_ONCE, find)) {
      if (entries.length >= limits.listingEntries) {
        throw fail(objectErrors.pathRefused, { path: entry.path, reason: "the folder holds too many files" });
      }
      entries.push(entry);
      if (entry.type === "dir") folders.push(entry);
    }
  }
  return entries;
}

async function readNames(source: string): Promise<string[]> {
  const raw = await attempt(source, () => readdir(source, { encoding: "buffer" }));
  return raw.map((bytes) => {
    const name = bytes.toString();
    if (Buffer.from(name).equals(bytes)) return name;
    throw fail(objectErrors.pathRefused, { path: join(source, name), reason: "its name is not UTF-8" });
  });
}

async function findEntry(source: string, path: string): Promise<FoundEntry> {
  const fault = Buffer.byteLength(path) > limits.pathBytes ? "it is too long" : findPathFault(path);
  if (fault !== undefined) throw fail(objectErrors.pathRefused, { path, reason: fault });
  const stats = await attempt(source, () => lstat(source));
  const isLink = stats.isSymbolicLink();
  if (stats.isFile() || stats.isDirectory()) await attempt(source, () => access(source, constants.R_OK));
  if (!isLink && !stats.isFile() && !stats.isDirectory()) {
    throw fail(clientErrors.fileSpecial, { path: source, kind: kindOf(stats) });
  }
  return {
    path,
    source,
    type: isLink ? "link" : stats.isFile() ? "file" : "dir",
    sizeBytes: stats.isFile() ? stats.size : 0,
    mode: stats.mode & 0o7777,
    mtimeMs: Math.max(0, Math.floor(stats.mtimeMs)),
    target: isLink ? await attempt(source, () => readlink(source)) : null,
    identity: identityOf(stats),
  };
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return "named pipe";
  if (stats.isSocket()) return "socket";
  return "device";
}

function identityOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`;
}

/**
 * The file's content in parts of PART_SIZE_BYTES, the last one shorter; none for an empty file. Each part is valid only
 * until the next is asked for.
 *
 * @throws DSDN_CLIENT_FILE_CHANGED when it is not, or stops being, the file that was found
 */
export async function* readParts(entry: FoundEntry): AsyncGenerator<Uint8Array> {
  const file = await openFound(entry);
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.min(PART_SIZE_BYTES, Math.max(1, entry.sizeBytes)));
    for (let at = 0; at < entry.sizeBytes; ) {
      const size = Math.min(buffer.length, entry.sizeBytes - at);
      const part = new Uint8Array(buffer.buffer, 0, size);
      await fill(file, part, entry);
      at += size;
      yield part;
    }
    await checkSame(file, entry);
  } finally {
    await file.close();
  }
}

/** The whole content of a file of at most PART_SIZE_BYTES; errors as `readParts`. */
export async function readWhole(entry: FoundEntry): Promise<Uint8Array> {
  const file = await openFound(entry);
  try {
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(entry.sizeBytes).buffer);
    await fill(file, bytes, entry);
    await checkSame(file, entry);
    return bytes;
  } finally {
    await file.close();
  }
}

async function openFound(entry: FoundEntry): Promise<FileHandle> {
  // Without waiting for a writer should a named pipe have taken the place; never through a link.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  let file: FileHandle;
  try {
    file = await open(entry.source, flags);
  } catch (error) {
    if (["ENOENT", "ELOOP", "EISDIR"].includes(codeOf(error))) throw changed(entry, error);
    throw fail(clientErrors.fileUnreadable, { path: entry.source, reason: codeOf(error) }, { cause: error });
  }
  try {
    await checkSame(file, entry);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function fill(file: FileHandle, out: Uint8Array, entry: FoundEntry): Promise<void> {
  for (let filled = 0; filled < out.length; ) {
    const { bytesRead } = await attempt(entry.source, () => file.read(out, filled, out.length - filled));
    if (bytesRead === 0) throw changed(entry);
    filled += bytesRead;
  }
}

async function checkSame(file: FileHandle, entry: FoundEntry): Promise<void> {
  if (identityOf(await file.stat()) !== entry.identity) throw changed(entry);
}

function changed(entry: FoundEntry, cause?: unknown): DsdnError {
  return fail(clientErrors.fileChanged, { path: entry.source }, { cause });
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DsdnError) throw error;
    const reason = codeOf(error);
    if (reason === "ENOENT") throw fail(baseErrors.fileMissing, { path }, { cause: error });
    throw fail(clientErrors.fileUnreadable, { path, reason }, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown reason";
}
