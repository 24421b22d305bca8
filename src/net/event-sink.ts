import { createHttpClient, fail, isError, toBase64, toDsdnError } from "../base/index.ts";
import { type EventSink, encodeSignedEvent } from "../protocol/index.ts";
import { netErrors } from "./errors.ts";

/**
 * A sink that hands events to the first coordinator that takes them, beginning with the one that answered last.
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
  return {
    submit: async (events) => {
      const body = { events: events.map((event) => toBase64(encodeSignedEvent(event))) };
      const causes: unknown[] = [];
      for (let turn = 0; turn < posters.length; turn++) {
        const index = (preferred + turn) % posters.length;
        try {
          await posters[index]?.json("/v1/events", {
            method: "POST",
            json: body,
            timeoutMs: options.timeoutMs ?? 10_000,
          });
          preferred = index;
          return;
        } catch (error) {
          const known = toDsdnError(error);
          if (known.spec.kind === "peer" || known.spec.kind === "user") throw known;
          causes.push(known);
        }
      }
      throw fail(netErrors.noPoster, { count: posters.length }, { cause: causes[0] });
    },
  };
}

/** True when the events may be handed over again later. */
export function isRetryableRefusal(error: unknown): boolean {
  return isError(error, netErrors.noPoster) || toDsdnError(error).spec.isRetryable;
}
