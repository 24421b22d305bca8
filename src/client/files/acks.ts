import { equalBytes, fail, findBase64 } from "../../base/index.ts";
import {
  type ChunkRef,
  DURABLE_ZONES,
  decodeStoredAck,
  isStoredAckSigned,
  type KeyId,
  type NetworkId,
  type StoredAck,
} from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";

/** What an acknowledgement has to be about. */
export interface AckClaim {
  readonly network: NetworkId;
  readonly chunk: ChunkRef;
  /** SHA-256 of the publish request for a manifest, null for any other chunk. */
  readonly publishRequest: Uint8Array | null;
}

/** The zone the log gives a node, or undefined when the log knows no such node. */
export type ZoneOf = (node: KeyId) => string | undefined;

/**
 * The acknowledgements that came with an answer, once they prove that nodes of two zones keep the chunk: signed by the
 * node, for this network and chunk, in the zone the log knows the node in. A false one taints the whole answer.
 *
 * @throws DSDN_CLIENT_ACK_INVALID, DSDN_CLIENT_NOT_DURABLE
 */
export function checkAcks(texts: readonly string[], claim: AckClaim, zoneOf: ZoneOf): readonly StoredAck[] {
  const acks = texts.map((text) => {
    const bytes = findBase64(text);
    if (bytes === undefined) throw fail(clientErrors.ackInvalid, { chunk: claim.chunk.id, reason: "it is not base64" });
    return decodeStoredAck(bytes);
  });
  for (const ack of acks) {
    const fault =
      findAckFault(ack, claim) ?? (zoneOf(ack.node) === ack.zone ? undefined : "the log knows no such node");
    if (fault !== undefined) {
      throw fail(clientErrors.ackInvalid, { chunk: claim.chunk.id, reason: fault }, { verdict: "reject" });
    }
  }
  const zones = new Set(acks.map(({ zone }) => zone)).size;
  if (zones < DURABLE_ZONES) {
    throw fail(clientErrors.notDurable, { chunk: claim.chunk.id, zones, needed: DURABLE_ZONES });
  }
  return acks;
}

/** Why the acknowledgement does not prove the claim, or undefined when it does. Needs nothing but itself. */
export function findAckFault(ack: StoredAck, { network, chunk, publishRequest }: AckClaim): string | undefined {
  if (ack.network !== network) return "it is for another network";
  if (ack.chunk !== chunk.id || ack.size !== chunk.size) return "it is for another chunk";
  const isSameRequest =
    ack.publishRequest === null || publishRequest === null
      ? ack.publishRequest === publishRequest
      : equalBytes(ack.publishRequest, publishRequest);
  if (!isSameRequest) return "it is for another publish request";
  return isStoredAckSigned(ack) ? undefined : "its signature is wrong";
}
