import { DsdnError, fail } from "../../base/index.ts";
import {
  decodeStoredAck,
  type EventOutcome,
  type KeyId,
  limits,
  type ObjectId,
  type PublishedObject,
  type SignedEvent,
  type StoredAck,
} from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import { type ClientDeps, type NetworkSession, withSession } from "../network-session.ts";
import type { Obstacle } from "../publishing/obstacle-watch.ts";
import type { EventDraft, OutboxEntry } from "../publishing/outbox.ts";
import { publishedFacts } from "../publishing/published-facts.ts";
import type { Publisher } from "../publishing/publisher.ts";
import { fetchAvailability } from "../verification/availability.ts";
import { fetchInclusion } from "../verification/inclusion.ts";
import { makeReceipt, publicationOf, type Receipt } from "../verification/receipts.ts";
import type { ContentJournal } from "./content-journal.ts";
import { changeIndex, settleIndex } from "./index-keeper.ts";
import { checkName } from "./object-name.ts";
import { type WrittenObject, writeObject } from "./object-writer.ts";
import { openReference, readOwnIndex } from "./references.ts";
import { keyOfListing } from "./sealing.ts";
import { openSource, type Source, type UploadInput } from "./sources.ts";

/** How far the network has taken an upload: kept by a poster, safe on nodes of two zones, on the log. */
export type UploadStage = "durable" | "published";

export interface UploadProgress {
  readonly phase: "reading" | "sending" | "publishing";
  /** What is stored, and what has left of the chunks under way: an interruption loses only that. */
  readonly doneBytes: number;
  /** Undefined for a stream. */
  readonly totalBytes: number | undefined;
  readonly doneFiles: number;
  readonly totalFiles: number;
  /** Of chunks that two zones acknowledged. */
  readonly sentBytes: number;
  /** Of `publishing`: what keeps the log from taking it; undefined while no obstacle is known. */
  readonly obstacle?: Obstacle | undefined;
}

export interface UploadOptions {
  /** Sealed for the owner unless true. */
  readonly isPublic?: boolean;
  /** The owner's name for it; the base name unless said; null gives it none. */
  readonly name?: string | null;
  /** Kept for this long; for good unless said. */
  readonly ttlMs?: number;
  /** What to wait for; "published" unless said. */
  readonly until?: UploadStage;
  /**
   * How long to wait for the log; unless said ten minutes, and thirty seconds while no coordinator or no log can be
   * reached. The outbox goes on after that.
   */
  readonly publishTimeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: UploadProgress) => void;
  /** Told of each stage as it is reached, and of what is published: its session key and sequence do not change any more. */
  readonly onStage?: (
    stage: "accepted" | UploadStage,
    publication: Pick<UploadResult, "object" | "author" | "sequence">,
  ) => void;
}

/** An upload within a larger step. */
interface StepOptions extends UploadOptions {
  /** Events that follow the publication, such as the workload that uses the object; the key opens a private object. */
  readonly after?: (object: ObjectId, key: Uint8Array | null) => Promise<readonly EventDraft[]>;
}

export interface UploadResult {
  readonly object: ObjectId;
  readonly name: string | null;
  readonly isPublic: boolean;
  readonly files: number;
  /** Plaintext bytes. */
  readonly sizeBytes: number;
  /** Bytes of chunks and manifest, once each. */
  readonly storedBytes: number;
  readonly chunks: number;
  /** What this run had to send. */
  readonly sentChunks: number;
  readonly sentBytes: number;
  /** Fewest nodes, and fewest zones, that acknowledged a chunk of this upload. */
  readonly replicas: number;
  readonly zones: number;
  readonly stage: UploadStage;
  /** Where the publication stands on the log; undefined while it is on its way. */
  readonly outcome: EventOutcome | undefined;
  readonly durableAfterMs: number;
  readonly publishedAfterMs: number | undefined;
  /** Session key and sequence of the publication. */
  readonly author: KeyId;
  readonly sequence: number;
  readonly receipt: Receipt;
}

const PUBLISH_TIMEOUT_MS = 600_000;
/** A coordinator that restarts is back sooner than this. */
const STALLED_MS = 30_000;
const NAMES_TIMEOUT_MS = 120_000;

