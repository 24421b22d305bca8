import { join } from "node:path";
import {
  acquireFileLock,
  type Clock,
  type Disk,
  openRecordLog,
  type Random,
  type RecordLog,
  toBase64,
  toHex,
} from "../../base/index.ts";
import type { Session } from "../../keys/index.ts";
import {
  byteString,
  type EventBody,
  type EventKind,
  encodeSignedEvent,
  encodeWith,
  findWith,
  limits,
  type NetworkId,
  type SignedEvent,
  signEvent,
  signedEvent,
  text,
  uint,
  z,
} from "../../protocol/index.ts";
import type { Ingress } from "../ingress.ts";

/** An event before it has its sequence. */
export type EventDraft = { readonly [K in EventKind]: { readonly kind: K; readonly body: EventBody<K> } }[EventKind];

/** What goes to the log together. With a manifest, one of the events is the publish request for it. */
export interface OutboxDraft {
  readonly events: readonly EventDraft[];
  readonly manifest: Uint8Array | null;
}

export interface OutboxEntry {
  readonly id: string;
  readonly firstSequence: number;
  readonly kinds: readonly string[];
  readonly events: readonly SignedEvent[];
  readonly manifest: Uint8Array | null;
  /** Index of the publish request among the events; meaningless without a manifest. */
  readonly request: number;
}

/** The outbox while its lock is held. */
export interface LockedOutbox {
  /** Entries whose fate on the log is not known yet, oldest first. */
  readonly pending: readonly OutboxEntry[];
  /** Gives the events the author's next sequences, signs them and keeps them; durable when it resolves. */
  commit(draft: OutboxDraft): Promise<OutboxEntry>;
  /** The entry is on the log, accepted or not, and is not sent again. */
  settle(id: string): Promise<void>;
  /** The entry's numbers are another program's. It and what follows it can never reach the log and are forgotten. */
  abandon(id: string): Promise<void>;
}

/**
 * The events of one session key that are on their way to the log. They are kept here before anyone sees them, so a
 * sequence that was used is always filled, even when the program dies: the next run sends them again.
 */
export interface Outbox {
  locked<T>(work: (outbox: LockedOutbox) => Promise<T>): Promise<T>;
}

export interface OutboxOptions {
  readonly folder: string;
  readonly network: NetworkId;
  readonly session: Session;
  /** Throws when the session may not sign such events; they are not kept then. */
  readonly checkKinds?: (kinds: readonly EventKind[]) => void;
}

export interface OutboxDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly ingress: Ingress;
  readonly signal?: AbortSignal | undefined;
}

const record = z.strictObject({
  id: text(64, 1),
  /** Null when the record says that the entry is settled. */
  entry: z
    .strictObject({
      firstSequence: uint(),
      kinds: z.array(text(64, 1)),
      events: z.array(signedEvent),
      manifest: byteString(1, limits.manifestBytes).nullable(),
      request: uint(),
    })
    .nullable(),
});

/** Once everything is settled, an outbox larger than this is emptied: each change of it begins with reading it. */
const EMPTY_ABOVE_BYTES = 16 * 1024;

/** The outbox of `session` on `network`, in `folder`. */
export function createOutbox(options: OutboxOptions, deps: OutboxDeps): Outbox {
  const path = join(options.folder, `outbox-${options.session.key.slice(0, 16)}`);
  return {
    async locked(work) {
      await deps.disk.makeFolder(options.folder);
      const signal = deps.signal === undefined ? {} : { signal: deps.signal };
      const lock = await acquireFileLock({ path: `${path}.lock`, ...signal }, deps);
      try {
        return await work(await openLocked(path, options, deps));
      } finally {
        await lock.release();
      }
    },
  };
}

async function openLocked(
  path: string,
  { network, session, checkKinds }: OutboxOptions,
  { disk, random, ingress, signal }: OutboxDeps,
): Promise<LockedOutbox> {
  const log = await openRecordLog(disk, path);
  const { pending, nextSequence } = await readOutbox(log);
  let next = nextSequence;
  return {
    pending,
    async commit(draft) {
      checkKinds?.(draft.events.map(({ kind }) => kind));
      const { details } = await ingress.call("author", { params: { key: session.key }, signal });
      next = Math.max(next, details.nextSequence, details.pendingSequence);
      const grant: EventDraft[] = next === 0 ? [{ kind: "SessionGranted", body: session.grant }] : [];
      const drafts = [...grant, ...draft.events];
      const events = drafts.map(({ kind, body }, index) =>
        signEvent(session.signer, { network, sequence: next + index, kind, body }),
      );
      const facts = {
        firstSequence: next,
        kinds: drafts.map(({ kind }) => kind),
        events,
        manifest: draft.manifest,
        request: Math.max(
          0,
          drafts.findIndex(({ kind }) => kind === "ObjectPublished"),
        ),
      };
      const entry: OutboxEntry = { id: toHex(random.bytes(16)), ...facts };
      await log.append([encodeWith(record, { id: entry.id, entry: facts })]);
      pending.push(entry);
      next += events.length;
      return entry;
    },
    async abandon(id) {
      const at = pending.findIndex((entry) => entry.id === id);
      if (at < 0) return;
      pending.splice(at);
      next = endOf(pending);
      await log.replace(
        pending.map(({ id: kept, ...entry }) => encodeWith(record, { id: kept, entry: toRecord(entry) })),
      );
    },
    async settle(id) {
      const at = pending.findIndex((entry) => entry.id === id);
      if (at < 0) return;
      pending.splice(at, 1);
      const settled = encodeWith(record, { id, entry: null });
      if (pending.length > 0 || log.sizeBytes <= EMPTY_ABOVE_BYTES) return log.append([settled]);
      // An entry without events keeps the next sequence, which an ingress that lags behind the log would not tell.
      const nothing = { firstSequence: next, kinds: [], events: [], manifest: null, request: 0 };
      await log.replace([encodeWith(record, { id, entry: nothing }), settled]);
    },
  };
}

function endOf(entries: readonly OutboxEntry[]): number {
  return Math.max(0, ...entries.map(({ firstSequence, events }) => firstSequence + events.length));
}

function toRecord({ kinds, events, ...rest }: Omit<OutboxEntry, "id">) {
  return { ...rest, kinds: [...kinds], events: [...events] };
}

async function readOutbox(log: RecordLog): Promise<{ pending: OutboxEntry[]; nextSequence: number }> {
  const entries = new Map<string, OutboxEntry>();
  let nextSequence = 0;
  for await (const bytes of log.read()) {
    const found = findWith(record, bytes, { what: "outbox record", limitBytes: bytes.length });
    if (found === undefined) continue;
    if (found.entry === null) entries.delete(found.id);
    else {
      entries.set(found.id, { id: found.id, ...found.entry });
      nextSequence = Math.max(nextSequence, found.entry.firstSequence + found.entry.events.length);
    }
  }
  return { pending: [...entries.values()], nextSequence };
}

/** Base64 of the signed events, as the interface takes them. */
export function eventTexts(events: readonly SignedEvent[]): string[] {
  return events.map((event) => toBase64(encodeSignedEvent(event)));
}
