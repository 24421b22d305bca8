import { isError } from "../../base/index.ts";
import type { ObjectId } from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import type { ClientDeps, NetworkSession } from "../network-session.ts";
import type { EventDraft, OutboxEntry } from "../publishing/outbox.ts";
import { publishedFacts } from "../publishing/published-facts.ts";
import { createChunkSource } from "./chunk-source.ts";
import { type WrittenObject, writeObject } from "./object-writer.ts";
import {
  applyChanges,
  encodeIndex,
  INDEX_PATH,
  INDEX_POINTER,
  type IndexChange,
  type IndexDeps,
  type IndexRow,
  loadIndex,
  type OwnerIndex,
  saveIndex,
} from "./owner-index.ts";

/** The owner's names as the account sees them now. */
export async function readIndex(
  deps: ClientDeps,
  session: Pick<NetworkSession, "account" | "folder">,
  signal?: AbortSignal,
): Promise<OwnerIndex> {
  return loadIndex(indexDeps(deps, session, signal), true);
}

/**
 * Writes changed names: a new index object, the pointer moved to it, the old index object deleted. It waits for its
 * turn among this machine's programs, so that none loses another's change.
 *
 * @returns the outbox entry, sent; undefined when nothing changed
 */
export async function changeIndex(
  deps: ClientDeps,
  session: NetworkSession,
  {
    changes,
    also = [],
    signal,
  }: { changes: readonly IndexChange[]; also?: readonly EventDraft[]; signal?: AbortSignal | undefined },
): Promise<OutboxEntry | undefined> {
  const index = indexDeps(deps, session, signal);
  const entry = await session.publisher.locked(async (box) => {
    const isOnItsWay = box.pending.some(({ kinds }) => kinds.includes("PointerUpdated"));
    const base = await loadIndex(index, isOnItsWay);
    const rows = applyChanges(base.rows, changes);
    const written = await writeIndexObject(deps, session, { rows, signal });
    if (written.object === base.root)
      return also.length === 0 ? undefined : box.commit({ events: also, manifest: null });
    const sequence = (base.sequence ?? -1) + 1;
    const events = [...indexEvents(deps, session, { written, sequence, old: base.root }), ...also];
    const committed = await box.commit({ events, manifest: written.manifestBytes });
    const names = new Set(changes.map(({ name }) => name));
    const unconfirmed = [...base.changes.filter(({ name }) => !names.has(name)), ...changes];
    // Of changes that are over nothing is left on the log.
    const replaced = [...(isOnItsWay ? base.replaced : []), ...(base.root === null ? [] : [base.root])];
    await saveIndex(index, { sequence, root: written.object, rows, changes: unconfirmed, replaced });
    return committed;
  });
  if (entry !== undefined) await session.publisher.deliver(entry);
  return entry;
}

/** How often names are written again because another machine's came first. */
const TURNS = 8;
/** Why the log refuses a pointer that somebody else moved meanwhile. */
const OVERTAKEN = "pointer-sequence";

/**
 * Waits until the log took changed names, and writes them again on top of another machine's that came first. A machine
 * that goes on would do so at its next change; one that ends with this run has none.
 */
export async function settleIndex(
  deps: ClientDeps,
  session: NetworkSession,
  {
    entry,
    changes,
    timeoutMs,
    signal,
  }: {
    readonly entry: OutboxEntry | undefined;
    readonly changes: readonly IndexChange[];
    readonly timeoutMs: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  let last = entry;
  for (let turn = 1; last !== undefined; turn++) {
    try {
      await session.publisher.settle(last, timeoutMs);
      return;
    } catch (error) {
      if (!isError(error, clientErrors.eventRejected)) throw error;
      // The names stand: only the old index was gone already, by another machine's hand.
      if (error.facts["kind"] === "DeleteRequested") return;
      if (error.facts["reason"] !== OVERTAKEN || turn >= TURNS) throw error;
    }
    last = await changeIndex(deps, session, { changes, signal });
  }
}

function indexEvents(
  deps: ClientDeps,
  { account, session }: NetworkSession,
  { written, sequence, old }: { written: WrittenObject; sequence: number; old: ObjectId | null },
): EventDraft[] {
  const content = publishedFacts(written, false);
  const pointer = account.pointerId(INDEX_POINTER);
  return [
    { kind: "ObjectPublished", body: { content, createdMs: deps.clock.nowMs(), expiresMs: null } },
    { kind: "PointerUpdated", body: { pointer, sequence, root: written.object } },
    // A session that may not delete leaves the old index behind; its owner's next change does not know of it.
    ...(old === null || !session.grant.scopes.includes("delete")
      ? []
      : [{ kind: "DeleteRequested" as const, body: { object: old } }]),
  ];
}

/** The index is small and new each time: its chunks are not remembered. */
async function writeIndexObject(
  deps: ClientDeps,
  session: NetworkSession,
  { rows, signal }: { rows: readonly IndexRow[]; signal: AbortSignal | undefined },
): Promise<WrittenObject> {
  const bytes = encodeIndex(rows);
  const entry = {
    path: INDEX_PATH,
    source: INDEX_PATH,
    type: "file" as const,
    sizeBytes: bytes.length,
    mode: 0o600,
    mtimeMs: 0,
    target: null,
    whole: async () => bytes,
    async *parts() {
      yield bytes;
    },
  };
  const nothing = () => {};
  const journal = { chunks: new Map(), find: () => undefined, add: async () => {}, learn: nothing, forget: nothing };
  return writeObject({ root: "file", entries: [entry] }, { ...session, ingress: deps.ingress, journal, signal });
}

function indexDeps(
  deps: ClientDeps,
  { account, folder }: Pick<NetworkSession, "account" | "folder">,
  signal: AbortSignal | undefined,
): IndexDeps {
  const { disk, random, ingress } = deps;
  return { account, folder, disk, random, ingress, source: createChunkSource({ ingress, signal }), signal };
}
