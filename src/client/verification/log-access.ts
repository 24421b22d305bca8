import { type Clock, createHttpClient, DsdnError, type Logger } from "../../base/index.ts";
import { createCelestiaClient, createHttpTransport, type DataAvailability, loadDaToken } from "../../da/index.ts";
import type { Genesis, LogSource } from "../../protocol/index.ts";

/** How a program reaches the log without asking anyone of the network. */
export interface LogAccess {
  /** JSON-RPC of a Celestia node. */
  readonly url: string;
  /** Secret. */
  readonly token?: string | undefined;
}

export interface LogDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** The network's log through a Celestia node; not started. With `readsProofs` the node can hide and invent nothing. */
export function openLog(
  access: LogAccess,
  options: { readonly genesis: Genesis; readonly readsProofs: boolean },
  deps: LogDeps,
): DataAvailability {
  const { url, token } = access;
  const { namespace, chainId } = options.genesis.da;
  const transport = createHttpTransport({ url, ...(token === undefined ? {} : { token }) }, deps);
  return createCelestiaClient({ namespace, chainId, readsProofs: options.readsProofs }, { transport, ...deps });
}

/** The token that opens a Celestia node, from a value or a file. @throws DSDN_DA_TOKEN_MISSING */
export const loadLogToken = loadDaToken;

/** The log as a replica follows it. */
export function logSourceOf(da: Pick<DataAvailability, "subscribe">): LogSource {
  return {
    follow: async function* (subscription) {
      for await (const { height, timeMs, blobs } of da.subscribe(subscription)) {
        yield { height, timeMs, blobs: blobs.map(({ data }) => data) };
      }
    },
  };
}

const ROLE_TIMEOUT_MS = 10_000;

/** A role's own word on the state, or why there is none. */
export async function askRoot(
  url: string,
  height: number | undefined,
  signal: AbortSignal | undefined,
): Promise<{ readonly height: number; readonly stateRoot: string } | { readonly fault: string }> {
  const client = createHttpClient({ name: "The role", url });
  const path = height === undefined ? "/v1/state/root" : `/v1/state/root?height=${height}`;
  try {
    const answer = await client.json(path, { timeoutMs: ROLE_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) });
    const details = Object(answer).details;
    if (Number.isSafeInteger(details?.height) && /^[0-9a-f]{64}$/.test(String(details?.stateRoot))) {
      return { height: details.height, stateRoot: String(details.stateRoot) };
    }
    return { fault: "its answer is no state root" };
  } catch (error) {
    if (error instanceof DsdnError) return { fault: error.code };
    throw error;
  }
}
