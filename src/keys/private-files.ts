import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname, join } from "node:path";
import { baseErrors, type Disk, fail, writeShared } from "../base/index.ts";
import { keysErrors } from "./errors.ts";

/** Small secret files that only their owner may read. Paths are absolute. */
export interface PrivateFiles {
  /**
   * The file's bytes, or undefined when there is none.
   *
   * @throws DSDN_KEYS_FILE_EXPOSED when it is a link, no file, another user's, or readable by others.
   */
  find(path: string): Promise<Uint8Array | undefined>;
  /**
   * Makes the file, 0600, durable when resolved. False, and nothing changed, when the name is taken, also by a second
   * program at the same moment.
   */
  create(path: string, bytes: Uint8Array): Promise<boolean>;
  /** Replaces the file's content; after a crash the old or the new is there, whole, and of several writers the last one's. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /** Nothing happens when there is none. */
  remove(path: string): Promise<void>;
}

const FILE_BYTES_MAX = 64 * 1024;

/**
 * The machine's files. Goes to the file system for what Disk does not offer: permission bits and exclusive names.
 * Temporary names must differ between programs, so they do not come from the seeded generator either.
 */
export function systemPrivateFiles(disk: Disk): PrivateFiles {
  return {
    async find(path) {
      await checkPrivate(path);
      return disk.findRange(path, 0, FILE_BYTES_MAX);
    },
    async create(path, bytes) {
      const temporary = `${path}.${randomUUID()}.tmp`;
      await disk.makeFolder(dirname(path));
      await disk.write(temporary, bytes, { sync: true, mode: 0o600 });
      try {
        return await linkUnlessTaken(temporary, path);
      } finally {
        await disk.remove(temporary);
        await disk.syncFolder(dirname(path));
      }
    },
    replace: (path, bytes) => writeShared(disk, path, bytes, 0o600),
    remove: (path) => disk.remove(path),
  };
}

/** A file of `folder` that its owner alone should read and others could. */
export interface ExposedFile {
  readonly path: string;
  /** False for a link, a special file or another user's file: nothing is changed about those. */
  readonly canHide: boolean;
}

/** The files of `folder` that `find` would refuse, sorted by path; none when there is no such folder. */
export async function listExposedFiles(folder: string, disk: Disk): Promise<readonly ExposedFile[]> {
  const exposed: ExposedFile[] = [];
  for (const { name, kind } of await disk.list(folder)) {
    if (kind === "folder") continue;
    const path = join(folder, name);
    const stat = await findStat(path);
    if (stat !== undefined && !isPrivate(stat)) exposed.push({ path, canHide: isOwnFile(stat) });
  }
  return exposed;
}

/** Takes a file out of others' sight (0600). @throws DSDN_KEYS_FILE_EXPOSED when it is no plain file of this user */
export async function hideFile(path: string): Promise<void> {
  // Through an open file: a name that became a link in between must not change what it points to.
  const file = await fs.open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const stat = await file.stat();
    if (!isOwnFile(stat)) throw exposed(path, stat);
    await file.chmod(0o600);
  } finally {
    await file.close();
  }
}

type FileStat = Awaited<ReturnType<typeof fs.lstat>>;

async function checkPrivate(path: string): Promise<void> {
  const stat = await findStat(path);
  if (stat !== undefined && !isPrivate(stat)) throw exposed(path, stat);
}

async function findStat(path: string): Promise<FileStat | undefined> {
  try {
    return await fs.lstat(path);
  } catch {
    return undefined;
  }
}

function isOwnFile(stat: FileStat): boolean {
  const isOurs = process.getuid === undefined || stat.uid === process.getuid();
  return (Number(stat.mode) & constants.S_IFMT) === constants.S_IFREG && isOurs;
}

function isPrivate(stat: FileStat): boolean {
  // Windows has no such bits: lstat reports 0666 there, and the profile folder's access list protects the file.
  const isHidden = process.platform === "win32" || (Number(stat.mode) & 0o077) === 0;
  return isOwnFile(stat) && isHidden;
}

function exposed(path: string, stat: FileStat) {
  return fail(keysErrors.fileExposed, { path, mode: (Number(stat.mode) & 0o777).toString(8).padStart(4, "0") });
}

/** A hard link fails when the name is taken, where a rename would replace it. */
async function linkUnlessTaken(from: string, to: string): Promise<boolean> {
  try {
    await fs.link(from, to);
    return true;
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
    if (reason === "EEXIST") return false;
    throw fail(baseErrors.fileFailed, { action: "make", path: to, reason }, { cause: error });
  }
}
