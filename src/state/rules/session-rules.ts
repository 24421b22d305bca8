import { isSessionGrantSigned, type KeyId, limits, type SessionGrant } from "../../protocol/index.ts";
import type { Rule, RuleContext } from "../context.ts";
import type { OwnerRecord, SessionRecord } from "../entities.ts";
import type { Rejection } from "../reasons.ts";

/** A session key that acts for its wallet, or why it may not. */
export type Authority =
  | { readonly session: SessionRecord; readonly reason: undefined }
  | { readonly session: undefined; readonly reason: Rejection };

/** The session of an event's author when it is granted, in time and has the scope. */
export function authorise(
  { tables, nowMs }: RuleContext,
  author: KeyId,
  scope: SessionRecord["scopes"][number] | undefined,
): Authority {
  const session = tables.session.find(author);
  if (session === undefined || session.isRevoked) return { session: undefined, reason: "session-unknown" };
  if (session.expiresMs <= nowMs) return { session: undefined, reason: "session-expired" };
  if (scope !== undefined && !session.scopes.includes(scope)) return { session: undefined, reason: "scope" };
  return { session, reason: undefined };
}

/** The owner's record, made up when the wallet is new. */
export function ownerOf({ tables }: RuleContext, address: OwnerRecord["address"]): OwnerRecord {
  return tables.owner.find(address) ?? { address, nextGrantNonce: 0, nextOperatorNonce: 0, usedBytes: 0 };
}

/** The session key brings its wallet's signed grant. A later grant of the same wallet renews it, even when revoked. */
export const sessionGranted: Rule<"SessionGranted"> = (context, { author, body: grant }) => {
  const { tables, nowMs } = context;
  if (grant.sessionKey !== author) return "not-owner";
  const known = tables.session.find(author);
  if (known !== undefined && known.wallet !== grant.wallet) return "session-other-wallet";
  const owner = ownerOf(context, grant.wallet);
  if (!isNonceUsable(grant.nonce, owner.nextGrantNonce)) return "nonce";
  if (grant.expiresMs <= nowMs) return "session-expired";
  if (countLiveSessions(context, grant) >= limits.sessionsPerOwner) return "session-limit";
  if (!isSessionGrantSigned(context.network, grant)) return "grant-signature";
  tables.owner.put(grant.wallet, { ...owner, nextGrantNonce: grant.nonce + 1 });
  tables.session.put(author, {
    key: author,
    wallet: grant.wallet,
    scopes: grant.scopes,
    quotaBytes: grant.quotaBytes,
    usedBytes: 0,
    expiresMs: grant.expiresMs,
    isRevoked: false,
  });
  return undefined;
};

/** The session key itself, or another session of the same wallet, ends a session. */
export const sessionRevoked: Rule<"SessionRevoked"> = (context, { author, body }) => {
  const { session, reason } = authorise(context, author, undefined);
  if (session === undefined) return reason;
  const target = context.tables.session.find(body.sessionKey);
  if (target === undefined) return "session-unknown";
  if (target.wallet !== session.wallet) return "session-other-wallet";
  if (!target.isRevoked) context.tables.session.put(target.key, { ...target, isRevoked: true });
  return undefined;
};

/** A nonce at or above the next one, and small enough that one more can follow. */
export function isNonceUsable(nonce: number, next: number): boolean {
  return nonce >= next && nonce < Number.MAX_SAFE_INTEGER;
}

function countLiveSessions({ tables, nowMs }: RuleContext, grant: SessionGrant): number {
  let count = 0;
  for (const id of tables.session.idsBy("wallet", grant.wallet)) {
    const session = tables.session.find(id);
    if (session === undefined || session.key === grant.sessionKey) continue;
    if (!session.isRevoked && session.expiresMs > nowMs) count++;
  }
  return count;
}
