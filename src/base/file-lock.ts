import { link, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { toHex } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import { fail } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";
import { isProcessAlive } from "./process-life.ts";
import type { Random } from "./random.ts";

/** A held lock. `release` is idempotent. */
export interface FileLock {
  /** False when another process took the lock for abandoned, e.g. while this one was suspended. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
}

const POLL_MS = 40;
const HEARTBEAT_MS = 1000;
const ABANDONED_MS = 10_000;
/** Last touched so long ago and still untouched after a heartbeat: left by a crash before a reboot or in another container. */
const STALE_MS = 60_000;
const STALE_SEEN_MS = 1_200;

/**
 * Waits for the lock at `path` and takes it. A holder shows that it lives by touching the file; one that died on this
 * machine is passed at once, any other (killed elsewhere, its process number reused) after ten seconds without a touch,
 * or after a little more than one when the last touch was a minute ago already.
 *
 * @throws DSDN_BASE_FILE_FAILED, and the signal's reason
 */
export async function acquireFileLock(
  options: { readonly path: string; readonly signal?: AbortSignal },
  deps: { readonly clock: Clock; readonly random: Random },
): Promise<FileLock> {
  const { path } = options;
  const own: Holder = { token: toHex(deps.random.bytes(16)), pid: process.pid, host: hostname() };
  let seen = "";
  let seenAtMs = deps.clock.monotonicMs();
  while (!(await tryCreate(path, own))) {
    options.signal?.throwIfAborted();
    const holder = await findHolder(path);
    const sign = holder === undefined ? "" : `${holder.token} ${holder.touchedMs}`;
    if (sign !== seen) [seen, seenAtMs] = [sign, deps.clock.monotonicMs()];
    const seenForMs = deps.clock.monotonicMs() - seenAtMs;
    const isStale = holder !== undefined && holder.touchedMs > 0 && deps.clock.nowMs() - holder.touchedMs > STALE_MS;
    const isAbandoned = seenForMs > (isStale ? STALE_SEEN_MS : ABANDONED_MS);
    if (holder !== undefined && (isAbandoned || (await isDeadHere(holder)))) {
      await passOver(path, holder.token, own, deps.clock);
      continue;
    }
    await deps.clock.sleep(POLL_MS, options.signal);
  }
  return hold(path, own, deps.clock);
}

function hold(path: string, own: Holder, clock: Clock): FileLock {
  const isHeld = async () => (await findHolder(path))?.token === own.token;
  let cancel = () => {};
  const beat = (): void => {
    cancel = clock.after(HEARTBEAT_MS, () => {
      const now = new Date(clock.nowMs());
      void utimes(path, now, now).catch(() => {});
      beat();
    });
  };
  beat();
  let isReleased = false;
  return {
    isHeld,
    release: async () => {
      if (isReleased) return;
      isReleased = true;
      cancel();
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

async function tryCreate(path: string, own: Holder): Promise<boolean> {
  const temporary = `${path}.${own.token}`;
  try {
    // Written whole before it gets its name, so that nobody ever reads half a holder.
    const file = await open(temporary, "w", 0o600);
    await file.writeFile(JSON.stringify(own)).finally(() => file.close());
    await link(temporary, path);
    return true;
  } catch (error) {
    const reason = codeOf(error);
    if (reason === "EEXIST") return false;
    throw fail(baseErrors.fileFailed, { action: "lock", path, reason }, { cause: error });
  } finally {
    await rm(temporary, { force: true });
  }
}

async function findHolder(path: string): Promise<(Holder & { readonly touchedMs: number }) | undefined> {
  try {
    const { mtimeMs } = await stat(path);
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof value !== "object" || value === null) return { ...UNREADABLE, touchedMs: mtimeMs };
    const { token, pid, host } = value as { [name: string]: unknown };
    const isHolder = typeof token === "string" && typeof pid === "number" && typeof host === "string";
    return isHolder ? { token, pid, host, touchedMs: mtimeMs } : { ...UNREADABLE, touchedMs: mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    return { ...UNREADABLE, touchedMs: 0 };
  }
}

const UNREADABLE: Holder = { token: "", pid: 0, host: "" };

async function isDeadHere({ pid, host }: Holder): Promise<boolean> {
  return host === hostname() && pid >= 1 && !(await isProcessAlive(pid));
}

/**
 * Removes an abandoned lock, one process at a time: whoever looks again in its turn finds the same holder still, or one
 * that was quicker and is left alone.
 */
async function passOver(path: string, token: string, own: Holder, clock: Clock): Promise<void> {
  const turn = `${path}.turn`;
  if (await tryCreate(turn, own)) {
    try {
      if ((await findHolder(path))?.token === token) await rm(path, { force: true });
    } finally {
      await rm(turn, { force: true });
    }
    return;
  }
  // A turn takes no time at all: one that is so old, or of a process that is gone, was left by a crash.
  const other = await findHolder(turn);
  const isOld = other !== undefined && clock.nowMs() - other.touchedMs > ABANDONED_MS;
  if (isOld || (other !== undefined && (await isDeadHere(other)))) await rm(turn, { force: true });
  else await clock.sleep(POLL_MS);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown reason";
}
