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
  /**
   * Idempotent.
   * @throws DSDN_COORDINATOR_MEMPOOL_FULL, _STALE_SEQUENCE, _FOREIGN_NETWORK, _AUTHOR_UNKNOWN, and what `openEvent` throws
   */
  add(events: readonly SignedEvent[]): Promise<void>;
  /** Forgets what the log has consumed. */
  prune(): void;
  /** Forgets an introduction that the log refused without consuming its number, and what its author numbered after it. */
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
const MAX_BYTES = 256 * 1024 * 1024;
const COMPACT_ABOVE_BYTES = 16 * 1024 * 1024;

export interface MempoolOptions {
  readonly path: string;
  readonly network: NetworkId;
  /** Default 50,000. */
  readonly maxWaiting?: number;
  /** A file that holds so much more than twice what waits is written anew; default 16 MiB. */
  readonly compactAboveBytes?: number;
}

export interface MempoolDeps {
  readonly disk: Disk;
  readonly nextSequenceOf: (author: KeyId) => number;
  /** False when the log would ignore the event, because it knows no such author and the event introduces none. */
  readonly isAuthored?: (head: EventHead) => boolean;
}

export async function openMempool(options: MempoolOptions, deps: MempoolDeps): Promise<Mempool> {
  const mempool = new FileMempool(options, deps, await openRecordLog(deps.disk, options.path));
  await mempool.load();
  return mempool;
}

class FileMempool implements Mempool {
  readonly #options: MempoolOptions;
  readonly #deps: MempoolDeps;
  readonly #file: RecordLog;
  readonly #waiting = new Map<string, Waiting>();
  #arrivals = 0;
  #waitingBytes = 0;
  /** Events being made durable: the file must not lose them. */
  readonly #arriving = new Set<SignedEvent>();
  #isCompacting = false;

  constructor(options: MempoolOptions, deps: MempoolDeps, file: RecordLog) {
    this.#options = options;
    this.#deps = deps;
    this.#file = file;
  }

  get size(): number {
    return this.#waiting.size;
  }

  async load(): Promise<void> {
    for await (const record of this.#file.read()) {
      const signed = decodeSignedEvent(record);
      this.#keep(openEvent(signed), signed);
    }
    this.prune();
  }

  async add(events: readonly SignedEvent[]): Promise<void> {
    const sizeBytes = events.reduce((sum, { event }) => sum + event.length, 0);
    if (this.#isFull(events.length, sizeBytes)) this.#forgetStranded();
    if (this.#isFull(events.length, sizeBytes)) throw fail(coordinatorErrors.mempoolFull, { count: this.size });
    const fresh: { head: EventHead; signed: SignedEvent }[] = [];
    for (const signed of events) {
      const head = this.#check(signed);
      if (head !== undefined) fresh.push({ head, signed });
    }
    if (fresh.length === 0) return;
    for (const { signed } of fresh) this.#arriving.add(signed);
    try {
      await this.#file.append(fresh.map(({ signed }) => encodeSignedEvent(signed)));
      for (const { head, signed } of fresh) this.#keep(head, signed);
    } finally {
      for (const { signed } of fresh) this.#arriving.delete(signed);
    }
  }

  prune(): void {
    for (const [key, entry] of this.#waiting) {
      if (entry.head.sequence < this.#deps.nextSequenceOf(entry.head.author)) this.#forget(key);
    }
    const { compactAboveBytes = COMPACT_ABOVE_BYTES } = this.#options;
    const isEmpty = this.size === 0 && this.#arriving.size === 0;
    if (isEmpty && this.#file.sizeBytes > 0) this.#file.clear().catch(() => {});
    else if (this.#file.sizeBytes > compactAboveBytes + 2 * this.#waitingBytes) this.#compact();
  }

  drop(author: KeyId, sequence: number): void {
    for (const [key, { head }] of this.#waiting) {
      if (head.author === author && head.sequence >= sequence) this.#forget(key);
    }
  }

  list(): readonly Waiting[] {
    return [...this.#waiting.values()].sort(byAuthorThenSequence(this.#waiting));
  }

  nextSequenceOf(author: KeyId): number {
    let next = this.#deps.nextSequenceOf(author);
    while (this.#waiting.has(keyOf(author, next))) next++;
    return next;
  }

  find(author: KeyId, sequence: number): Waiting | undefined {
    return this.#waiting.get(keyOf(author, sequence));
  }

  #keep(head: EventHead, signed: SignedEvent): void {
    const key = keyOf(head.author, head.sequence);
    const sizeBytes = signed.event.length + signed.signature.length + 32;
    this.#forget(key);
    this.#waiting.set(key, { head, signed, sizeBytes, arrival: this.#arrivals++, ...NOT_POSTED });
    this.#waitingBytes += sizeBytes;
  }

  #forget(key: string): void {
    this.#waitingBytes -= this.#waiting.get(key)?.sizeBytes ?? 0;
    this.#waiting.delete(key);
  }

  /** Without it one event that waits for ever would let the file grow to its bound, and then nothing more is taken. */
  #compact(): void {
    if (this.#isCompacting) return;
    this.#isCompacting = true;
    const kept = [...[...this.#waiting.values()].map(({ signed }) => signed), ...this.#arriving];
    const done = () => {
      this.#isCompacting = false;
    };
    this.#file.replace(kept.map(encodeSignedEvent)).then(done, done);
  }

  #check(signed: SignedEvent): EventHead | undefined {
    const head = openEvent(signed);
    const { author, sequence, kind } = head;
    if (head.network !== this.#options.network) throw fail(coordinatorErrors.foreignNetwork, {});
    const expected = this.#deps.nextSequenceOf(author);
    const known = this.find(author, sequence);
    const isSame = known !== undefined && Buffer.compare(known.signed.event, signed.event) === 0;
    if (isSame) return undefined;
    if (sequence < expected || known !== undefined) {
      throw fail(coordinatorErrors.staleSequence, { given: sequence, expected: this.nextSequenceOf(author) });
    }
    // The log would ignore it, however often it is posted and paid for.
    const isAuthored = sequence > expected || (this.#deps.isAuthored?.(head) ?? true);
    if (!isAuthored) throw fail(coordinatorErrors.authorUnknown, { kind });
    return head;
  }

  #isFull(count: number, sizeBytes: number): boolean {
    const { maxWaiting = MAX_WAITING } = this.#options;
    return this.size + count > maxWaiting || this.#waitingBytes + sizeBytes > MAX_BYTES;
  }

  /** What waits for a number that never came makes room: its author still has it and sends it again. */
  #forgetStranded(): void {
    const wholeUntil = new Map<KeyId, number>();
    for (const [key, { head }] of this.#waiting) {
      const until = wholeUntil.get(head.author) ?? this.nextSequenceOf(head.author);
      wholeUntil.set(head.author, until);
      if (head.sequence >= until) this.#forget(key);
    }
  }
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
