import {
  decodeWith,
  type EventOf,
  encodeWith,
  findEvent,
  limits,
  openEvent,
  type SignedEvent,
  signedEvent,
  z,
} from "../../protocol/index.ts";

/** Eight owners, and one more, with a request and what must come before it. */
const MAX_EVENTS = 9 * (limits.eventsBeforeRequest + 1);
/**
 * What lies beside a manifest: signed events in the order in which they must reach the log, the newest request last.
 * Several owners may be about to publish the same object.
 */
const publishRequestFile = z.array(signedEvent).min(1).max(MAX_EVENTS);

export function encodePublishRequestFile(events: readonly SignedEvent[]): Uint8Array {
  return encodeWith(publishRequestFile, [...events]);
}

/** @throws DSDN_PROTOCOL_NOT_CANONICAL */
export function decodePublishRequestFile(bytes: Uint8Array): SignedEvent[] {
  return decodeWith(publishRequestFile, bytes, { what: "publish request", limitBytes: MAX_EVENTS * limits.eventBytes });
}

/** The request itself, its signature checked; undefined when the last event is none. @throws as `openEvent` */
export function findPublishRequest(bytes: Uint8Array): EventOf<"ObjectPublished"> | undefined {
  const last = decodePublishRequestFile(bytes).at(-1);
  const event = last === undefined ? undefined : findEvent(openEvent(last));
  return event?.kind === "ObjectPublished" ? event : undefined;
}
