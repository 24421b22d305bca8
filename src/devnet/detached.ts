import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, type Disk, fail } from "../base/index.ts";
import { connectDevnet, type DevnetConnection, RUNNING_FILE } from "./connection.ts";
import { devnetErrors } from "./errors.ts";
import { readyWithin } from "./readiness.ts";

/** The child gives up first, and then says why. */
const MARGIN_MS = 15_000;
const POLL_MS = 15;

/**
 * Starts a devnet in a process of its own that outlives this one; resolves when it is ready.
 *
 * @param command - program and arguments that run the devnet in the foreground; the program is this Node.
 * @throws DSDN_DEVNET_NOT_READY with the last line the devnet said
 */
export async function startDetached(
  options: { folder: string; command: readonly string[]; daDelayMs?: number | undefined; signal: AbortSignal },
  deps: { disk: Disk; clock: Clock },
): Promise<DevnetConnection> {
  const { folder, command, signal } = options;
  await deps.disk.makeFolder(folder);
  const errorPath = join(folder, "start.log");
  const errors = await open(errorPath, "w", 0o600);
  const child = spawn(process.execPath, [...command], { detached: true, stdio: ["ignore", "ignore", errors.fd] });
  let exitCode: number | null | undefined;
  child.once("exit", (code) => {
    exitCode = code;
  });
  child.unref();
  await errors.close();
  const waitMs = readyWithin(options.daDelayMs) + MARGIN_MS;
  const deadlineMs = deps.clock.monotonicMs() + waitMs;
  while (exitCode === undefined && deps.clock.monotonicMs() < deadlineMs) {
    await deps.clock.sleep(POLL_MS, signal);
    const isAnnounced = (await deps.disk.findSize(join(folder, RUNNING_FILE))) !== undefined;
    const devnet = isAnnounced ? await connectDevnet(folder, deps.disk).catch(() => undefined) : undefined;
    if (devnet !== undefined) return devnet;
  }
  const said = await deps.disk.find(errorPath);
  const lines = new TextDecoder().decode(said).trim().split("\n");
  throw fail(devnetErrors.notReady, { reason: lines.slice(0, 3).join(" ") || `no answer in ${waitMs / 1000} s` });
}
