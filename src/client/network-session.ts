import { join } from "node:path";
import { acquireFileLock, type Clock, type Disk, fail, isError, type Random, toBase64 } from "../base/index.ts";
import { type Account, createSessionStore, type Session } from "../keys/index.ts";
import {
  type ApiDetails,
  type EventKind,
  encodeUploadLease,
  type KeyId,
  limits,
  type NetworkId,
  parseKeyId,
  parseNetworkId,
  sessionScopes,
  signUploadLease,
} from "../protocol/index.ts";
import { clientErrors } from "./errors.ts";
import type { ZoneOf } from "./files/acks.ts";
import { type ContentJournal, openContentJournal } from "./files/content-journal.ts";
import type { Ingress } from "./ingress.ts";
import { createOutbox } from "./publishing/outbox.ts";
import { createPublisher, isUntaken, type Publisher } from "./publishing/publisher.ts";
import { lentErrors } from "./sessions/lent-errors.ts";
import { checkScope, openLentSession } from "./sessions/lent-session.ts";

/** What the client is built on. */
export interface ClientDeps {
  readonly ingress: Ingress;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** Where the client keeps its outbox, sessions and caches; absolute. */
  readonly profileFolder: string;
  /** Opens the account when it is first needed; undefined when there is none. */
  readonly findAccount: () => Promise<Account | undefined>;
  /** The session last opened: what follows at once goes on with it. */
  readonly recent: RecentSession;
  /** True for a page: what it keeps is gone with it, and no later run ends what this one began. */
  readonly isPassing?: boolean;
}

export interface RecentSession {
  opening?: Promise<NetworkSession>;
  signal?: AbortSignal | undefined;
  /** By the monotonic clock. */
  untilMs: number;
}

/** One account at work on one network. */
export interface NetworkSession {
  readonly network: NetworkId;
  readonly account: Account;
  readonly session: Session;
  /** The folder of this network in the profile. */
  readonly folder: string;
  readonly logTimeMs: number;
  readonly publisher: Publisher;
  readonly zoneOf: ZoneOf;
  readonly leaseFor: (sizeBytes: number) => Promise<string>;
  /** Asks anew which nodes there are. */
  readonly refreshNodes: () => Promise<void>;
  openJournal(): Promise<ContentJournal>;
}

const YEAR_MS = 365 * 24 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** Nodes come and go, and the log's time goes on: after so long the network is asked anew. */
const RECENT_MS = 5_000;
const LEASE_MS = 12 * 3_600_000;
const LEASE_BYTES = 4 * 1024 ** 3;

/** @throws DSDN_CLIENT_ACCOUNT_NEEDED */
export async function getAccount(deps: ClientDeps): Promise<Account> {
  const account = await deps.findAccount();
  if (account === undefined) throw fail(clientErrors.accountNeeded, {});
  return account;
}

export interface SessionUse {
  readonly signal?: AbortSignal | undefined;
  /** A session key the log refuses; it is replaced. */
  readonly refused?: KeyId;
}

/** Opens the account's session on the network, making and granting one at the first use. */
export async function openNetworkSession(deps: ClientDeps, use: SessionUse = {}): Promise<NetworkSession> {
  const { recent } = deps;
  const nowMs = deps.clock.monotonicMs();
  const isRecent = use.refused === undefined && use.signal === recent.signal && nowMs < recent.untilMs;
  if (isRecent && recent.opening !== undefined) return recent.opening;
  const opening = openSessionNow(deps, use);
  Object.assign(recent, { opening, signal: use.signal, untilMs: nowMs + RECENT_MS });
  opening.catch(() => {
    if (recent.opening === opening) recent.untilMs = 0;
  });
  return opening;
}

async function openSessionNow(deps: ClientDeps, use: SessionUse): Promise<NetworkSession> {
  const { signal } = use;
  const { ingress, disk, clock, random } = deps;
  const account = await getAccount(deps);
  const { details: facts } = await ingress.call("network", { signal });
  const network = parseNetworkId(facts.network);
  const folder = join(deps.profileFolder, "networks", network);
  const session = await openSession(deps, { account, network, facts, folder, use });
  const zones = new Map<KeyId, string>();
  const refreshNodes = async () => {
    const { details } = await ingress.call("nodes", { signal });
    zones.clear();
    for (const node of details.nodes) zones.set(parseKeyId(node.node), node.zone);
  };
  await refreshNodes();
  const zoneOf: ZoneOf = (node) => zones.get(node);
  const checkKinds = (kinds: readonly EventKind[]) => checkScope(account.lent, kinds);
  const grantLease = createLeases({ network, session }, clock);
  const leaseFor = async (sizeBytes: number) => {
    // A lease stands for what is published with it.
    checkKinds(["ObjectPublished"]);
    return grantLease(sizeBytes);
  };
  const outbox = createOutbox({ folder, network, session, checkKinds }, { disk, clock, random, ingress, signal });
  const publisher = createPublisher({
    ingress,
    network,
    author: session.key,
    outbox,
    zoneOf,
    leaseFor,
    clock,
    signal,
  });
  const openJournal = () =>
    openContentJournal(join(folder, `content-${account.fingerprint}`), { disk, clock, random, account });
  const rest = { publisher, zoneOf, leaseFor, refreshNodes, openJournal };
  return { network, account, session, folder, logTimeMs: facts.logTimeMs, ...rest };
}

interface SessionNeeds {
  readonly account: Account;
  readonly network: NetworkId;
  readonly facts: ApiDetails<"network">;
  readonly folder: string;
  readonly use: SessionUse;
}

