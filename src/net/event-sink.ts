import { createHttpClient, fail, isError, toBase64, toDsdnError } from "../base/index.ts";
import { type EventSink, encodeSignedEvent, type SignedEvent } from "../protocol/index.ts";
import { netErrors } from "./errors.ts";

/** What one request holds at most; a coordinator refuses 1000 events or 8 MiB of base64. */
const EVENTS_PER_REQUEST = 500;
const BYTES_PER_REQUEST = 4 * 1024 * 1024;

/**
 * A sink that hands events to the first coordinator that takes them, beginning with the one that answered last. Many
 * events go in several requests, in their order.
 * @throws DSDN_NET_NO_POSTER when none did; the error of a coordinator when it refused the events as invalid.
 */
export function createHttpEventSink(options: {
  coordinatorUrls: readonly string[];
  token?: string;
  timeoutMs?: number;
}): EventSink {
  const access = options.token === undefined ? {} : { token: options.token };
  const posters = options.coordinatorUrls.map((url) => createHttpClient({ name: "The coordinator", url, ...access }));
  let preferred = 0;

  async function hand(events: readonly Uint8Array[]): Promise<void> {
    const json = { events: events.map(toBase64) };
    const causes: unknown[] = [];
    for (let turn = 0; turn < posters.length; turn++) {
      const index = (preferred + turn) % posters.length;
      try {
        await posters[index]?.json("/v1/events", { method: "POST", json, timeoutMs: options.timeoutMs ?? 10_000 });
        preferred = index;
        return;
      } catch (error) {
        const known = toDsdnError(error);
        if (known.spec.kind === "peer" || known.spec.kind === "user") throw known;
        causes.push(known);
      }
    }
    throw fail(netErrors.noPoster, { count: posters.length }, { cause: causes[0] });
  }

  return {
    submit: async (events) => {
      for (const request of requestsOf(events)) await hand(request);
    },
  };
}

function requestsOf(events: readonly SignedEvent[]): Uint8Array[][] {
  const requests: Uint8Array[][] = [];
  let sizeBytes = 0;
  for (const event of events) {
    const bytes = encodeSignedEvent(event);
    const last = requests.at(-1);
    const fits =
      last !== undefined && last.length < EVENTS_PER_REQUEST && sizeBytes + bytes.length <= BYTES_PER_REQUEST;
    if (fits) last.push(bytes);
    else requests.push([bytes]);
    sizeBytes = (fits ? sizeBytes : 0) + bytes.length;
  }
  return requests;
}

/** True when the events may be handed over again later. */
export function isRetryableRefusal(error: unknown): boolean {
  return isError(error, netErrors.noPoster) || toDsdnError(error).spec.isRetryable;
}