/** Stores what the input names and publishes it. Running it again after any interruption sends only what is missing. */
export async function upload(deps: ClientDeps, input: UploadInput, options: StepOptions = {}): Promise<UploadResult> {
  const startMs = deps.clock.monotonicMs();
  const { signal } = options;
  const source = await openSource(input, { random: deps.random, nowMs: deps.clock.nowMs(), signal });
  const name = options.name === null ? null : checkName(options.name ?? source.name);
  let written: WrittenObject | undefined;
  return withSession(deps, signal, async (session) => {
    const journal = await session.openJournal();
    // A stream can be read once only: when the session had to be changed, what was written is published as it is.
    written ??= await write(deps, session, { source, journal, name, options });
    return publish(deps, session, { written, journal, name, options, startMs });
  });
}

async function write(
  deps: ClientDeps,
  session: NetworkSession,
  { source, journal, name, options }: Pick<Publication, "journal" | "name" | "options"> & { source: Source },
): Promise<WrittenObject> {
  const { signal } = options;
  if (journal.chunks.size === 0 && name !== null) await recall(deps, { journal, name, signal });
  await forgetLost(deps, journal, signal);
  const report = progressOf(source, options);
  return writeObject(source, {
    ...session,
    ingress: deps.ingress,
    account: options.isPublic ? undefined : session.account,
    journal,
    signal,
    onProgress: (progress) => report("sending", progress),
  });
}

/** Learns from the object that has the name now what this machine does not know yet, or no longer. */
async function recall(
  deps: ClientDeps,
  { journal, name, signal }: { journal: ContentJournal; name: string; signal: AbortSignal | undefined },
): Promise<void> {
  const row = (await readOwnIndex(deps, signal)).rows.find((other) => other.name === name);
  if (row === undefined) return;
  try {
    const { manifest, listing } = await openReference(deps, row.object, { signal });
    for (const entry of listing.entries) journal.learn(entry, manifest.chunks);
  } catch (error) {
    // An old object that cannot be read costs sending its files again, nothing more.
    if (!(error instanceof DsdnError)) throw error;
  }
}

/** The chunks the journal knows and the network no longer has are not taken for stored. */
async function forgetLost(deps: ClientDeps, journal: ContentJournal, signal: AbortSignal | undefined): Promise<void> {
  const all = [...journal.chunks.keys()];
  for (let at = 0; at < all.length; at += limits.chunksPerObject) {
    const chunks = all.slice(at, at + limits.chunksPerObject);
    const { details } = await deps.ingress.call("findChunks", { json: { chunks }, signal });
    const present = new Set<string>(details.present);
    journal.forget(new Set(chunks.filter((chunk) => !present.has(chunk))));
  }
}

interface Publication {
  readonly written: WrittenObject;
  readonly journal: ContentJournal;
  readonly name: string | null;
  readonly options: StepOptions;
  readonly startMs: number;
}

