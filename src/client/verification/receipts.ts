import { fail, findBase64, toBase64 } from "../../base/index.ts";
import { sha256 } from "../../crypto/index.ts";
import {
  type ChunkRef,
  DURABLE_ZONES,
  decodeSignedEvent,
  decodeStoredAck,
  type EventOutcome,
  encodeSignedEvent,
  encodeStoredAck,
  findEvent,
  type NetworkId,
  type ObjectId,
  openEvent,
  parseNetworkId,
  parseObjectId,
  type SignedEvent,
  type StoredAck,
  z,
} from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import { findAckFault } from "../files/acks.ts";
import { type Availability, type AvailabilityReport, availabilitySchema, verifyAvailability } from "./availability.ts";
import { type Inclusion, type InclusionReport, inclusionSchema, verifyInclusion } from "./inclusion.ts";

const base64Text = z.string().max(2 * 1024 * 1024);

/** A receipt as it lies in a file: JSON that anyone can read, whose parts are the signed bytes themselves. */
export const receiptSchema = z.object({
  format: z.literal("dsdn-receipt"),
  version: z.literal(1),
  network: z.string(),
  object: z.string(),
  /** The owner's signed ObjectPublished event. */
  publishRequest: base64Text,
  /** Acknowledgements of nodes for chunks and manifest. */
  acks: z.array(base64Text).max(200_000),
  /** Where the event stands on the log; null while that is not known. */
  published: z
    .object({
      height: z.int().min(0),
      blob: z.int().min(0),
      event: z.int().min(0),
      logTimeMs: z.int().nullable(),
      blobCommitment: z.string().nullable(),
      stateRoot: z.string().nullable(),
    })
    .nullable(),
  /**
   * That the object stands in the state the log gives. The state root in it is the word of an ingress: believe it as
   * far as you replayed the log. Absent when nobody gave a proof.
   */
  inclusion: inclusionSchema.optional(),
  /** That the publish request is on the data-availability layer, in the place `published` names. Absent when nobody gave it. */
  availability: availabilitySchema.optional(),
});
export type Receipt = z.output<typeof receiptSchema>;

export function makeReceipt(facts: {
  readonly network: NetworkId;
  readonly object: ObjectId;
  readonly request: SignedEvent;
  readonly acks: readonly StoredAck[];
  readonly outcome: EventOutcome | undefined;
  readonly inclusion: Inclusion | undefined;
  readonly availability: Availability | undefined;
}): Receipt {
  const { network, object, request, acks, outcome, inclusion, availability } = facts;
  return {
    format: "dsdn-receipt",
    version: 1,
    network,
    object,
    publishRequest: toBase64(encodeSignedEvent(request)),
    acks: acks.map((ack) => toBase64(encodeStoredAck(ack))),
    published: outcome === undefined ? null : publicationOf(outcome),
    ...(inclusion === undefined ? {} : { inclusion }),
    ...(availability === undefined ? {} : { availability }),
  };
}

/** What a receipt says of an event's place on the log; null when the log no longer says it. */
export function publicationOf(outcome: EventOutcome): Receipt["published"] {
  const { position, logTimeMs, blobCommitment, stateRoot } = outcome;
  return position === null ? null : { ...position, logTimeMs, blobCommitment, stateRoot };
}

/** What a receipt proves by itself. */
export interface ReceiptReport {
  readonly network: NetworkId;
  readonly object: ObjectId;
  /** Key of the session that asked for publication. */
  readonly author: string;
  readonly sizeBytes: number;
  readonly createdMs: number;
  /** Chunks, the manifest among them, and how many of them nodes of two zones acknowledged. */
  readonly chunks: number;
  readonly durableChunks: number;
  readonly isDurable: boolean;
  readonly nodes: readonly string[];
  readonly zones: readonly string[];
  /** What the receipt says of the log; to be checked against the log or an archive. */
  readonly published: Receipt["published"];
  /** Shown by the receipt's proof, under a root that only a replay of the log confirms; null without a proof. */
  readonly inclusion: InclusionReport | null;
  /** Shown by the receipt's proof, under a data root that any node of the chain can confirm; null without a proof. */
  readonly availability: AvailabilityReport | null;
}

