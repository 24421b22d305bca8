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
  readonly position: LogPosition;
}

/** What an author must know of the log: its own replica answers this. */
export interface LogView {
  nextSequenceOf(author: KeyId): number;
  /** Undefined while the event is not on the log, or when it is too old to be remembered. */
  findVerdict(author: KeyId, sequence: number): EventVerdict | undefined;
  /** Calls back after each applied height; the returned function ends it. */
  onHeight(listener: () => void): () => void;
}

/**
 * The events of one author on their way to the log. An event is fsynced here before it leaves, is handed over again
 * until it is read back, and survives a crash at any moment.
 */
export interface Outbox extends Lifecycle {
  /** Resolves when the log accepted the event. @throws DSDN_NET_EVENT_REJECTED */
  publish<K extends EventKind>(kind: K, body: EventBody<K>): Promise<EventVerdict>;
  readonly pendingCount: number;
}

interface Pending {
  readonly sequence: number;
  readonly kind: string;
  readonly signed: SignedEvent;
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
  const author = hexId<KeyId>(options.key.publicKey);
  let file: RecordLog | undefined;
  let pending: Pending[] = [];
  let stopWatching = () => {};
  let cancelResend = () => {};
  let isSending = false;
  let retryMs = RETRY_FIRST_MS;
  // Sequences are given in the order of the calls, so one event is signed and stored at a time.
  let order: Promise<unknown> = Promise.resolve();

  function settleSeen(): void {
    const next = deps.view.nextSequenceOf(author);
    const seen = pending.filter((entry) => entry.sequence < next);
    if (seen.length === 0) return;
    pending = pending.filter((entry) => entry.sequence >= next);
    for (const entry of seen) {
      const verdict = deps.view.findVerdict(author, entry.sequence);
      if (verdict === undefined) continue;
      if (verdict.isAccepted) entry.settle(verdict);
      else entry.settle(fail(netErrors.eventRejected, { kind: entry.kind, reason: verdict.reason ?? "no reason" }));
    }
    if (pending.length === 0) order = order.then(clearWhenEmpty);
  }

  async function clearWhenEmpty(): Promise<void> {
    if (pending.length === 0 && file !== undefined && file.sizeBytes > 0) await file.clear();
  }

  async function send(): Promise<void> {
    if (isSending || pending.length === 0 || file === undefined) return;
    isSending = true;
    let waitMs = RESEND_AFTER_MS;
    try {
      await deps.sink.submit(pending.map((entry) => entry.signed));
      retryMs = RETRY_FIRST_MS;
    } catch (error) {
      deps.log.warn("events not handed over", { code: toDsdnError(error).code, pending: pending.length });
      waitMs = retryMs;
      retryMs = Math.min(retryMs * 2, RETRY_MOST_MS);
    }
    isSending = false;
    cancelResend();
    if (file !== undefined) cancelResend = deps.clock.after(waitMs, () => void send());
  }

  async function store<K extends EventKind>(kind: K, body: EventBody<K>, settle: Pending["settle"]): Promise<void> {
    if (file === undefined) throw fail(baseErrors.unreachable, { service: "The outbox", reason: "it is stopped" });
    const sequence = Math.max(deps.view.nextSequenceOf(author), (pending.at(-1)?.sequence ?? -1) + 1);
    const signed = signEvent(options.key, { network: options.network, sequence, kind, body });
    await file.append([encodeSignedEvent(signed)]);
    pending.push({ sequence, kind, signed, settle });
    void send();
  }

  async function load(opened: RecordLog): Promise<void> {
    const next = deps.view.nextSequenceOf(author);
    for await (const record of opened.read()) {
      const signed = decodeSignedEvent(record);
      const head = openEvent(signed);
      if (head.sequence < next || head.network !== options.network) continue;
      pending.push({ sequence: head.sequence, kind: head.kind, signed, settle: () => {} });
    }
  }

  return {
    get pendingCount() {
      return pending.length;
    },
    publish: (kind, body) =>
      new Promise((resolve, reject) => {
        const settle = (outcome: EventVerdict | DsdnError) =>
          outcome instanceof DsdnError ? reject(outcome) : resolve(outcome);
        order = order.then(() => store(kind, body, settle)).catch(reject);
      }),
    start: async () => {
      if (file !== undefined) return;
      const opened = await openRecordLog(deps.disk, options.path);
      await load(opened);
      file = opened;
      stopWatching = deps.view.onHeight(settleSeen);
      void send();
    },
    stop: async () => {
      stopWatching();
      cancelResend();
      await order.catch(() => {});
      file = undefined;
    },
  };
}
