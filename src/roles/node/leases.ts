import { fail, findBase64 } from "../../base/index.ts";
import {
  type Address,
  decodeUploadLease,
  isSessionGrantSigned,
  isUploadLeaseSigned,
  type NetworkId,
  type UploadLease,
} from "../../protocol/index.ts";
import { nodeErrors } from "./errors.ts";

/** Checks upload leases and counts what was stored under each. */
export interface LeaseBook {
  /**
   * The wallet that pays for `sizeBytes` more bytes.
   * @throws DSDN_NODE_LEASE_INVALID; what `decodeUploadLease` throws
   */
  spend(header: string, sizeBytes: number): Address;
}

/** Clocks of client and node may differ by this much. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;
const MAX_LIFETIME_MS = 24 * 3_600_000 + CLOCK_TOLERANCE_MS;
const MAX_REMEMBERED = 10_000;

export function createLeaseBook(deps: {
  network: NetworkId;
  nowMs: () => number;
  /** True when the log says that this session key was revoked. */
  isRevoked: (lease: UploadLease) => boolean;
}): LeaseBook {
  const spent = new Map<string, { usedBytes: number; lease: UploadLease }>();

  /** Both signatures are checked once per lease; a wallet signature costs about a millisecond. */
  function open(header: string): { usedBytes: number; lease: UploadLease } {
    const known = spent.get(header);
    if (known !== undefined) return known;
    const bytes = findBase64(header);
    if (bytes === undefined) throw invalid("it is not base64");
    const lease = decodeUploadLease(bytes);
    if (lease.network !== deps.network) throw invalid("it was made for another network");
    if (!isUploadLeaseSigned(lease)) throw invalid("its signature is wrong");
    if (!isSessionGrantSigned(deps.network, lease.grant)) throw invalid("its wallet did not grant it");
    if (!lease.grant.scopes.includes("upload")) throw invalid("its session may not upload");
    if (lease.expiresMs - lease.createdMs > MAX_LIFETIME_MS) throw invalid("it lasts too long");
    const entry = { usedBytes: 0, lease };
    spent.set(header, entry);
    const oldest = spent.keys().next().value;
    if (spent.size > MAX_REMEMBERED && oldest !== undefined) spent.delete(oldest);
    return entry;
  }

  return {
    spend: (header, sizeBytes) => {
      const entry = open(header);
      const { lease } = entry;
      const now = deps.nowMs();
      if (lease.createdMs > now + CLOCK_TOLERANCE_MS) throw invalid("it begins in the future");
      if (lease.expiresMs < now || lease.grant.expiresMs < now) throw invalid("it has expired");
      if (deps.isRevoked(lease)) throw invalid("its session was revoked");
      if (entry.usedBytes + sizeBytes > lease.sizeBytes) throw invalid("more bytes were sent than it allows");
      entry.usedBytes += sizeBytes;
      return lease.grant.wallet;
    },
  };
}

function invalid(reason: string) {
  return fail(nodeErrors.leaseInvalid, { reason });
}