/**
 * Checks a receipt without any network: the owner's signature on the publish request, every node's signature, and the
 * proofs of its place in the state and on the log.
 * Chunks of an earlier upload that were not sent again may be without acknowledgements; then `isDurable` is false.
 *
 * @param trusted - `stateRoot`: the root at the proof's height, 64 hex digits, from a replay or a role of one's own.
 * @throws DSDN_CLIENT_RECEIPT_INVALID, DSDN_CLIENT_RECEIPT_PROOF_INVALID, DSDN_CLIENT_RECEIPT_OBJECT_DIFFERS,
 * DSDN_CLIENT_RECEIPT_ROOT_DIFFERS, DSDN_PROTOCOL_BAD_SIGNATURE, DSDN_PROTOCOL_NOT_CANONICAL, DSDN_PROTOCOL_BAD_ID
 */
export function verifyReceipt(
  value: unknown,
  trusted: { readonly stateRoot?: string | undefined } = {},
): ReceiptReport {
  const parsed = receiptSchema.safeParse(value);
  if (!parsed.success) throw invalid("it is not a receipt of version 1");
  const receipt = parsed.data;
  const network = parseNetworkId(receipt.network);
  const object = parseObjectId(receipt.object);
  const request = decodeSignedEvent(bytesOf(receipt.publishRequest));
  const event = findEvent(openEvent(request));
  if (event?.kind !== "ObjectPublished") throw invalid("its request is no publication");
  if (event.network !== network) throw invalid("its request is for another network");
  const { content } = event.body;
  if (content.object !== object) throw invalid("its request is for another object");
  const acks = receipt.acks.map((text) => decodeStoredAck(bytesOf(text)));
  const report = checkChunks([...content.chunks, content.manifest], {
    acks,
    network,
    manifest: content.manifest,
    requestHash: sha256(encodeSignedEvent(request)),
  });
  const { published, inclusion, availability } = receipt;
  const { stateRoot: trustedRoot } = trusted;
  if (inclusion === undefined && trustedRoot !== undefined) throw invalid("it carries no proof for a state root");
  if (availability !== undefined && published === null) throw invalid("it proves a place on the log and names none");
  return {
    network,
    object,
    author: event.author,
    sizeBytes: content.sizeBytes,
    createdMs: event.body.createdMs,
    ...report,
    isDurable: report.durableChunks === report.chunks,
    published,
    inclusion: inclusion === undefined ? null : verifyInclusion(inclusion, { content, published, trustedRoot }),
    availability:
      availability === undefined || published === null
        ? null
        : verifyAvailability(availability, { object, network, request, published }),
  };
}

function checkChunks(
  chunks: readonly ChunkRef[],
  facts: { acks: readonly StoredAck[]; network: NetworkId; manifest: ChunkRef; requestHash: Uint8Array },
) {
  const byChunk = Map.groupBy(facts.acks, ({ chunk }) => chunk);
  const zones = new Set<string>();
  const nodes = new Set<string>();
  let durableChunks = 0;
  for (const chunk of chunks) {
    const isManifest = chunk.id === facts.manifest.id;
    const found = byChunk.get(chunk.id) ?? [];
    for (const ack of found) {
      const publishRequest = isManifest ? facts.requestHash : null;
      const fault = findAckFault(ack, { network: facts.network, chunk, publishRequest });
      if (fault !== undefined) throw invalid(`an acknowledgement is false: ${fault}`);
      zones.add(ack.zone);
      nodes.add(ack.node);
    }
    if (new Set(found.map(({ zone }) => zone)).size >= DURABLE_ZONES) durableChunks += 1;
    byChunk.delete(chunk.id);
  }
  if (byChunk.size > 0) throw invalid("an acknowledgement is for a chunk the object does not have");
  return { chunks: chunks.length, durableChunks, nodes: [...nodes].sort(), zones: [...zones].sort() };
}

function bytesOf(text: string): Uint8Array {
  const bytes = findBase64(text);
  if (bytes === undefined) throw invalid("a part of it is not base64");
  return bytes;
}

function invalid(reason: string) {
  return fail(clientErrors.receiptInvalid, { reason });
}
