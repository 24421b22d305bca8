import { type Clock, concatBytes, DsdnError, fail, toBase64, toHex } from "../../base/index.ts";
import { sha256 } from "../../crypto/index.ts";
import { refOf } from "../../objects/index.ts";
import {
  type EventOutcome,
  encodeSignedEvent,
  type KeyId,
  limits,
  type NetworkId,
  type SignedEvent,
  type StoredAck,
} from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import { checkAcks, type ZoneOf } from "../files/acks.ts";
import type { Ingress } from "../ingress.ts";
import { lentErrors } from "../sessions/lent-errors.ts";
import { createObstacleWatch, type ObstacleWatchOptions } from "./obstacle-watch.ts";
import { eventTexts, type Outbox, type OutboxDraft, type OutboxEntry } from "./outbox.ts";
import { UnkeptEvents } from "./unkept-events.ts";

export interface PublisherDeps {
  readonly ingress: Ingress;
  readonly network: NetworkId;
  readonly author: KeyId;
  readonly outbox: Outbox;
  readonly zoneOf: ZoneOf;
  readonly leaseFor: (sizeBytes: number) => Promise<string>;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Brings what the outbox keeps to the network and tells what became of it. */
export interface Publisher {
  /** Keeps the draft in the outbox; from then on it reaches the log, by this run or a later one. */
  commit(draft: OutboxDraft): Promise<OutboxEntry>;
  /** Runs the work while no other program of this profile can commit. */
  readonly locked: Outbox["locked"];
  /**
   * Sends the entry. With a manifest the acknowledgements prove that manifest and request are durable; there are none
   * when the log had taken the request before.
   */
  deliver(entry: OutboxEntry): Promise<readonly StoredAck[]>;
  /**
   * Waits until the log took the entry's events; the outcome of its last one, or of the publish request.
   * Undefined when `timeoutMs` passed first, or the watch found the wait in vain: the outbox keeps the entry.
   * @throws DSDN_CLIENT_EVENT_REJECTED, DSDN_CLIENT_SESSION_BUSY
   */
  settle(entry: OutboxEntry, timeoutMs: number, watch?: ObstacleWatchOptions): Promise<EventOutcome | undefined>;
  /** Sends again what an earlier run left behind, oldest first. Nobody waits for it. */
  resend(): Promise<void>;
}

/** What a coordinator answers for an event whose sequence the log has consumed. */
const STALE_SEQUENCE = "DSDN_COORDINATOR_STALE_SEQUENCE";
/** What an ingress answers while no coordinator can be reached. */
const NO_COORDINATOR = "DSDN_NET_NO_POSTER";
/** So much later than a coordinator an ingress may hear of the log. */
const LATE_MS = 5_000;
const POLL_MS = 20_000;
const POLL_PAUSE_MS = 250;
/** Who wants to know what is in the way is told within this. */
const LOOK_MS = 3_000;

export function createPublisher(deps: PublisherDeps): Publisher {
  return new OutboxPublisher(deps);
}

class OutboxPublisher implements Publisher {
  readonly #deps: PublisherDeps;
  readonly #unkept = new UnkeptEvents();
  readonly locked: Outbox["locked"];

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
    this.locked = deps.outbox.locked;
  }

  commit(draft: OutboxDraft): Promise<OutboxEntry> {
    return this.locked((box) => box.commit(draft));
  }

  async deliver(entry: OutboxEntry): Promise<readonly StoredAck[]> {
    try {
      return await this.#send(entry, 0);
    } catch (error) {
      if (!isStale(error)) throw error;
      // An earlier try reached the log without our learning of it: only what the log has not consumed goes again.
      return this.#sendRest(entry);
    }
  }

