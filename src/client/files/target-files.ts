/**
 * Where downloads go. This adapter reaches the file system itself: the Disk port knows no links, permissions and times,
 * and a download has to refuse to write through a link that lies in the target folder.
 */
import { constants } from "node:fs";
import { chmod, type FileHandle, lstat, mkdir, open, readlink, rename, rm, symlink, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { baseErrors, DsdnError, fail, systemDisk, toUtf8 } from "../../base/index.ts";
import { createSha256, hashHex } from "../../crypto/index.ts";
import { clientErrors } from "../errors.ts";

/** What a file is called until its last byte was verified. */
export const PART_SUFFIX = ".dsdn-part";

/** A name may have this many bytes; a longer one with the suffix is replaced by its hash. */
const NAME_BYTES_MAX = 255;

function temporaryOf(path: string): string {
  const name = `${basename(path)}${PART_SUFFIX}`;
  const isFitting = Buffer.byteLength(name) <= NAME_BYTES_MAX;
  return join(dirname(path), isFitting ? name : `${hashHex(toUtf8(name))}${PART_SUFFIX}`);
}

/** A file that is being received beside its final name. */
export interface TargetFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Fsyncs, sets mode and time, and gives the file its name. */
  finish(facts: { readonly mode: number; readonly mtimeMs: number }): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

/**
 * Begins a file; what an earlier run left behind is removed. Of two programs that write the same file the later one goes
 * on: the other is refused at its end, as what lies under the name then is not what it verified.
 */
export async function openTarget(path: string): Promise<TargetFile> {
  const temporary = temporaryOf(path);
  const file = await attempt("write", temporary, async () => {
    await rm(temporary, { force: true });
    // Exclusive: a link or file planted under the name since then is not written through.
    return open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  });
  const own = await file.stat({ bigint: true });
  const isOwn = async () => {
    const there = await lstat(temporary, { bigint: true }).catch(() => undefined);
    return there !== undefined && there.ino === own.ino && there.dev === own.dev;
  };
  return {
    write: (bytes) => attempt("write", temporary, () => writeAll(file, bytes)),
    finish: ({ mode, mtimeMs }) =>
      attempt("write", path, async () => {
        await file.chmod(mode & 0o777);
        await file.utimes(mtimeMs / 1000, mtimeMs / 1000);
        await file.datasync();
        await file.close();
        if (!(await isOwn())) throw fail(baseErrors.fileFailed, { action: "write", path, reason: "EBUSY" });
        await rename(temporary, path);
      }),
    async discard() {
      await file.close().catch(() => {});
      if (await isOwn()) await rm(temporary, { force: true });
    },
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

export interface TargetState {
  readonly kind: "absent" | "file" | "folder" | "link" | "other";
  readonly sizeBytes: number;
}

/** What lies at the path itself; links are not followed. */
export async function stateOf(path: string): Promise<TargetState> {
  try {
    const stats = await lstat(path);
    const kind = stats.isSymbolicLink() ? "link" : stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
    return { kind, sizeBytes: stats.size };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { kind: "absent", sizeBytes: 0 };
    throw fail(baseErrors.fileFailed, { action: "read", path, reason: codeOf(error) }, { cause: error });
  }
}

/** SHA-256 of the file at the path, not through a link. */
export async function hashOf(path: string): Promise<Uint8Array> {
  return attempt("read", path, async () => {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      const hash = createSha256();
      const buffer = Buffer.allocUnsafe(1024 * 1024);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length);
        if (bytesRead === 0) return hash.digest();
        hash.update(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  });
}

/** Makes one folder level below a folder that is known to be plain. @throws DSDN_CLIENT_TARGET_UNSAFE */
export async function makePlainFolder(path: string): Promise<void> {
  const { kind } = await stateOf(path);
  if (kind === "folder") return;
  if (kind !== "absent") throw fail(clientErrors.targetUnsafe, { path });
  await attempt("make", path, () => mkdir(path));
}

/** Sets a folder's permissions and time; done last, as writing into it changes its time. */
export async function finishFolder(path: string, { mode, mtimeMs }: { mode: number; mtimeMs: number }): Promise<void> {
  await attempt("change", path, async () => {
    await chmod(path, (mode & 0o777) | 0o700);
    if (mtimeMs > 0) await utimes(path, mtimeMs / 1000, mtimeMs / 1000);
  });
}

/** Where the link at the path leads, as it is written. */
export async function targetOf(path: string): Promise<string> {
  return attempt("read", path, () => readlink(path));
}

/** Makes a link; nothing is ever written through it. */
export async function makeLink(path: string, target: string): Promise<void> {
  await attempt("link", path, async () => {
    const temporary = temporaryOf(path);
    await rm(temporary, { force: true });
    await symlink(target, temporary);
    await rename(temporary, path);
  });
}

/** Makes the names in the folder durable. */
export async function syncFolder(path: string): Promise<void> {
  await systemDisk().syncFolder(path);
}

/** The folder a target lies in, made when it is missing. */
export async function makeParent(path: string): Promise<string> {
  const folder = dirname(path);
  await attempt("make", folder, () => mkdir(folder, { recursive: true }));
  return folder;
}

export function joinTarget(folder: string, path: string): string {
  return join(folder, ...path.split("/"));
}

async function attempt<T>(action: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DsdnError) throw error;
    throw fail(baseErrors.fileFailed, { action, path, reason: codeOf(error) }, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown reason";
}
