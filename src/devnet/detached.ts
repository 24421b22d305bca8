import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, type Disk, type DsdnError, fail, findProblem } from "../base/index.ts";
import { connectDevnet, type DevnetConnection, RUNNING_FILE } from "./connection.ts";
import { devnetErrors } from "./errors.ts";
import { readyWithin } from "./readiness.ts";

/** The child gives up first, and then says why: what it does before it begins to count lies in here. */
const MARGIN_MS = 60_000;
const POLL_MS = 15;
/** Stopping takes less than a second; one that does not come to it is killed. */
const END_MS = 20_000;

/**
 * Starts a devnet in a process of its own that outlives this one; resolves when it is ready. One that is given up is
 * ended.
 *
 * @param command - program and arguments that run the devnet in the foreground, with `--json`; the program is this Node.
 * @throws what the devnet failed with; DSDN_DEVNET_NOT_READY when it said nothing, with its first lines
 */
export async function startDetached(
  options: { folder: string; command: readonly string[]; daDelayMs?: number | undefined; signal: AbortSignal },
  deps: { disk: Disk; clock: Clock },
): Promise<DevnetConnection> {
  const { folder, command, signal } = options;
  await deps.disk.makeFolder(folder);
  const wordsPath = join(folder, "start.log");
  const words = await open(wordsPath, "w", 0o600);
  const child = spawn(process.execPath, [...command], { detached: true, stdio: ["ignore", words.fd, words.fd] });
  let exitCode: number | null | undefined;
  child.once("exit", (code) => {
    exitCode = code;
  });
  child.unref();
  await words.close();
  const waitMs = readyWithin(options.daDelayMs) + MARGIN_MS;
  const deadlineMs = deps.clock.monotonicMs() + waitMs;
  while (exitCode === undefined && deps.clock.monotonicMs() < deadlineMs) {
    await deps.clock.sleep(POLL_MS, signal).catch(async (reason: unknown) => {
      await endAgain(child, deps.clock);
      throw reason;
    });
    const isAnnounced = (await deps.disk.findSize(join(folder, RUNNING_FILE))) !== undefined;
    const devnet = isAnnounced ? await connectDevnet(folder, deps.disk).catch(() => undefined) : undefined;
    if (devnet !== undefined) return devnet;
  }
  await endAgain(child, deps.clock);
  const said = new TextDecoder().decode(await deps.disk.find(wordsPath));
  const cause = findFailure(said);
  if (cause !== undefined) throw cause;
  const lines = said.trim().split("\n");
  throw fail(devnetErrors.notReady, { reason: lines.slice(0, 3).join(" ") || `no answer in ${waitMs / 1000} s` });
}

/** Whoever stops or gives up the start wants no network. Resolves when it is gone. */
async function endAgain(child: ChildProcess, clock: Clock): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.ref();
  child.kill("SIGINT");
  const spare = clock.after(END_MS, () => child.kill("SIGKILL"));
  await ended;
  spare();
}

/** The error of the document a failed command prints under `--json`, after whatever else it said. */
function findFailure(said: string): DsdnError | undefined {
  const begin = /^\{$/m.exec(said)?.index;
  if (begin === undefined) return undefined;
  try {
    const { error } = JSON.parse(said.slice(begin)) as { error?: object };
    // What only HTTP carries besides.
    return error === undefined ? undefined : findProblem({ kind: "user", status: 500, ...error });
  } catch {
    return undefined;
  }
}
