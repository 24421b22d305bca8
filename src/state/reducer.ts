import { DsdnError, fail } from "../base/index.ts";
import {
  findBlobPoster,
  type Genesis,
  isEventKind,
  type KeyId,
  type LogBlob,
  type LogHeight,
  type LogPosition,
  networkIdOf,
  openBlob,
  PROTOCOL_VERSION,
  type SignedEvent,
} from "../protocol/index.ts";
import type { RuleContext } from "./context.ts";
import type { AuthorRecord } from "./entities.ts";
import { stateErrors } from "./errors.ts";
import { LiveState } from "./live-state.ts";
import type { Rejection } from "./reasons.ts";
import { applyRule, introducingKinds } from "./rules/index.ts";
import { startDueRuns } from "./rules/job-rules.ts";
import { activeVersion, isVersionActive, networkFacts } from "./rules/role-rules.ts";
import { createVerifiedEvents, type VerifiedEvent, type VerifiedEvents } from "./verified-events.ts";
import { compareText } from "./votes.ts";

const HOUR_MS = 3_600_000;
/** What an event costs its author's byte budget beside its own bytes. */
const SIGNATURE_BYTES = 64;

/** What became of an event that stood next in its author's sequence. */
export interface Outcome {
  readonly author: KeyId;
  readonly sequence: number;
  readonly kind: string;
  /** SHA-256 of signature || event, hex; absent in what an earlier version remembered. */
  readonly id?: string;
  readonly position: LogPosition;
  readonly isAccepted: boolean;
  /** Set when it was not accepted. */
  readonly reason?: Rejection;
  /** False for the failed introduction of a key the log does not know: it left no trace, the sequence is still free. */
  readonly isConsumed: boolean;
}

/** What one height did. */
export interface AppliedHeight {
  readonly height: number;
  readonly timeMs: number;
  /** State root after the height. */
  readonly root: Uint8Array;
  readonly outcomes: readonly Outcome[];
  /** Blobs and events that were dropped without a trace: strangers', forged, foreign, repeated, out of order. */
  readonly ignored: number;
}

/** The state a network is born with: its role keys. The next height to apply is the genesis' start height. */
export function createState(genesis: Genesis): LiveState {
  const state = new LiveState(genesis, networkIdOf(genesis), genesis.da.startHeight - 1);
  const { coordinators, sequencer, validators } = genesis.roles;
  const { role, network, chain } = state.tables;
  const entries = [
    ...coordinators.map((entry) => ({ ...entry, role: "coordinator" as const })),
    { ...sequencer, role: "sequencer" as const },
    ...validators.map((entry) => ({ ...entry, role: "validator" as const })),
  ];
  for (const entry of entries) role.put(`${entry.role}/${entry.key}`, { ...entry, isActive: true });
  network.put("", { upgrades: [], accepted: 0, rejected: 0 });
  chain.put("", { next: 0, head: genesis.chain.genesisDigest, stateRoot: null });
  state.commit(genesis.createdMs);
  return state;
}

/**
 * Applies the next height of the log. Pure but for `state`, synchronous, and total over hostile blobs: whatever they
 * hold, it only ever changes what the rules allow.
 *
 * @param cache - shared verification; one of its own unless given.
 * @throws DSDN_STATE_UPGRADE_REQUIRED when the network moved to a version this program does not implement; the state
 * stays as it was. DSDN_STATE_HEIGHT_OUT_OF_ORDER when the source skips or repeats a height.
 */
export function applyHeight(
  state: LiveState,
  step: LogHeight,
  cache: VerifiedEvents = createVerifiedEvents(),
): AppliedHeight {
  const expected = state.height + 1;
  if (step.height !== expected) throw fail(stateErrors.heightOutOfOrder, { actual: step.height, expected });
  // Log time never goes back, whatever a source says.
  const nowMs = Math.max(state.timeMs, step.timeMs);
  const { tables, genesis, network } = state;
  const context: RuleContext = { tables, genesis, network, height: step.height, nowMs };
  checkVersion(context);
  startDueRuns(context);
  const outcomes: Outcome[] = [];
  let ignored = 0;
  step.blobs.forEach((bytes, blob) => {
    const opened = findKnownBlob(context, bytes);
    if (opened === undefined) ignored++;
    opened?.events.forEach((signed, event) => {
      const outcome = applyEvent(context, signed, { cache, position: { height: step.height, blob, event } });
      if (outcome === undefined) ignored++;
      else outcomes.push(outcome);
    });
  });
  countOutcomes(context, outcomes);
  const root = state.commit(nowMs, step.height);
  return { height: step.height, timeMs: nowMs, root, outcomes, ignored };
}

