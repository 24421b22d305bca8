import { join } from "node:path";
import {
  baseErrors,
  createHttpClient,
  type Disk,
  type DsdnError,
  equalBytes,
  fail,
  fromUtf8,
  type HttpClient,
  isError,
  isProcessAlive,
  systemClock,
  systemRandom,
  toHex,
} from "../base/index.ts";
import { createNodeToken } from "../da/index.ts";
import { z } from "../protocol/index.ts";
import { devnetErrors } from "./errors.ts";
import type { DevnetStatus, FaultKind, RebuildReport } from "./port.ts";
import { proofOf } from "./proof.ts";
import { daSecretOf } from "./settings.ts";

/** Where a running devnet says how to reach it; written when it is ready, removed when all its parts are stopped. */
export const RUNNING_FILE = "running.json";

/** Held by the process whose folder it is: from before anything is read there until nothing more is written. */
export const LOCK_FILE = "lock";

const runningSchema = z.object({
  controlUrl: z.string(),
  ingressUrl: z.string(),
  chainRpcUrl: z.string(),
  daUrl: z.string(),
  token: z.string(),
  pid: z.int(),
});

/** A long log takes its time. */
const REBUILD_MS = 660_000;
/** One that lives answers at once; on a busy machine whoever gives it up too soon calls it gone. */
const ANSWER_MS = 20_000;

/** A devnet that runs in another process, found through its folder. */
export interface DevnetConnection {
  readonly ingressUrl: string;
  readonly daUrl: string;
  /** Token of its data-availability node, for posting too. Secret. */
  readonly daToken: string;
  /** Bearer token of its ports. Secret. */
  readonly token: string;
  status(): Promise<DevnetStatus>;
  stop(): Promise<void>;
  fault(kind: FaultKind, role: string): Promise<DevnetStatus>;
  heal(): Promise<DevnetStatus>;
  /** @throws DSDN_DEVNET_ROLE_UNKNOWN */
  rebuild(role: string): Promise<RebuildReport>;
  advanceClock(byMs: number): Promise<DevnetStatus>;
  /**
   * The address that opens the dashboard with its controls, once and within five minutes.
   * @param logPass - lets the page read its owner's logs; see `Client.logPass`. Secret.
   */
  dashboardUrl(logPass: string | undefined): Promise<string>;
  /** NDJSON log lines as they come. */
  logs(options: { role?: string; isFollowing: boolean; signal: AbortSignal }): AsyncIterable<Uint8Array>;
}

/**
 * The devnet that runs on the folder. It is asked whether it lives; a leftover file of one that crashed counts for
 * nothing.
 * @throws DSDN_DEVNET_NOT_RUNNING
 */
export async function connectDevnet(folder: string, disk: Disk): Promise<DevnetConnection> {
  const path = join(folder, RUNNING_FILE);
  const bytes = await disk.find(path);
  const parsed = bytes === undefined ? undefined : runningSchema.safeParse(parse(bytes));
  if (bytes === undefined || parsed?.success !== true) throw fail(devnetErrors.notRunning, { folder });
  const { controlUrl, ingressUrl, daUrl, token } = parsed.data;
  const isIt = await proves({ controlUrl, token, folder }).catch(() => false);
  if (!isIt) throw fail(devnetErrors.notRunning, { folder });
  const client = createHttpClient({ name: "The devnet", url: controlUrl, token });
  const readStatus = async () => (await client.json("/status", { timeoutMs: ANSWER_MS })) as DevnetStatus;
  const post = async (path: string, json: unknown) =>
    (await client.json(path, { method: "POST", json, timeoutMs: 60_000 })) as DevnetStatus;
  return {
    ingressUrl,
    daUrl,
    daToken: createNodeToken("write", { secret: daSecretOf(token), nonce: new Uint8Array(32) }),
    token,
    status: readStatus,
    stop: async () => {
      const lockPath = join(folder, LOCK_FILE);
      const lock = await disk.find(lockPath);
      const lost = await post("/stop", {}).then(() => undefined, whenLost);
      // Somebody else may have stopped it just then: what counts is that it goes away.
      const isGone = await waitUntilGone(path, bytes, disk);
      if (!isGone && lost !== undefined) throw lost;
      // Given up last: whoever starts the next devnet finds the folder free.
      if (lock !== undefined) await waitUntilGone(lockPath, lock, disk);
    },
    fault: (kind, role) => post("/faults", { kind, role }),
    heal: () => post("/heal", {}),
    rebuild: async (role) =>
      (await client.json("/rebuild", { method: "POST", json: { role }, timeoutMs: REBUILD_MS })) as RebuildReport,
    advanceClock: (advanceMs) => post("/clock", { advanceMs }),
    dashboardUrl: async (logPass) => {
      const json = { logPass: logPass ?? null };
      const answer = await client.json("/dashboard/codes", { method: "POST", json, timeoutMs: ANSWER_MS });
      const { code } = answer as { readonly code: string };
      return `${ingressUrl}/dashboard#control=${new URL(controlUrl).port}&code=${code}`;
    },
    logs: (options) => readLogs(client, options),
  };
}

