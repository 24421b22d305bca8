import { findBase64, isError, toHex } from "../../base/index.ts";
import {
  checkDaSetup,
  createCelestiaClient,
  createHttpTransport,
  type DataAvailability,
  daErrors,
  describeNamespace,
  parseNamespace,
} from "../../da/index.ts";
import { decodeGenesis } from "../../protocol/index.ts";
import type { LogAccess, LogDeps } from "./log-access.ts";

/** The log a report is about. */
export interface LogSubject extends LogAccess {
  /** Hex, 58 characters. */
  readonly namespace: string;
  readonly chainId: string;
}

/** The log a network keeps, by its genesis. @param genesis - base64, as an ingress gives it. @throws DSDN_PROTOCOL_* */
export function logSubjectOf(access: LogAccess, genesis: string): LogSubject {
  const { da } = decodeGenesis(findBase64(genesis) ?? new Uint8Array(0));
  return { url: access.url, token: access.token, namespace: toHex(da.namespace), chainId: da.chainId };
}

export interface LogReport {
  readonly node: string;
  readonly chainId: string;
  /** Hex; how it reads beside it. */
  readonly namespace: string;
  readonly namespaceText: string;
  readonly headHeight: number;
  readonly headTimeMs: number;
  /** Duration of one question. */
  readonly latencyMs: number;
  /** Age of the newest block by this machine's clock. */
  readonly headAgeMs: number;
  /** Who pays for posting; undefined when the token may only read. */
  readonly account: { readonly address: string; readonly balanceTia: number } | undefined;
  /** Code of what keeps it from posting; undefined when it may post. */
  readonly writeFault: string | undefined;
}

/**
 * Everything that must be right before a role serves, asked of the node itself. Nothing is posted.
 * @throws DSDN_DA_NAMESPACE_INVALID, DSDN_DA_UNREACHABLE, DSDN_DA_UNAUTHORISED, DSDN_DA_CHAIN_WRONG, DSDN_DA_SYNCING
 */
export async function reportLog(subject: LogSubject, deps: LogDeps, signal?: AbortSignal): Promise<LogReport> {
  const { chainId } = subject;
  const namespace = parseNamespace(subject.namespace);
  return withLog(subject, deps, async (da, transport) => {
    const read = await checkDaSetup({ namespace, chainId, access: "read" }, { transport, ...deps });
    signal?.throwIfAborted();
    const begunMs = deps.clock.monotonicMs();
    const head = await da.head();
    const latencyMs = deps.clock.monotonicMs() - begunMs;
    const write = await findWriteAccess({ namespace, chainId }, { transport, ...deps });
    return {
      node: read.node,
      chainId: read.chainId,
      namespace: subject.namespace,
      namespaceText: describeNamespace(namespace),
      headHeight: head.height,
      headTimeMs: head.timeMs,
      latencyMs,
      headAgeMs: Math.max(0, deps.clock.nowMs() - head.timeMs),
      ...write,
    };
  });
}

type Transport = ReturnType<typeof createHttpTransport>;

async function findWriteAccess(
  options: { readonly namespace: Uint8Array; readonly chainId: string },
  deps: LogDeps & { readonly transport: Transport },
): Promise<Pick<LogReport, "account" | "writeFault">> {
  try {
    const { account } = await checkDaSetup({ ...options, access: "write" }, deps);
    const { address = "", balanceUtia = 0n } = account ?? {};
    return { account: { address, balanceTia: Number(balanceUtia) / 1e6 }, writeFault: undefined };
  } catch (error) {
    for (const known of [daErrors.unauthorised, daErrors.accountUnfunded]) {
      if (isError(error, known)) return { account: undefined, writeFault: error.code };
    }
    throw error;
  }
}

/** What was posted of late. */
export interface PostingRate {
  readonly fromHeight: number;
  readonly toHeight: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly averageBlobBytes: number;
  readonly transactionsPerHour: number;
}

/** The namespace's traffic over the newest heights. @throws DSDN_DA_* */
export async function measurePosting(
  subject: LogSubject,
  options: { readonly heights: number; readonly signal?: AbortSignal },
  deps: LogDeps,
): Promise<PostingRate> {
  return withLog(subject, deps, async (da) => {
    const { height: toHeight, timeMs: endMs } = await da.head();
    const fromHeight = Math.max(1, toHeight - options.heights + 1);
    const { timeMs: beginMs } = await da.headerAt(fromHeight);
    let [blobs, bytes] = [0, 0];
    for (let height = fromHeight; height <= toHeight; height++) {
      options.signal?.throwIfAborted();
      for (const { data } of await da.getAll(height)) {
        blobs += 1;
        bytes += data.length;
      }
    }
    const hours = Math.max(1, endMs - beginMs) / 3_600_000;
    const averageBlobBytes = blobs === 0 ? 0 : Math.round(bytes / blobs);
    return { fromHeight, toHeight, blobs, bytes, averageBlobBytes, transactionsPerHour: blobs / hours };
  });
}

async function withLog<T>(
  subject: LogSubject,
  deps: LogDeps,
  work: (da: DataAvailability, transport: Transport) => Promise<T>,
): Promise<T> {
  const { url, token, chainId } = subject;
  const transport = createHttpTransport({ url, ...(token === undefined ? {} : { token }) }, deps);
  const da = createCelestiaClient({ namespace: parseNamespace(subject.namespace), chainId }, { transport, ...deps });
  await da.start();
  try {
    return await work(da, transport);
  } finally {
    await da.stop();
  }
}
