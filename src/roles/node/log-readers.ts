import { DsdnError, fail, findBase64 } from "../../base/index.ts";
import {
  decodeLogRequest,
  isLogRequestSigned,
  isSessionGrantSigned,
  type KeyId,
  type LogRequest,
  type NetworkId,
} from "../../protocol/index.ts";
import type { WorkloadRecord } from "../../state/index.ts";
import { nodeErrors } from "./errors.ts";

export interface LogReaderDeps {
  readonly network: NetworkId;
  readonly nowMs: () => number;
  /** True when the log has revoked the session. */
  readonly isRevoked: (session: KeyId) => boolean;
}

/** Clocks of owners and nodes differ, and a request may have waited on its way. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/**
 * Lets nobody read a workload's log but its owner: a session of the wallet that deployed it has signed the request, for
 * this workload, a moment ago.
 *
 * @param shown - the header, base64 of a `LogRequest`; empty when there is none.
 * @throws DSDN_NODE_LOG_PRIVATE
 */
export function checkLogReader(deps: LogReaderDeps, workload: Pick<WorkloadRecord, "id" | "owner">, shown: string) {
  const request = decode(shown);
  const { grant } = request;
  const nowMs = deps.nowMs();
  if (request.network !== deps.network) throw refused("the request was made for another network");
  if (request.workload !== workload.id) throw refused("the request was made for another log");
  if (grant.wallet !== workload.owner) throw refused("another account deployed it");
  if (Math.abs(nowMs - request.createdMs) > CLOCK_TOLERANCE_MS) {
    throw refused("the request is too old, or from the future");
  }
  if (!isLogRequestSigned(request)) throw refused("the signature of the request is wrong");
  if (!isSessionGrantSigned(deps.network, grant)) throw refused("the wallet did not grant the session");
  if (!grant.scopes.includes("deploy")) throw refused("the session may not deploy, nor read logs");
  if (grant.expiresMs <= nowMs) throw refused("the session has expired");
  if (deps.isRevoked(request.sessionKey)) throw refused("the session was revoked");
}

function decode(shown: string): LogRequest {
  const bytes = shown === "" ? undefined : findBase64(shown);
  if (bytes === undefined) throw refused("nothing shows who asks");
  try {
    return decodeLogRequest(bytes);
  } catch (error) {
    if (error instanceof DsdnError) throw refused("the request cannot be read");
    throw error;
  }
}

function refused(reason: string) {
  return fail(nodeErrors.logPrivate, { reason });
}