/**
 * True when the devnet of the folder answers there. It is told the token only afterwards: whoever took the port of one that
 * crashed could be anybody.
 */
async function proves({
  controlUrl,
  token,
  folder,
}: {
  readonly controlUrl: string;
  readonly token: string;
  readonly folder: string;
}): Promise<boolean> {
  const nonce = toHex(systemRandom().bytes(32));
  const stranger = createHttpClient({ name: "The devnet", url: controlUrl });
  const answer = Object(await stranger.json(`/status?nonce=${nonce}`, { timeoutMs: ANSWER_MS }));
  return answer.folder === folder && answer.proof === proofOf(token, nonce);
}

/** What lies in a devnet's folder, without starting anything. */
export type DevnetTrace =
  | { readonly kind: "none" }
  | { readonly kind: "running"; readonly connection: DevnetConnection }
  /** One that was killed left its announcement; the next start overwrites it. */
  | { readonly kind: "leftover" }
  /** Its process is there and does not answer. */
  | { readonly kind: "silent"; readonly pid: number };

/** What became of the devnet of the folder. Never throws for what it finds there. */
export async function findDevnetTrace(folder: string, disk: Disk): Promise<DevnetTrace> {
  const bytes = await disk.find(join(folder, RUNNING_FILE));
  if (bytes === undefined) return { kind: "none" };
  const connection = await connectDevnet(folder, disk).catch(() => undefined);
  if (connection !== undefined) return { kind: "running", connection };
  const parsed = runningSchema.safeParse(parse(bytes));
  return parsed.success && (await isProcessAlive(parsed.data.pid))
    ? { kind: "silent", pid: parsed.data.pid }
    : { kind: "leftover" };
}

/**
 * Removes the announcement of a devnet that was killed. Nothing happens when there is none, when it lives, or when another
 * one announced itself in its place meanwhile.
 */
export async function removeLeftover(folder: string, disk: Disk): Promise<void> {
  const path = join(folder, RUNNING_FILE);
  const judged = await disk.find(path);
  if (judged === undefined || (await findDevnetTrace(folder, disk)).kind !== "leftover") return;
  const now = await disk.find(path);
  if (now !== undefined && equalBytes(now, judged)) await disk.remove(path);
}

async function* readLogs(
  client: HttpClient,
  options: { role?: string; isFollowing: boolean; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const query = new URLSearchParams({ follow: options.isFollowing ? "1" : "0" });
  if (options.role !== undefined) query.set("role", options.role);
  const call = { signal: options.signal, timeoutMs: 24 * 3_600_000 };
  const response = await client.open(`/logs?${query}`, call);
  for await (const part of response.body) yield part;
}

const GONE_POLL_MS = 20;
const GONE_MS = 60_000;

/** The error of a connection that ended without an answer. @throws any other */
function whenLost(error: unknown): DsdnError {
  if (isError(error, baseErrors.unreachable)) return error;
  throw error;
}

/** Resolves with true when what the devnet wrote into the file is there no longer, with false when that takes too long. */
async function waitUntilGone(path: string, written: Uint8Array, disk: Disk): Promise<boolean> {
  const clock = systemClock();
  const endMs = clock.monotonicMs() + GONE_MS;
  while (clock.monotonicMs() < endMs) {
    const bytes = await disk.find(path);
    if (bytes === undefined || !equalBytes(bytes, written)) return true;
    await clock.sleep(GONE_POLL_MS);
  }
  return false;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch {
    return undefined;
  }
}