async function openSession(deps: ClientDeps, needs: SessionNeeds): Promise<Session> {
  const { account, network, facts, folder, use } = needs;
  if (account.lent !== undefined) {
    return openLentSession(deps, account.lent, { network, logTimeMs: facts.logTimeMs, signal: use.signal });
  }
  const store = createSessionStore({ folder: deps.profileFolder }, deps);
  const find = async () => {
    const found = await store.find(account, network);
    const isUsable = found !== undefined && found.grant.expiresMs > facts.logTimeMs + DAY_MS;
    return isUsable && found.key !== use.refused ? found : undefined;
  };
  const known = await find();
  if (known !== undefined) return known;
  await deps.disk.makeFolder(folder);
  // Two programs at their first use must not make two sessions, of which one would be forgotten.
  const lock = await acquireFileLock({ path: join(folder, "session.lock"), ...signalOf(use) }, deps);
  try {
    return (await find()) ?? (await createSession(deps, needs));
  } finally {
    await lock.release();
  }
}

async function createSession(deps: ClientDeps, { account, network, facts, use }: SessionNeeds): Promise<Session> {
  const params = { address: account.address() };
  const { details } = await deps.ingress.call("owner", { params, signal: use.signal });
  return createSessionStore({ folder: deps.profileFolder }, deps).create(account, {
    network,
    scopes: [...sessionScopes],
    // What the wallet may keep bounds it; a grant counts what was ever published and would run out.
    quotaBytes: limits.objectBytes,
    expiresMs: Math.max(facts.logTimeMs, deps.clock.nowMs()) + YEAR_MS,
    nonce: Math.max(details.nextGrantNonce, deps.clock.nowMs()),
  });
}

function signalOf({ signal }: SessionUse): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** Reasons for which the log refuses everything a session signs. */
const SESSION_REFUSALS: readonly unknown[] = [
  "session-unknown",
  "session-expired",
  "session-limit",
  "grant-signature",
  "nonce",
];

/**
 * Runs the work with the account's session. When the log turns out to refuse the session, because another machine's
 * grant overtook its own or it was revoked, the work is run once more with a new one.
 */
export async function withSession<T>(
  deps: ClientDeps,
  signal: AbortSignal | undefined,
  work: (session: NetworkSession) => Promise<T>,
): Promise<T> {
  const session = await openNetworkSession(deps, { signal });
  await resendAll(session);
  try {
    return await workInTurn(deps, { session, signal, work });
  } catch (error) {
    const isRefused = isError(error, clientErrors.eventRejected) && SESSION_REFUSALS.includes(error.facts["reason"]);
    const { lent } = session.account;
    if (isRefused && lent !== undefined) throw fail(lentErrors.sessionRefused, { name: lent.name }, { cause: error });
    if (!isRefused) throw error;
    return work(await openNetworkSession(deps, { signal, refused: session.session.key }));
  }
}

/** Work is done again because another program with the same session was quicker at least so often, and for so long. */
const TURNS = 6;
const TURNS_MS = 60_000;
const TURN_PAUSE_MS = 400;
const TURN_PAUSE_MAX_MS = 2_000;

/** Does the work, and again when another program took the numbers of its events. Nothing of a lost turn is on the log. */
async function workInTurn<T>(
  { clock, random }: ClientDeps,
  {
    session,
    signal,
    work,
  }: { session: NetworkSession; signal: AbortSignal | undefined; work: (session: NetworkSession) => Promise<T> },
): Promise<T> {
  const endMs = clock.monotonicMs() + TURNS_MS;
  for (let turn = 1; ; turn++) {
    try {
      return await work(session);
    } catch (error) {
      const isOver = turn >= TURNS && clock.monotonicMs() >= endMs;
      if (!isError(error, lentErrors.sessionBusy) || isOver) throw error;
      // Not in step with the other, who may be waiting just as long.
      const [share = 0] = random.bytes(1);
      const pauseMs = Math.min(TURN_PAUSE_MS * turn, TURN_PAUSE_MAX_MS);
      await clock.sleep(pauseMs * (0.5 + share / 256), signal);
    }
  }
}

/**
 * An earlier run's events whose numbers another program took are lost, as that run was told. Those no coordinator takes
 * now stay in the outbox, and do not keep this run's work from becoming durable.
 */
async function resendAll({ publisher }: NetworkSession): Promise<void> {
  try {
    await publisher.resend();
  } catch (error) {
    if (!isError(error, lentErrors.sessionBusy) && !isUntaken(error)) throw error;
  }
}

/** Leases are made as they are used up; one lasts half a day. */
function createLeases(
  { network, session }: { network: NetworkId; session: Session },
  clock: Clock,
): (sizeBytes: number) => Promise<string> {
  let current = { text: "", leftBytes: 0, expiresMs: 0 };
  return async (sizeBytes) => {
    const nowMs = clock.nowMs();
    if (current.leftBytes < sizeBytes || current.expiresMs < nowMs + LEASE_MS / 2) {
      const terms = { network, sizeBytes: LEASE_BYTES, createdMs: nowMs, expiresMs: nowMs + LEASE_MS };
      const lease = signUploadLease(session.signer, { ...terms, grant: session.grant });
      current = { text: toBase64(encodeUploadLease(lease)), leftBytes: LEASE_BYTES, expiresMs: terms.expiresMs };
    }
    // A chunk may be sent more than once when the way is bad, and every sending counts at the node.
    current.leftBytes -= 4 * sizeBytes;
    return current.text;
  };
}