  async settle(entry: OutboxEntry, timeoutMs: number, watch?: ObstacleWatchOptions): Promise<EventOutcome | undefined> {
    const deadlineMs = this.#deps.clock.monotonicMs() + timeoutMs;
    const isInVain = watch && createObstacleWatch(watch, this.#deps);
    const outcomes: EventOutcome[] = [];
    for (let index = 0; index < entry.events.length; index++) {
      const outcome = await this.#waitFor(entry.firstSequence + index, deadlineMs, isInVain);
      if (outcome === undefined) return undefined;
      if (isForeign(outcome, entry.events[index])) await this.#giveWay(entry);
      outcomes.push(outcome);
    }
    await this.locked((box) => box.settle(entry.id));
    const rejected = outcomes.findIndex(({ status }) => status === "rejected");
    if (rejected >= 0) {
      const reason = outcomes[rejected]?.reason ?? "no reason was given";
      throw fail(clientErrors.eventRejected, { kind: entry.kinds[rejected] ?? "the event", reason });
    }
    return entry.manifest === null ? outcomes.at(-1) : outcomes[entry.request];
  }

  async resend(): Promise<void> {
    const pending = await this.locked(async (box) => [...box.pending]);
    let untaken: unknown;
    for (const entry of pending) {
      const next = await this.#nextSequence();
      if (next >= entry.firstSequence + entry.events.length) await this.locked((box) => box.settle(entry.id));
      else {
        await this.#sendRest(entry).catch((error: unknown) => {
          if (!isUntaken(error)) throw error;
          untaken ??= error;
        });
      }
    }
    if (untaken !== undefined) throw untaken;
  }

  /** Sends what the log has not consumed. It may consume more on the way there: then what is left goes again. */
  async #sendRest(entry: OutboxEntry): Promise<readonly StoredAck[]> {
    for (let before = -1; ; ) {
      const next = await this.#nextSequence();
      const end = entry.firstSequence + entry.events.length;
      if (next > entry.firstSequence) await this.#checkOwn(entry, Math.min(next, end) - 1);
      try {
        return await this.#send(entry, next);
      } catch (error) {
        if (!isStale(error)) throw error;
        // Stale without any progress of the log is another program's doing with our key, unless the log is only late.
        if (next === before) await this.#checkOwn(entry, next, { cause: error });
        before = next;
      }
    }
  }

  async #send(entry: OutboxEntry, fromSequence: number): Promise<readonly StoredAck[]> {
    const { ingress, network, signal } = this.#deps;
    const { manifest } = entry;
    const first = Math.max(0, fromSequence - entry.firstSequence);
    const request = first <= entry.request ? entry.events[entry.request] : undefined;
    if (manifest === null || request === undefined) {
      await this.#submit(entry.events.slice(first));
      return [];
    }
    const own = entry.events.slice(first, entry.request);
    const room = limits.eventsBeforeRequest - own.length;
    const earlier = this.#unkept.between(fromSequence, entry.firstSequence, room);
    const after = entry.events.slice(entry.request + 1);
    const answer = await ingress.call("publishObject", {
      json: {
        manifest: toBase64(manifest),
        lease: await this.#deps.leaseFor(manifest.length),
        before: eventTexts([...earlier, ...own]),
        publishRequest: eventTexts([request])[0],
        after: eventTexts(after),
      },
      signal,
    });
    if (answer.audit["handedOver"] === false) this.#unkept.add(after);
    else this.#unkept.clear();
    const publishRequest = sha256(encodeSignedEvent(request));
    return checkAcks(answer.details.acks, { network, chunk: refOf(manifest), publishRequest }, this.#deps.zoneOf);
  }

  async #submit(events: readonly SignedEvent[]): Promise<void> {
    const { ingress, signal } = this.#deps;
    if (events.length === 0) return;
    try {
      await ingress.call("submitEvents", { json: { events: eventTexts(events) }, signal });
      this.#unkept.clear();
    } catch (error) {
      if (isUntaken(error)) this.#unkept.add(events);
      throw error;
    }
  }

  /**
   * The log may have given our numbers to another program with our key: then nothing of the entry may follow.
   *
   * @param sequence - a number of the entry that the log has given.
   * @param late - the log has yet to give it, and does so within a moment when it is ours.
   * @throws DSDN_CLIENT_SESSION_BUSY
   */
  async #checkOwn(entry: OutboxEntry, sequence: number, late?: { readonly cause: unknown }): Promise<void> {
    const waitMs = late === undefined ? 0 : LATE_MS;
    const outcome = await this.#waitFor(sequence, this.#deps.clock.monotonicMs() + waitMs);
    const own = entry.events[sequence - entry.firstSequence];
    const isLost = outcome === undefined ? late !== undefined : isForeign(outcome, own);
    if (isLost) await this.#giveWay(entry, late?.cause);
  }

  /** Forgets the entry, whose numbers are taken. @throws DSDN_CLIENT_SESSION_BUSY */
  async #giveWay(entry: OutboxEntry, cause?: unknown): Promise<never> {
    await this.locked((box) => box.abandon(entry.id));
    throw fail(lentErrors.sessionBusy, {}, { cause });
  }

  /** The sequence after the last one the log has consumed. */
  async #nextSequence(): Promise<number> {
    const { ingress, author, signal } = this.#deps;
    return (await ingress.call("author", { params: { key: author }, signal })).details.nextSequence;
  }

  async #waitFor(
    sequence: number,
    deadlineMs: number,
    isInVain?: (sequence: number) => Promise<boolean>,
  ): Promise<EventOutcome | undefined> {
    const { ingress, author, clock, signal } = this.#deps;
    for (;;) {
      const pollMs = isInVain === undefined ? POLL_MS : LOOK_MS;
      const waitMs = Math.max(0, Math.min(pollMs, Math.floor(deadlineMs - clock.monotonicMs())));
      const { details } = await ingress.call("eventOutcome", {
        params: { author, sequence: String(sequence) },
        query: { waitMs },
        timeoutMs: waitMs + 30_000,
        signal,
      });
      // "unknown" is an outcome too old to be remembered: the log has gone past it.
      if (details.status !== "pending") return details;
      if (clock.monotonicMs() >= deadlineMs || (await isInVain?.(sequence))) return undefined;
      await clock.sleep(POLL_PAUSE_MS, signal);
    }
  }
}

/** True when no coordinator takes events now; sent again later, they are taken. */
export function isUntaken(error: unknown): boolean {
  return error instanceof DsdnError && error.code === NO_COORDINATOR;
}

/** True when the log gave the number to another event than this one. */
function isForeign({ event }: EventOutcome, own: SignedEvent | undefined): boolean {
  if (own === undefined || event === null || event === undefined) return false;
  return event !== toHex(sha256(concatBytes(own.signature, own.event)));
}

function isStale(error: unknown): boolean {
  return error instanceof DsdnError && error.code === STALE_SEQUENCE;
}
