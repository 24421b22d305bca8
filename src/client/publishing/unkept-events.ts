import { limits, readEventHead, type SignedEvent } from "../../protocol/index.ts";

/**
 * Events of one author that lie in the outbox alone: no coordinator could be reached, and nodes keep only what goes with
 * a manifest. The next publish request takes them along, as the log takes nothing that leaves a number out.
 */
export class UnkeptEvents {
  readonly #events = new Map<number, SignedEvent>();

  /** Publish requests are left out: nodes keep each with its own manifest. */
  add(events: readonly SignedEvent[]): void {
    for (const signed of events) {
      const { kind, sequence } = readEventHead(signed);
      if (kind !== "ObjectPublished") this.#events.set(sequence, signed);
    }
  }

  /** A coordinator took them. */
  clear(): void {
    this.#events.clear();
  }

  /** Those with numbers in [from, until), in order; none when there are more than the `room` beside the request. */
  between(from: number, until: number, room: number = limits.eventsBeforeRequest): readonly SignedEvent[] {
    const sequences = [...this.#events.keys()].filter((sequence) => sequence >= from && sequence < until);
    const events = sequences.toSorted((left, right) => left - right).flatMap((at) => this.#events.get(at) ?? []);
    return events.length <= room ? events : [];
  }
}