async function publish(deps: ClientDeps, session: NetworkSession, publication: Publication): Promise<UploadResult> {
  const { written, journal, name, options, startMs } = publication;
  const { publisher } = session;
  const isPublic = options.isPublic ?? false;
  const content = publishedFacts(written, isPublic);
  const createdMs = deps.clock.nowMs();
  const expiresMs = options.ttlMs === undefined ? null : session.logTimeMs + options.ttlMs;
  const { envelope } = written.manifest;
  const key = envelope === null ? null : keyOfListing(session.account, envelope);
  const after = (await options.after?.(written.object, key)) ?? [];
  const entry = await publisher.commit({
    events: [{ kind: "ObjectPublished", body: { content, createdMs, expiresMs } }, ...after],
    manifest: written.manifestBytes,
  });
  const { object } = written;
  const place = { object, author: session.session.key, sequence: entry.firstSequence + entry.request };
  options.onStage?.("accepted", place);
  const manifestAcks = await publisher.deliver(entry);
  const durableAfterMs = deps.clock.monotonicMs() - startMs;
  options.onStage?.("durable", place);
  let names: Parameters<typeof settleIndex>[2] | undefined;
  if (name !== null) {
    const facts = { object: written.object, sizeBytes: written.sizeBytes, files: written.files };
    const row = { name, ...facts, createdMs, expiresMs, isPublic };
    const named = { changes: [{ name, row }], signal: options.signal };
    names = { ...named, entry: await changeIndex(deps, session, named), timeoutMs: NAMES_TIMEOUT_MS };
  }
  const outcome = await waitForLog(publisher, entry, { written, options });
  // A session of CI has no later run on this machine that would bring its names in order, nor has a page.
  const isOnlyRun = (session.account.lent !== undefined || deps.isPassing === true) && outcome !== undefined;
  if (names !== undefined && isOnlyRun) await settleIndex(deps, session, names);
  const publishedAfterMs = outcome === undefined ? undefined : deps.clock.monotonicMs() - startMs;
  if (outcome !== undefined) options.onStage?.("published", place);
  const acks = written.manifest.chunks.map(({ id }) => (journal.chunks.get(id)?.acks ?? []).map(decodeStoredAck));
  const request = entry.events[entry.request];
  if (request === undefined) throw fail(clientErrors.unexpected, { what: "no publish request" });
  const all = [...acks.flat(), ...manifestAcks];
  const proofs = await fetchProofs(deps, session, { content, request, outcome, signal: options.signal });
  return {
    ...place,
    name,
    isPublic,
    files: written.files,
    sizeBytes: written.sizeBytes,
    storedBytes: content.sizeBytes,
    chunks: content.chunks.length,
    sentChunks: written.sentChunks,
    sentBytes: written.sentBytes,
    ...fewest([...acks, manifestAcks]),
    stage: outcome === undefined ? "durable" : "published",
    outcome,
    durableAfterMs,
    publishedAfterMs,
    receipt: makeReceipt({ network: session.network, object, request, acks: all, outcome, ...proofs }),
  };
}

/** What became of the publication on the log; undefined when it is still on its way. */
function waitForLog(
  publisher: Publisher,
  entry: OutboxEntry,
  { written, options }: Pick<Publication, "written" | "options">,
): Promise<EventOutcome | undefined> {
  const { until, publishTimeoutMs, onProgress } = options;
  if (until === "durable") return publisher.settle(entry, 0);
  const { sizeBytes, files, sentBytes } = written;
  const done = { doneBytes: sizeBytes, totalBytes: sizeBytes, doneFiles: files, totalFiles: files, sentBytes };
  const onObstacle = (obstacle: Obstacle | undefined) => onProgress?.({ phase: "publishing", ...done, obstacle });
  onObstacle(undefined);
  const stalledMs = publishTimeoutMs ?? STALLED_MS;
  return publisher.settle(entry, publishTimeoutMs ?? PUBLISH_TIMEOUT_MS, { stalledMs, onObstacle });
}

/** What the receipt can show of the object's place; nothing while the publication is on its way. */
async function fetchProofs(
  { ingress }: ClientDeps,
  { network, account }: NetworkSession,
  facts: {
    readonly content: PublishedObject;
    readonly request: SignedEvent;
    readonly outcome: EventOutcome | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Pick<Parameters<typeof makeReceipt>[0], "inclusion" | "availability">> {
  const { content, request, outcome, signal } = facts;
  if (outcome === undefined) return { inclusion: undefined, availability: undefined };
  const published = publicationOf(outcome);
  const { object } = content;
  const [inclusion, availability] = await Promise.all([
    fetchInclusion(ingress, { object, owner: account.address(), content, published }, signal),
    published === null ? undefined : fetchAvailability(ingress, { object, network, request, published }, signal),
  ]);
  return { inclusion, availability };
}

function fewest(groups: readonly (readonly StoredAck[])[]): { replicas: number; zones: number } {
  const known = groups.filter((acks) => acks.length > 0);
  const least = (count: (acks: readonly StoredAck[]) => number) =>
    Math.min(...known.map(count), known.length === 0 ? 0 : 99);
  return {
    replicas: least((acks) => new Set(acks.map(({ node }) => node)).size),
    zones: least((acks) => new Set(acks.map(({ zone }) => zone)).size),
  };
}

function progressOf(source: Source, options: UploadOptions) {
  const files = source.entries.filter(({ type }) => type === "file");
  const isStream = files.some(({ sizeBytes }) => sizeBytes === undefined);
  const total = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  return (phase: UploadProgress["phase"], done: { doneBytes: number; doneFiles: number; sentBytes: number }) =>
    options.onProgress?.({ phase, ...done, totalBytes: isStream ? undefined : total, totalFiles: files.length });
}
