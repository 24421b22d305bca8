import { findBase64, toBase64 } from "../../base/index.ts";
import { ed25519FromSeed } from "../../crypto/index.ts";
import {
  type Address,
  byteString,
  encodeLogRequest,
  encodeWith,
  findWith,
  hexId,
  isSessionGrantSigned,
  type KeyId,
  type NetworkId,
  networkId,
  parseNetworkId,
  sessionGrant,
  signLogRequest,
  signSessionGrant,
  type WorkloadId,
  z,
} from "../../protocol/index.ts";
import { type ClientDeps, getAccount } from "../network-session.ts";

const logPass = z.strictObject({ network: networkId, seed: byteString(32), grant: sessionGrant });
const PASS_BYTES_MAX = 4096;

/**
 * A text with which another program of this user reads the logs of this account's deployments until `lifeMs` have
 * passed. Secret: until then it also cancels and promotes them; it stores nothing, and nothing of it is on the log.
 *
 * @throws DSDN_CLIENT_ACCOUNT_NEEDED, DSDN_KEYS_WALLET_MISSING for an account that is itself a lent session
 */
export async function makeLogPass(
  deps: ClientDeps,
  { lifeMs, signal }: { readonly lifeMs: number; readonly signal?: AbortSignal | undefined },
): Promise<string> {
  const account = await getAccount(deps);
  const { details: facts } = await deps.ingress.call("network", { signal });
  const network = parseNetworkId(facts.network);
  const seed = deps.random.bytes(32);
  const nowMs = Math.max(facts.logTimeMs, deps.clock.nowMs());
  const grant = signSessionGrant(account.wallet(), network, {
    wallet: account.address(),
    sessionKey: hexId<KeyId>(ed25519FromSeed(seed).publicKey),
    // Whoever may deploy may read what was written; there is no smaller permission.
    scopes: ["deploy"],
    quotaBytes: 0,
    expiresMs: nowMs + lifeMs,
    nonce: nowMs,
  });
  return toBase64(encodeWith(logPass, { network, seed, grant }));
}

/** Makes the requests with which a node gives out the logs of one owner. */
export interface LogReader {
  readonly owner: Address;
  /** Base64, for the header of the request; a node takes it for some minutes. @param nowMs - the later of clock and log time. */
  request(workload: WorkloadId, nowMs: number): string;
}

/** Undefined when the text is damaged or of another network. */
export function findLogReader(text: string, network: NetworkId): LogReader | undefined {
  const bytes = findBase64(text.slice(0, 2 * PASS_BYTES_MAX));
  const found =
    bytes === undefined ? undefined : findWith(logPass, bytes, { what: "log pass", limitBytes: PASS_BYTES_MAX });
  if (found === undefined || found.network !== network || !isSessionGrantSigned(network, found.grant)) return undefined;
  const { grant } = found;
  const key = ed25519FromSeed(found.seed);
  return {
    owner: grant.wallet,
    request: (workload, createdMs) =>
      toBase64(encodeLogRequest(signLogRequest(key, { network, workload, createdMs, grant }))),
  };
}
