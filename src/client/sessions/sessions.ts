import { join } from "node:path";
import { fail, isError } from "../../base/index.ts";
import { ed25519FromSeed } from "../../crypto/index.ts";
import { formatSessionCredential, type Reach } from "../../keys/index.ts";
import {
  hexId,
  type KeyId,
  limits,
  type NetworkId,
  parseKeyId,
  parseNetworkId,
  type SessionGrant,
  type SessionRow,
  signSessionGrant,
} from "../../protocol/index.ts";
import { sendEvent } from "../deployments/send-package.ts";
import { clientErrors } from "../errors.ts";
import { type ClientDeps, getAccount, openNetworkSession } from "../network-session.ts";
import { createOutbox } from "../publishing/outbox.ts";
import { createPublisher } from "../publishing/publisher.ts";
import { type GrantNotes, openGrantNotes } from "./grant-notes.ts";
import { lentErrors } from "./lent-errors.ts";

/** What a session key is granted. */
export interface GrantWish {
  /** The owner's name for it: 1 to 64 bytes. What it stores by itself is kept apart under this name. */
  readonly name: string;
  readonly scopes: SessionGrant["scopes"];
  /** Bytes it may publish in all, deletes give nothing back; without limit but the owner's own unless said. */
  readonly quotaBytes?: number | undefined;
  readonly lifetimeMs: number;
  readonly reach: Reach;
  /** Where whoever has it finds the network; part of the text. */
  readonly ingresses?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface GrantedSession {
  readonly session: KeyId;
  readonly network: NetworkId;
  readonly quotaBytes: number;
  readonly expiresMs: number;
  /** The secret text: whoever has it acts for the account within the grant. It is kept nowhere else. */
  readonly credential: string;
}

/** A session of the account as the log has it. */
export interface OwnSession extends SessionRow {
  /** Null when it was granted on another machine or is a machine's own. */
  readonly name: string | null;
  readonly reach: Reach | null;
  readonly status: "active" | "expired" | "revoked";
  /** True for the one this program signs with. */
  readonly isCurrent: boolean;
}

/** A session that was ended. */
export interface RevokedSession extends OwnSession {
  /** False while the log has not taken it; it is on its way. */
  readonly isDone: boolean;
  readonly wasActive: boolean;
}

/** Session keys the account gives away, and those it has. */
export interface SessionsClient {
  /**
   * Makes a session key, grants it and waits until the log knows it.
   * @throws DSDN_CLIENT_ACCOUNT_NEEDED, DSDN_KEYS_WALLET_MISSING, DSDN_CLIENT_EVENT_REJECTED
   */
  grant(wish: GrantWish): Promise<GrantedSession>;
  /** Every session of the account, active ones first. @throws DSDN_CLIENT_ACCOUNT_NEEDED */
  list(signal?: AbortSignal): Promise<readonly OwnSession[]>;
  /**
   * Ends a session for good.
   * @param reference - its name, or the first 8 or more digits of its key.
   * @throws DSDN_CLIENT_SESSION_UNKNOWN, DSDN_CLIENT_SESSION_AMBIGUOUS
   */
  revoke(reference: string, signal?: AbortSignal): Promise<RevokedSession>;
}

const PAGE = 1000;
const EVENT_TIMEOUT_MS = 120_000;
const STATUS_ORDER = ["active", "expired", "revoked"] as const;

export function createSessionsClient(deps: ClientDeps): SessionsClient {
  const notesOf = async (): Promise<GrantNotes> => {
    const { details } = await deps.ingress.call("network");
    const folder = join(deps.profileFolder, "networks", parseNetworkId(details.network));
    return openGrantNotes({ folder, account: await getAccount(deps) }, deps);
  };
  const list: SessionsClient["list"] = (signal) => listSessions(deps, notesOf, signal);
  return {
    grant: (wish) => grantSession(deps, notesOf, wish),
    list,
    async revoke(reference, signal) {
      const found = pickSession(await list(signal), reference);
      const wasActive = found.status === "active";
      if (found.isRevoked) return { ...found, isDone: true, wasActive };
      const body = { sessionKey: parseKeyId(found.session) };
      const { isDone } = await sendEvent(deps, { kind: "SessionRevoked", body }, signal);
      return { ...found, isRevoked: true, status: "revoked", isDone, wasActive };
    },
  };
}

/** How often a grant is made again because another one of the wallet came first, on this machine or elsewhere. */
const TURNS = 8;

async function grantSession(
  deps: ClientDeps,
  notesOf: () => Promise<GrantNotes>,
  wish: GrantWish,
): Promise<GrantedSession> {
  for (let turn = 1; ; turn++) {
    try {
      return await grantOnce(deps, notesOf, wish);
    } catch (error) {
      const isOvertaken = isError(error, clientErrors.eventRejected) && error.facts["reason"] === "nonce";
      if (!isOvertaken || turn >= TURNS) throw error;
    }
  }
}

async function grantOnce(
  deps: ClientDeps,
  notesOf: () => Promise<GrantNotes>,
  wish: GrantWish,
): Promise<GrantedSession> {
  const { ingress, random, clock, disk } = deps;
  const { name, scopes, quotaBytes = limits.objectBytes, lifetimeMs, reach, ingresses = [], signal } = wish;
  const account = await getAccount(deps);
  const wallet = account.wallet();
  const secrets = account.lend(name, reach);
  const { details: facts } = await ingress.call("network", { signal });
  const { details: owner } = await ingress.call("owner", { params: { address: account.address() }, signal });
  const network = parseNetworkId(facts.network);
  const seed = random.bytes(32);
  const signer = ed25519FromSeed(seed);
  const session = hexId<KeyId>(signer.publicKey);
  const grant = signSessionGrant(wallet, network, {
    wallet: account.address(),
    sessionKey: session,
    scopes,
    quotaBytes,
    expiresMs: Math.max(facts.logTimeMs, clock.nowMs()) + lifetimeMs,
    nonce: Math.max(owner.nextGrantNonce, clock.nowMs()),
  });
  // On the log at once: a later grant of the wallet would overtake one that is introduced only when it is first used.
  const folder = join(deps.profileFolder, "networks", network);
  const outbox = createOutbox({ folder, network, session: { signer, key: session, grant } }, { ...deps, signal });
  const noLease = () => Promise.reject(fail(clientErrors.unexpected, { what: "a lease for a grant" }));
  const way = { ingress, network, author: session, outbox, zoneOf: () => undefined, leaseFor: noLease, clock, signal };
  const publisher = createPublisher(way);
  const entry = await publisher.commit({ events: [], manifest: null });
  await publisher.deliver(entry);
  const forget = () => disk.remove(join(folder, `outbox-${session.slice(0, 16)}`));
  const outcome = await publisher.settle(entry, EVENT_TIMEOUT_MS).catch(async (error: unknown) => {
    // A key the log refused signs nothing more.
    if (isError(error, clientErrors.eventRejected)) await forget();
    throw error;
  });
  await (await notesOf()).add({ session, name, reach, createdMs: clock.nowMs() });
  if (outcome !== undefined) await forget();
  const credential = formatSessionCredential({ name, network, ingresses, reach, secrets, seed, grant });
  return { session, network, quotaBytes, expiresMs: grant.expiresMs, credential };
}

async function listSessions(
  deps: ClientDeps,
  notesOf: () => Promise<GrantNotes>,
  signal: AbortSignal | undefined,
): Promise<readonly OwnSession[]> {
  const { ingress } = deps;
  const { session: current, account, logTimeMs } = await openNetworkSession(deps, { signal });
  const notes = new Map((await (await notesOf()).read()).map((note) => [note.session, note]));
  const rows: SessionRow[] = [];
  for (let after = ""; ; ) {
    const params = { address: account.address() };
    const { details } = await ingress.call("ownerSessions", { params, query: { after, limit: PAGE }, signal });
    rows.push(...details.sessions);
    if (details.next === null) break;
    after = details.next;
  }
  const own = rows.map((row): OwnSession => {
    const note = notes.get(parseKeyId(row.session));
    const isLent = account.lent?.key === row.session;
    return {
      ...row,
      name: note?.name ?? (isLent ? (account.lent?.name ?? null) : null),
      reach: note?.reach ?? null,
      status: row.isRevoked ? "revoked" : row.expiresMs <= logTimeMs ? "expired" : "active",
      isCurrent: row.session === current.key,
    };
  });
  return own.toSorted(
    (left, right) =>
      STATUS_ORDER.indexOf(left.status) - STATUS_ORDER.indexOf(right.status) || right.expiresMs - left.expiresMs,
  );
}

function pickSession(sessions: readonly OwnSession[], reference: string): OwnSession {
  const isKey = /^[0-9a-f]{8,64}$/.test(reference);
  const named = sessions.filter(({ name }) => name === reference);
  const active = named.filter(({ status }) => status === "active");
  const byName = active.length > 0 ? active : named;
  const found = byName.length > 0 ? byName : sessions.filter(({ session }) => isKey && session.startsWith(reference));
  const [first, second] = found;
  if (first === undefined) throw fail(lentErrors.sessionUnknown, { reference: reference.slice(0, 80) });
  if (second === undefined) return first;
  const keys = found.map(({ session }) => session.slice(0, 16)).join(", ");
  throw fail(lentErrors.sessionAmbiguous, { reference: reference.slice(0, 80), keys });
}