function checkVersion(context: RuleContext): void {
  const version = activeVersion(networkFacts(context), context.height);
  if (version <= PROTOCOL_VERSION) return;
  const { height } = networkFacts(context).upgrades.find((upgrade) => upgrade.version === version) ?? context;
  throw fail(stateErrors.upgradeRequired, { version, height, known: PROTOCOL_VERSION });
}

/** The blob when a registered role posted it; a stranger's is dropped before anything of it is parsed. */
function findKnownBlob({ tables, network }: RuleContext, bytes: Uint8Array): LogBlob | undefined {
  const poster = findBlobPoster(bytes);
  if (poster === undefined || !isRoleKey(tables, poster)) return undefined;
  try {
    return openBlob(bytes, network);
  } catch (error) {
    if (error instanceof DsdnError) return undefined;
    throw error;
  }
}

function isRoleKey(tables: RuleContext["tables"], key: KeyId): boolean {
  return tables.role.idsBy("activeKey", key).size > 0;
}

interface Arrival {
  readonly cache: VerifiedEvents;
  readonly position: LogPosition;
}

/** What became of one event; undefined when it left no trace. */
function applyEvent(context: RuleContext, signed: SignedEvent, { cache, position }: Arrival): Outcome | undefined {
  const { tables, network } = context;
  const read = cache.read(signed);
  if (read === undefined || read.head.network !== network) return undefined;
  const claimed = read.head;
  const known = tables.author.find(claimed.author);
  if (claimed.sequence !== (known?.nextSequence ?? 0)) return undefined;
  const isKnown = known !== undefined || isRoleKey(tables, claimed.author);
  if (!isKnown && !introducingKinds.has(claimed.kind)) return undefined;
  const verified = read.verify();
  if (verified === undefined) return undefined;
  const author = inHour(known ?? newAuthor(claimed.author), context.nowMs);
  const charged: AuthorRecord = {
    ...author,
    nextSequence: author.nextSequence + 1,
    hourEvents: author.hourEvents + 1,
    hourBytes: author.hourBytes + signed.event.length + SIGNATURE_BYTES,
  };
  const reason = judge(context, verified, charged);
  const { sequence, kind } = claimed;
  const isAccepted = reason === undefined;
  const facts = { author: author.key, sequence, kind, id: read.id, position };
  const outcome = { ...facts, isAccepted, isConsumed: isAccepted || isKnown };
  // A stranger's failed introduction leaves no trace, so strangers cannot make the state grow.
  if (reason === undefined) tables.author.put(author.key, { ...charged, accepted: author.accepted + 1 });
  else if (isKnown) tables.author.put(author.key, { ...charged, rejected: countReason(author.rejected, reason) });
  return reason === undefined ? outcome : { ...outcome, reason };
}

function judge(context: RuleContext, { head, event }: VerifiedEvent, author: AuthorRecord): Rejection | undefined {
  const { eventsPerAuthorHour, bytesPerAuthorHour } = context.genesis.governed;
  if (author.hourEvents > eventsPerAuthorHour || author.hourBytes > bytesPerAuthorHour) return "rate";
  if (!isVersionActive(context, head.version)) return "version-inactive";
  if (!isEventKind(head.kind)) return "kind-unknown";
  return event === undefined ? "body-malformed" : applyRule(context, event);
}

function newAuthor(key: KeyId): AuthorRecord {
  return { key, nextSequence: 0, accepted: 0, rejected: [], hour: 0, hourEvents: 0, hourBytes: 0 };
}

/** The author with budgets that belong to the current log hour. */
function inHour(author: AuthorRecord, nowMs: number): AuthorRecord {
  const hour = Math.floor(nowMs / HOUR_MS);
  return author.hour === hour ? author : { ...author, hour, hourEvents: 0, hourBytes: 0 };
}

function countReason(counts: AuthorRecord["rejected"], reason: Rejection): AuthorRecord["rejected"] {
  const count = (counts.find((entry) => entry.reason === reason)?.count ?? 0) + 1;
  const others = counts.filter((entry) => entry.reason !== reason);
  return [...others, { reason, count }].sort((left, right) => compareText(left.reason, right.reason));
}

function countOutcomes(context: RuleContext, outcomes: readonly Outcome[]): void {
  const consumed = outcomes.filter(({ isConsumed }) => isConsumed);
  if (consumed.length === 0) return;
  const facts = networkFacts(context);
  const accepted = facts.accepted + consumed.filter(({ isAccepted }) => isAccepted).length;
  const rejected = facts.rejected + consumed.filter(({ isAccepted }) => !isAccepted).length;
  context.tables.network.put("", { ...facts, accepted, rejected });
}
