import { type Clock, type Logger, toDsdnError } from "../../base/index.ts";
import { isRetryableRefusal } from "../../net/index.ts";
import {
  type EventHead,
  type EventSink,
  type KeyId,
  type ObjectId,
  readEventHead,
  type SignedEvent,
} from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";

export interface WaitingRequestsDeps {
  readonly replica: Replica;
  readonly sink: EventSink;
  readonly clock: Clock;
  readonly log: Logger;
}

const RESUBMIT_MS = 5_000;
/** So many owners may be about to publish the same object; each request is small. */
const REQUESTS_PER_OBJECT = 8;

/** Publish requests that lie with this node and are not on the log yet; each is the last of its author's events. */
export class WaitingRequests {
  readonly #deps: WaitingRequestsDeps;
  readonly #requests = new Map<ObjectId, Map<KeyId, readonly SignedEvent[]>>();
  #resubmitAtMs = 0;

  constructor(deps: WaitingRequestsDeps) {
    this.#deps = deps;
  }

  get isEmpty(): boolean {
    return this.#requests.size === 0;
  }

  /** Coordinators are given time first: most requests reach the log by the way their owner took. */
  postpone(): void {
    this.#resubmitAtMs = this.#deps.clock.monotonicMs() + RESUBMIT_MS;
  }

  /**
   * Takes a request, its events in order and the request last. Gives what must lie beside the manifest: also the
   * requests of others for the same object that are not on the log yet.
   */
  add(object: ObjectId, events: readonly SignedEvent[]): readonly SignedEvent[] {
    this.keep(object, events);
    this.#forgetSettled(object);
    const own = authorOf(events);
    const others = [...(this.#requests.get(object) ?? [])].filter(([author]) => author !== own);
    return [...others.flatMap(([, request]) => request), ...events];
  }

  /** Takes the requests that lay beside a manifest. */
  keep(object: ObjectId, events: readonly SignedEvent[]): void {
    const requests = this.#requests.get(object) ?? new Map<KeyId, readonly SignedEvent[]>();
    this.#requests.set(object, requests);
    let group: SignedEvent[] = [];
    for (const signed of events) {
      group.push(signed);
      if (!isPublishRequest(signed)) continue;
      requests.delete(authorOf(group));
      requests.set(authorOf(group), group);
      group = [];
    }
    const { state } = this.#deps.replica;
    const isStranger = (author: KeyId) => state.findAuthor(author) === undefined;
    for (const author of [...requests.keys()].slice(0, -1).toSorted((a, b) => +isStranger(b) - +isStranger(a))) {
      if (requests.size > REQUESTS_PER_OBJECT) requests.delete(author);
    }
  }

  forget(object: ObjectId): void {
    this.#requests.delete(object);
  }

  /** Hands requests that are not on the log to the coordinators again. */
  async resubmit(): Promise<void> {
    const { clock, sink, log } = this.#deps;
    if (clock.monotonicMs() < this.#resubmitAtMs) return;
    this.postpone();
    for (const object of [...this.#requests.keys()]) {
      this.#forgetSettled(object);
      for (const events of this.#requests.get(object)?.values() ?? []) {
        const isWaiting = (head: EventHead) => head.sequence >= this.#nextSequenceOf(head.author);
        try {
          await sink.submit(events.filter((signed) => isWaiting(readEventHead(signed))));
        } catch (error) {
          log.warn("request not handed over", { code: toDsdnError(error).code });
          // No coordinator answers: the others would only wait for the same.
          if (isRetryableRefusal(error)) return;
        }
      }
    }
  }

  /** A request is done when the log has used its number; that another owner published the same object says nothing. */
  #forgetSettled(object: ObjectId): void {
    const requests = this.#requests.get(object);
    for (const [author, events] of requests ?? []) {
      const last = events.at(-1);
      const isDone = last === undefined || readEventHead(last).sequence < this.#nextSequenceOf(author);
      if (isDone) requests?.delete(author);
    }
    if (requests?.size === 0) this.#requests.delete(object);
  }

  #nextSequenceOf(author: KeyId): number {
    return this.#deps.replica.state.findAuthor(author)?.nextSequence ?? 0;
  }
}

function isPublishRequest(signed: SignedEvent): boolean {
  return readEventHead(signed).kind === "ObjectPublished";
}

/** Of the request that the events end with. */
function authorOf(events: readonly SignedEvent[]): KeyId {
  const last = events.at(-1);
  return last === undefined ? ("" as KeyId) : readEventHead(last).author;
}
