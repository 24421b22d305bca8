import type * as zod from "zod";
import { concatBytes, fail } from "../base/index.ts";
import { type Ed25519Signer, verifyEd25519 } from "../crypto/index.ts";
import { PROTOCOL_VERSION } from "./constants.ts";
import { protocolErrors } from "./errors.ts";
import { type EventBody, type EventKind, eventBodies, isEventKind } from "./event-bodies.ts";
import { hexId, idBytes, type KeyId, type NetworkId } from "./ids.ts";
import { limits } from "./limits.ts";
import { signaturePreimage } from "./preimages.ts";
import { byteString, decodeWith, encodeWith, keyId, networkId, text, uint, z } from "./schema.ts";

/** SignedEvent = {event: canonical bytes of the event, signature(64)}; the signature is the author's. */
export const signedEvent = z.strictObject({
  event: byteString(1, limits.eventBytes),
  signature: byteString(64),
});
export type SignedEvent = zod.output<typeof signedEvent>;

const eventEnvelope = z.strictObject({
  version: uint(1_000_000),
  network: networkId,
  author: keyId,
  sequence: uint(),
  kind: text(64, 1),
  body: z.unknown(),
});

/** An event whose form is known; whether the log accepts it is for the reducer to say. */
export type Event = { readonly [K in EventKind]: EventOf<K> }[EventKind];

export interface EventOf<K extends EventKind> {
  readonly version: number;
  readonly network: NetworkId;
  readonly author: KeyId;
  readonly sequence: number;
  readonly kind: K;
  readonly body: EventBody<K>;
}

/** The head of an event, readable whatever its version and kind: enough to consume its sequence. */
export interface EventHead {
  readonly version: number;
  readonly network: NetworkId;
  readonly author: KeyId;
  readonly sequence: number;
  readonly kind: string;
  readonly body: unknown;
}

/** Signs an event with its author's key. The event's author is the key. */
export function signEvent<K extends EventKind>(
  key: Ed25519Signer,
  facts: { network: NetworkId; sequence: number; kind: K; body: EventBody<K> },
): SignedEvent {
  const event = encodeWith(eventEnvelope, {
    version: PROTOCOL_VERSION,
    network: facts.network,
    author: hexId<KeyId>(key.publicKey),
    sequence: facts.sequence,
    kind: facts.kind,
    body: z.encode(eventBodies[facts.kind] as z.ZodType, facts.body),
  });
  return { event, signature: key.sign(signaturePreimage("event", event)) };
}

/**
 * The head of a signed event whose signature its author really made.
 * @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL, DSDN_PROTOCOL_BAD_SIGNATURE
 */
export function openEvent(signed: SignedEvent): EventHead {
  const head = readEventHead(signed);
  if (!isEventSigned(head.author, signed))
    throw fail(protocolErrors.badSignature, { what: "event" }, { verdict: "reject" });
  return head;
}

/**
 * The head of an event as it claims to be; nothing is verified. For dropping repeated events before the cost of a
 * signature.
 * @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL
 */
export function readEventHead(signed: SignedEvent): EventHead {
  return decodeWith(eventEnvelope, signed.event, { what: "event", limitBytes: limits.eventBytes });
}

/** True when `author` signed the event's bytes. Never throws. */
export function isEventSigned(author: KeyId, signed: SignedEvent): boolean {
  return verifyEd25519(idBytes(author), signaturePreimage("event", signed.event), signed.signature);
}

/** The event of a head, or undefined when this program knows no such kind or the body breaks its schema. */
export function findEvent(head: EventHead): Event | undefined {
  if (head.version !== PROTOCOL_VERSION || !isEventKind(head.kind)) return undefined;
  const body = (eventBodies[head.kind] as z.ZodType).safeDecode(head.body);
  return body.success ? ({ ...head, body: body.data } as Event) : undefined;
}

