import type { Clock, Disk, Lifecycle, Logger, RecordLog } from "../base/index.ts";
import { baseErrors, DsdnError, fail, openRecordLog, toDsdnError } from "../base/index.ts";
import type { Ed25519Signer } from "../crypto/index.ts";
import {
  decodeSignedEvent,
  type EventBody,
  type EventKind,
  type EventSink,
  encodeSignedEvent,
  hexId,
  type KeyId,
  type LogPosition,
  type NetworkId,
  openEvent,
  type SignedEvent,
  signEvent,
} from "../protocol/index.ts";
import { netErrors } from "./errors.ts";

/** What became of an event on the log. */
export interface EventVerdict {
  readonly isAccepted: boolean;
  readonly reason: string | undefined;
  /** Null when it is not remembered any more. */
  readonly position: LogPosition | null;
}

/** What an author must know of the log: its own replica answers this. */
export interface LogView {
  /** Last applied height. */
  height(): number;
  nextSequenceOf(author: KeyId): number;
  /** How many of the author's events the log has refused, ever; never forgotten. */
  rejectedOf(author: KeyId): number;
  /** Of the newest event with that number; undefined while there is none, or when it is too old to be remembered. */
  findVerdict(author: KeyId, sequence: number): EventVerdict | undefined;
  /** Calls back after each applied height; the returned function ends it. */
  onHeight(listener: () => void): () => void;
}

/**
 * The events of one author on their way to the log. An event is fsynced here before it leaves, is handed over again
 * until it is read back, and survives a crash at any moment.
 */
export interface Outbox extends Lifecycle {
  /** Resolves when the log accepted the event. @throws DSDN_NET_EVENT_REJECTED, DSDN_NET_OUTCOME_FORGOTTEN */
  publish<K extends EventKind>(kind: K, body: EventBody<K>): Promise<EventVerdict>;
  readonly pendingCount: number;
}

interface Pending {
  readonly sequence: number;
  readonly kind: string;
  readonly signed: SignedEvent;
  /** Log height when it was made: a verdict from before is about another event. */
  readonly madeAtHeight: number;
  /** How many of the author's events the log had refused when it was made. */
  readonly rejectedBefore: number;
  readonly settle: (outcome: EventVerdict | DsdnError) => void;
}

const RESEND_AFTER_MS = 5_000;
const RETRY_FIRST_MS = 200;
const RETRY_MOST_MS = 5_000;

interface OutboxOptions {
  readonly key: Ed25519Signer;
  readonly network: NetworkId;
  /** The file that keeps what was not read back yet. */
  readonly path: string;
}

interface OutboxDeps {
  readonly disk: Disk;
  readonly sink: EventSink;
  readonly view: LogView;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createOutbox(options: OutboxOptions, deps: OutboxDeps): Outbox {
  return new FileOutbox(options, deps);
}

class FileOutbox implements Outbox {
  readonly #options: OutboxOptions;
  readonly #deps: OutboxDeps;
  readonly #author: KeyId;
  #file: RecordLog | undefined;
  #pending: Pending[] = [];
  #stopWatching = () => {};
  #cancelResend = () => {};
  #isSending = false;
  /** How often pending events were dropped because the log refused the first of them without using its number. */
  #refusals = 0;
  #retryMs = RETRY_FIRST_MS;
  /** Sequences are given in the order of the calls, so one event is signed and stored at a time. */
  #order: Promise<unknown> = Promise.resolve();

  constructor(options: OutboxOptions, deps: OutboxDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#author = hexId<KeyId>(options.key.publicKey);
  }

  get pendingCount(): number {
    return this.#pending.length;
  }

