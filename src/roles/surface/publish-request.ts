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

/** What lies beside a manifest: signed events in the order in which they must reach the log, the request last. */
const publishRequestFile = z.array(signedEvent).min(1).max(9);

export function encodePublishRequestFile(events: readonly SignedEvent[]): Uint8Array {
  return encodeWith(publishRequestFile, [...events]);
}

/** @throws DSDN_PROTOCOL_NOT_CANONICAL */
export function decodePublishRequestFile(bytes: Uint8Array): SignedEvent[] {
  return decodeWith(publishRequestFile, bytes, { what: "publish request", limitBytes: 9 * limits.eventBytes });
}

/** The request itself, its signature checked; undefined when the last event is none. @throws as `openEvent` */
export function findPublishRequest(bytes: Uint8Array): EventOf<"ObjectPublished"> | undefined {
  const last = decodePublishRequestFile(bytes).at(-1);
  const event = last === undefined ? undefined : findEvent(openEvent(last));
  return event?.kind === "ObjectPublished" ? event : undefined;
}