export function encodeSignedEvent(signed: SignedEvent): Uint8Array {
  return encodeWith(signedEvent, signed);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodeSignedEvent(bytes: Uint8Array): SignedEvent {
  return decodeWith(signedEvent, bytes, { what: "event", limitBytes: limits.eventBytes + 256 });
}

/**
 * A blob on the DA log: magic "DSDN"(4) || version(1) || poster(32) || signature(64) || payload.
 * The poster stands at a fixed place, so a stranger's blob is dropped before anything is parsed. The signature is over
 * version || poster || payload.
 */
export interface LogBlob {
  readonly network: NetworkId;
  readonly poster: KeyId;
  /** SHA-256 of the poster's previous blob, or null for its first. */
  readonly previous: Uint8Array | null;
  readonly events: readonly SignedEvent[];
}

const BLOB_MAGIC = Uint8Array.of(0x44, 0x53, 0x44, 0x4e);
const BLOB_VERSION = 1;
const POSTER_OFFSET = 5;
const SIGNATURE_OFFSET = POSTER_OFFSET + 32;
const PAYLOAD_OFFSET = SIGNATURE_OFFSET + 64;
/** Bytes a blob needs besides its events. */
export const BLOB_OVERHEAD_BYTES = PAYLOAD_OFFSET + 160;

const blobPayload = z.strictObject({
  network: networkId,
  previous: byteString(32).nullable(),
  events: z.array(signedEvent).max(limits.eventsPerBlob),
});

/** The bytes of a blob, signed by its poster. @throws DSDN_PROTOCOL_TOO_LARGE */
export function encodeBlob(
  poster: Ed25519Signer,
  facts: { network: NetworkId; previous: Uint8Array | null; events: readonly SignedEvent[] },
): Uint8Array {
  const payload = encodeWith(blobPayload, { ...facts, events: [...facts.events] });
  const signed = concatBytes(Uint8Array.of(BLOB_VERSION), poster.publicKey, payload);
  const signature = poster.sign(signaturePreimage("blob", signed));
  const blob = concatBytes(BLOB_MAGIC, Uint8Array.of(BLOB_VERSION), poster.publicKey, signature, payload);
  if (blob.length > limits.blobBytes) {
    throw fail(protocolErrors.tooLarge, { what: "blob", actual: blob.length, limit: limits.blobBytes });
  }
  return blob;
}

/** The key that claims to have posted the blob, or undefined when the bytes are no blob of this version. Never throws. */
export function findBlobPoster(blob: Uint8Array): KeyId | undefined {
  if (blob.length <= PAYLOAD_OFFSET || blob.length > limits.blobBytes) return undefined;
  if (Buffer.compare(blob.subarray(0, 4), BLOB_MAGIC) !== 0 || blob[4] !== BLOB_VERSION) return undefined;
  return hexId<KeyId>(blob.subarray(POSTER_OFFSET, SIGNATURE_OFFSET));
}

/**
 * The content of a blob its poster really signed for this network.
 * @throws DSDN_PROTOCOL_NOT_CANONICAL, DSDN_PROTOCOL_BAD_SIGNATURE, DSDN_PROTOCOL_TOO_LARGE
 */
export function openBlob(blob: Uint8Array, network: NetworkId): LogBlob {
  const poster = findBlobPoster(blob);
  if (poster === undefined) {
    throw fail(protocolErrors.notCanonical, { what: "blob", reason: "it has no valid header" }, { verdict: "reject" });
  }
  const payload = blob.subarray(PAYLOAD_OFFSET);
  const signed = concatBytes(Uint8Array.of(BLOB_VERSION), idBytes(poster), payload);
  const signature = blob.subarray(SIGNATURE_OFFSET, PAYLOAD_OFFSET);
  if (!verifyEd25519(idBytes(poster), signaturePreimage("blob", signed), signature)) {
    throw fail(protocolErrors.badSignature, { what: "blob" }, { verdict: "reject" });
  }
  const content = decodeWith(blobPayload, payload, { what: "blob", limitBytes: limits.blobBytes });
  if (content.network !== network) {
    throw fail(protocolErrors.badSignature, { what: "blob" }, { verdict: "reject" });
  }
  return { ...content, poster };
}

/** Where an event stands in the world's one order. */
export interface LogPosition {
  readonly height: number;
  /** Index of the blob among our namespace's blobs of that height. */
  readonly blob: number;
  /** Index of the event in the blob. */
  readonly event: number;
}

export function comparePositions(left: LogPosition, right: LogPosition): number {
  return left.height - right.height || left.blob - right.blob || left.event - right.event;
}
