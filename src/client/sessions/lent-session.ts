import { DsdnError, fail } from "../../base/index.ts";
import type { LentSession, Session } from "../../keys/index.ts";
import type { EventKind, NetworkId, SessionGrant } from "../../protocol/index.ts";
import type { Ingress } from "../ingress.ts";
import { lentErrors } from "./lent-errors.ts";

interface Place {
  readonly network: NetworkId;
  readonly logTimeMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The session a credential brought, after a look at the log: what ended is said before anything is sent. One the log
 * does not know yet introduces itself with its first event.
 *
 * @throws DSDN_CLIENT_SESSION_OTHER_NETWORK, DSDN_CLIENT_SESSION_EXPIRED, DSDN_CLIENT_SESSION_REVOKED
 */
export async function openLentSession(
  { ingress }: { readonly ingress: Ingress },
  { name, network, signer, key, grant }: LentSession,
  here: Place,
): Promise<Session> {
  if (network !== here.network) {
    throw fail(lentErrors.sessionOtherNetwork, { name, network, answered: here.network });
  }
  if (grant.expiresMs <= here.logTimeMs) {
    throw fail(lentErrors.sessionExpired, { name, time: new Date(grant.expiresMs).toISOString() });
  }
  if (await isRevoked(ingress, key, here.signal)) throw fail(lentErrors.sessionRevoked, { name });
  return { signer, key, grant };
}

async function isRevoked(ingress: Ingress, key: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    return (await ingress.call("session", { params: { key }, signal })).details.isRevoked;
  } catch (error) {
    if (error instanceof DsdnError && error.spec.httpStatus === 404) return false;
    throw error;
  }
}

type Scope = SessionGrant["scopes"][number];

const SCOPE_OF: { readonly [K in EventKind]?: Scope } = {
  ObjectPublished: "upload",
  ObjectExtended: "upload",
  PointerUpdated: "upload",
  DeleteRequested: "delete",
  WorkloadSubmitted: "deploy",
  WorkloadCancelled: "deploy",
  JobScheduled: "deploy",
  JobEnded: "deploy",
  DeploymentRemoved: "deploy",
  DeploymentPromoted: "deploy",
  AliasSet: "deploy",
  AliasRemoved: "deploy",
  DomainAdded: "deploy",
  DomainRemoved: "deploy",
};

/**
 * Nothing when the session may sign such events; the log would refuse them otherwise, after they were sent.
 * @throws DSDN_CLIENT_SESSION_SCOPE
 */
export function checkScope(lent: LentSession | undefined, kinds: readonly EventKind[]): void {
  if (lent === undefined) return;
  const { scopes } = lent.grant;
  for (const kind of kinds) {
    const scope = SCOPE_OF[kind];
    if (scope === undefined || scopes.includes(scope)) continue;
    throw fail(lentErrors.sessionScope, { name: lent.name, scope, granted: scopes.join(",") });
  }
}
