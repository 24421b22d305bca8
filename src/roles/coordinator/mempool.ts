import { type Disk, fail, openRecordLog, type RecordLog } from "../../base/index.ts";
import {
  decodeSignedEvent,
  type EventHead,
  encodeSignedEvent,
  type KeyId,
  type NetworkId,
  openEvent,
  type SignedEvent,
} from "../../protocol/index.ts";
import { coordinatorErrors } from "./errors.ts";

/** A signed event waiting for the log. */
export interface Waiting {
  readonly head: EventHead;
  readonly signed: SignedEvent;
  readonly sizeBytes: number;
  /** Counts up over all waiting events: the order they came in. */
  readonly arrival: number;
  /** Monotonic time of the last post, undefined = never. */
  postedAtMs: number | undefined;
  /** Height of the log that holds the last post, once that is known. */
  postedHeight: number | undefined;
  /** How often the log took it. */
  posts: number;
}

/** Events on their way to the log; durable once `add` resolved. */
export interface Mempool {
  /** Idempotent. @throws DSDN_COORDINATOR_MEMPOOL_FULL, _STALE_SEQUENCE, _FOREIGN_NETWORK, and what `openEvent` throws */
  add(events: readonly SignedEvent[]): Promise<void>;
  /** Forgets what the log has consumed. */
  prune(): void;
  /** Forgets an introduction that the log refused without consuming its number. */
  drop(author: KeyId, sequence: number): void;
  /** Every waiting event, each author's in order of sequence, authors in order of arrival. */
  list(): readonly Waiting[];
  /** The sequence after the last waiting event of an author. */
  nextSequenceOf(author: KeyId): number;
  find(author: KeyId, sequence: number): Waiting | undefined;
  readonly size: number;
}

const NOT_POSTED = { postedAtMs: undefined, postedHeight: undefined, posts: 0 };
const MAX_WAITING = 50_000;
const MAX_FILE_BYTES = 256 * 1024 * 1024;

export async function openMempool(
  options: { path: string; network: NetworkId },
  deps: { disk: Disk; nextSequenceOf: (author: KeyId) => number },
): Promise<Mempool> {
  const file = await openRecordLog(deps.disk, options.path);
  const waiting = new Map<string, Waiting>();
  let arrivals = 0;
  /** Events being made durable: the file must not be emptied under them. */
  let arriving = 0;
  await load(file);

  async function load(from: RecordLog): Promise<void> {
    for await (const record of from.read()) {
      const signed = decodeSignedEvent(record);
      keep(openEvent(signed), signed);
    }
    prune();
  }

  function keep(head: EventHead, signed: SignedEvent): void {
    const sizeBytes = signed.event.length + signed.signature.length + 32;
    waiting.set(keyOf(head.author, head.sequence), { head, signed, sizeBytes, arrival: arrivals++, ...NOT_POSTED });
  }

  function prune(): void {
    for (const [key, entry] of waiting) {
      if (entry.head.sequence < deps.nextSequenceOf(entry.head.author)) waiting.delete(key);
    }
    if (waiting.size === 0 && arriving === 0 && file.sizeBytes > 0) file.clear().catch(() => {});
  }

  function check(signed: SignedEvent): EventHead | undefined {
    const head = openEvent(signed);
    if (head.network !== options.network) throw fail(coordinatorErrors.foreignNetwork, {});
    const expected = deps.nextSequenceOf(head.author);
    const known = waiting.get(keyOf(head.author, head.sequence));
    const isSame = known !== undefined && Buffer.compare(known.signed.event, signed.event) === 0;
    if (isSame) return undefined;
    if (head.sequence < expected || known !== undefined) {
      throw fail(coordinatorErrors.staleSequence, { given: head.sequence, expected: nextSequenceOf(head.author) });
    }
    return head;
  }

  function nextSequenceOf(author: KeyId): number {
    let next = deps.nextSequenceOf(author);
    while (waiting.has(keyOf(author, next))) next++;
    return next;
  }

  return {
    add: async (events) => {
      if (waiting.size + events.length > MAX_WAITING || file.sizeBytes > MAX_FILE_BYTES) {
        throw fail(coordinatorErrors.mempoolFull, { count: waiting.size });
      }
      const fresh: { head: EventHead; signed: SignedEvent }[] = [];
      for (const signed of events) {
        const head = check(signed);
        if (head !== undefined) fresh.push({ head, signed });
      }
      if (fresh.length === 0) return;
      arriving++;
      try {
        await file.append(fresh.map(({ signed }) => encodeSignedEvent(signed)));
        for (const { head, signed } of fresh) keep(head, signed);
      } finally {
        arriving--;
      }
    },
    prune,
    drop: (author, sequence) => void waiting.delete(keyOf(author, sequence)),
    list: () => [...waiting.values()].sort(byAuthorThenSequence(waiting)),
    nextSequenceOf,
    find: (author, sequence) => waiting.get(keyOf(author, sequence)),
    get size() {
      return waiting.size;
    },
  };
}

function keyOf(author: KeyId, sequence: number): string {
  return `${author}/${sequence}`;
}

/** An event never overtakes an earlier one of its author; otherwise first come, first posted. */
function byAuthorThenSequence(waiting: ReadonlyMap<string, Waiting>): (left: Waiting, right: Waiting) => number {
  const firstArrival = new Map<KeyId, number>();
  for (const { head, arrival } of waiting.values()) {
    firstArrival.set(head.author, Math.min(arrival, firstArrival.get(head.author) ?? arrival));
  }
  return (left, right) => {
    if (left.head.author === right.head.author) return left.head.sequence - right.head.sequence;
    return (firstArrival.get(left.head.author) ?? 0) - (firstArrival.get(right.head.author) ?? 0);
  };
}