  async start(): Promise<void> {
    if (this.#file !== undefined) return;
    const opened = await openRecordLog(this.#deps.disk, this.#options.path);
    await this.#load(opened);
    this.#file = opened;
    this.#stopWatching = this.#deps.view.onHeight(() => this.#settleSeen());
    void this.#send();
  }

  async stop(): Promise<void> {
    this.#stopWatching();
    this.#cancelResend();
    await this.#order.catch(() => {});
    this.#file = undefined;
    this.#pending = [];
  }

  publish<K extends EventKind>(kind: K, body: EventBody<K>): Promise<EventVerdict> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: EventVerdict | DsdnError) =>
        outcome instanceof DsdnError ? reject(outcome) : resolve(outcome);
      this.#order = this.#order.then(() => this.#store(kind, body, settle)).catch(reject);
    });
  }

  async #load(opened: RecordLog): Promise<void> {
    const next = this.#deps.view.nextSequenceOf(this.#author);
    for await (const record of opened.read()) {
      const signed = decodeSignedEvent(record);
      const head = openEvent(signed);
      if (head.sequence < next || head.network !== this.#options.network) continue;
      this.#pending.push({
        sequence: head.sequence,
        kind: head.kind,
        signed,
        ...this.#moment(),
        settle: () => {},
      });
    }
  }

  #moment(): Pick<Pending, "madeAtHeight" | "rejectedBefore"> {
    const { view } = this.#deps;
    return { madeAtHeight: view.height(), rejectedBefore: view.rejectedOf(this.#author) };
  }

  async #store<K extends EventKind>(kind: K, body: EventBody<K>, settle: Pending["settle"]): Promise<void> {
    if (this.#file === undefined) {
      throw fail(baseErrors.unreachable, { service: "The outbox", reason: "it is stopped" });
    }
    // A disk that failed while the file was emptied takes nothing more until that is made good.
    await this.#clearWhenEmpty();
    for (;;) {
      const refusals = this.#refusals;
      const next = this.#deps.view.nextSequenceOf(this.#author);
      const sequence = Math.max(next, (this.#pending.at(-1)?.sequence ?? -1) + 1);
      const signed = signEvent(this.#options.key, { network: this.#options.network, sequence, kind, body });
      await this.#file.append([encodeSignedEvent(signed)]);
      if (refusals === this.#refusals) {
        this.#pending.push({ sequence, kind, signed, ...this.#moment(), settle });
        break;
      }
      // While it was written the numbers before it fell away: under its number the log would wait for them for ever.
      await this.#file.clear();
    }
    void this.#send();
  }

  async #send(): Promise<void> {
    if (this.#isSending || this.#pending.length === 0 || this.#file === undefined) return;
    this.#isSending = true;
    const sent = this.#pending.map((entry) => entry.signed);
    let waitMs = RESEND_AFTER_MS;
    try {
      await this.#deps.sink.submit(sent);
      this.#retryMs = RETRY_FIRST_MS;
    } catch (error) {
      this.#deps.log.warn("events not handed over", { code: toDsdnError(error).code, pending: sent.length });
      waitMs = this.#retryMs;
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS);
    }
    this.#isSending = false;
    this.#cancelResend();
    if (this.#file === undefined) return;
    // What was stored while the others were on their way goes at once.
    const hasMore = waitMs === RESEND_AFTER_MS && (this.#pending.at(-1)?.signed ?? sent.at(-1)) !== sent.at(-1);
    this.#cancelResend = this.#deps.clock.after(hasMore ? 0 : waitMs, () => void this.#send());
  }

  #settleSeen(): void {
    const { view } = this.#deps;
    const next = view.nextSequenceOf(this.#author);
    const seen = this.#pending.filter((entry) => entry.sequence < next);
    this.#pending = this.#pending.filter((entry) => entry.sequence >= next);
    for (const entry of seen) {
      this.#settle(entry, view.findVerdict(this.#author, entry.sequence) ?? this.#inferVerdict(entry));
    }
    const [first] = this.#pending;
    const refusal = first === undefined ? undefined : view.findVerdict(this.#author, first.sequence);
    if (first !== undefined && (refusal?.position?.height ?? -1) > first.madeAtHeight) {
      // A stranger's failed introduction consumes no number: what was numbered after it can never be accepted.
      const lost = this.#pending;
      this.#pending = [];
      this.#refusals++;
      for (const entry of lost) this.#settle(entry, refusal);
    } else if (seen.length === 0) {
      return;
    }
    if (this.#pending.length === 0) this.#order = this.#order.then(() => this.#clearWhenEmpty()).catch(() => {});
  }

  /**
   * Of an event the log has gone past, when one height carried more than is remembered: it was accepted when nothing
   * of this author was refused since it was made; otherwise nobody can tell.
   */
  #inferVerdict({ rejectedBefore }: Pending): EventVerdict | undefined {
    if (this.#deps.view.rejectedOf(this.#author) > rejectedBefore) return undefined;
    return { isAccepted: true, reason: undefined, position: null };
  }

  #settle(entry: Pending, verdict: EventVerdict | undefined): void {
    if (verdict === undefined) entry.settle(fail(netErrors.outcomeForgotten, { kind: entry.kind }));
    else if (verdict.isAccepted) entry.settle(verdict);
    else entry.settle(fail(netErrors.eventRejected, { kind: entry.kind, reason: verdict.reason ?? "no reason" }));
  }

  async #clearWhenEmpty(): Promise<void> {
    if (this.#pending.length === 0 && this.#file !== undefined && this.#file.sizeBytes > 0) await this.#file.clear();
  }
}
