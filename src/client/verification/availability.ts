import { DsdnError, equalBytes, fail, findBase64, findHex, toBase64, toHex } from "../../base/index.ts";
import { openHeightRecord, type RecordedHeight } from "../../da/index.ts";
import {
  encodeSignedEvent,
  type LogPosition,
  type NetworkId,
  type ObjectId,
  openBlob,
  type SignedEvent,
  z,
} from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import type { Ingress } from "../ingress.ts";

const PROOF_TIMEOUT_MS = 10_000;
/** More blobs than this at one height leave the receipt without the proof. */
const RECORD_TEXT_MAX = 2 * 1024 * 1024;

/** A height of the log with the proof that its blobs lie under the block's data root, as it lies in a receipt. */
export const availabilitySchema = z.object({
  /** 29 bytes in hex. */
  namespace: z.string().regex(/^[0-9a-f]{58}$/),
  /** Base64 of the height's record. */
  record: z.string().max(RECORD_TEXT_MAX),
});
export type Availability = z.output<typeof availabilitySchema>;

/** Where the publish request stands on the log, given the data root, which any node of the chain can confirm. */
export interface AvailabilityReport {
  readonly height: number;
  readonly chainId: string;
  readonly namespace: string;
  /** 64 hex digits. */
  readonly dataRoot: string;
}

export interface AvailabilityClaim {
  readonly object: ObjectId;
  readonly network: NetworkId;
  readonly request: SignedEvent;
  readonly published: LogPosition & { readonly blobCommitment: string | null };
}

/**
 * Checks without any network that the publish request is in the blob the receipt names.
 *
 * @throws DSDN_CLIENT_RECEIPT_PROOF_INVALID when the blobs are not those under the data root or the place is another,
 * DSDN_CLIENT_RECEIPT_OBJECT_DIFFERS when another event stands there
 */
export function verifyAvailability(availability: Availability, claim: AvailabilityClaim): AvailabilityReport {
  const { network, request, published } = claim;
  const { namespace } = availability;
  const { header, blobs } = open(availability);
  if (header.height !== published.height) throw invalid("its blobs are of another height");
  const blob = blobs[published.blob];
  if (blob === undefined) throw invalid("there is no such blob at its height");
  if (published.blobCommitment !== null && toBase64(blob.commitment) !== published.blobCommitment) {
    throw invalid("the blob has another commitment");
  }
  const event = openEvents(blob.data, network)[published.event];
  if (event === undefined || !equalBytes(encodeSignedEvent(event), encodeSignedEvent(request))) {
    throw fail(clientErrors.receiptObjectDiffers, {
      object: claim.object,
      actual: `event ${published.event} of the blob`,
    });
  }
  return { height: header.height, chainId: header.chainId, namespace, dataRoot: toHex(header.dataRoot) };
}

/** The proof of a publication's blob from an ingress, checked; undefined when there is none to be had. */
export async function fetchAvailability(
  ingress: Ingress,
  claim: AvailabilityClaim,
  signal: AbortSignal | undefined,
): Promise<Availability | undefined> {
  try {
    const params = { height: String(claim.published.height) };
    const { details } = await ingress.call("heightProof", { params, timeoutMs: PROOF_TIMEOUT_MS, signal });
    const { namespace, record } = details;
    if (record.length > RECORD_TEXT_MAX) return undefined;
    verifyAvailability({ namespace, record }, claim);
    return { namespace, record };
  } catch {
    signal?.throwIfAborted();
    // The object is published; a receipt without this proof is still a receipt.
    return undefined;
  }
}

function open({ namespace, record }: Availability): RecordedHeight {
  try {
    return openHeightRecord(findHex(namespace) ?? new Uint8Array(0), findBase64(record) ?? new Uint8Array(0));
  } catch (error) {
    if (!(error instanceof DsdnError)) throw error;
    throw invalid("its blobs are not shown to lie under the data root beside them");
  }
}

function openEvents(blob: Uint8Array, network: NetworkId): readonly SignedEvent[] {
  try {
    return openBlob(blob, network).events;
  } catch (error) {
    if (!(error instanceof DsdnError)) throw error;
    throw invalid("the blob is none of this network");
  }
}

function invalid(reason: string) {
  return fail(clientErrors.receiptProofInvalid, { reason });
}
