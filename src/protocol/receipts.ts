import type * as zod from "zod";
import { type Ed25519Signer, verifyEd25519 } from "../crypto/index.ts";
import { sessionGrant } from "./event-bodies.ts";
import { hexId, idBytes, type KeyId } from "./ids.ts";
import { limits } from "./limits.ts";
import { signaturePreimage } from "./preimages.ts";
import { byteString, chunkId, decodeWith, encodeWith, keyId, networkId, uint, z, zone } from "./schema.ts";

const ackFacts = z.strictObject({
  version: z.literal(1),
  network: networkId,
  chunk: chunkId,
  size: uint(limits.blobBytes * 16).min(1),
  node: keyId,
  zone,
  timeMs: uint(),
  /** SHA-256 of the publish request stored beside a manifest; null for an ordinary chunk. */
  publishRequest: byteString(32).nullable(),
});

/** A node's word that it has fsynced a chunk (file and folder), and the publish request beside it. */
export const storedAck = z.strictObject({ ...ackFacts.shape, signature: byteString(64) });
export type StoredAck = zod.output<typeof storedAck>;
export type StoredAckFacts = zod.output<typeof ackFacts>;

export function signStoredAck(key: Ed25519Signer, facts: Omit<StoredAckFacts, "version" | "node">): StoredAck {
  const full: StoredAckFacts = { ...facts, version: 1, node: hexId<KeyId>(key.publicKey) };
  return { ...full, signature: key.sign(signaturePreimage("storedAck", encodeWith(ackFacts, full))) };
}

/** True when the node named in the ack signed it. Never throws. */
export function isStoredAckSigned(ack: StoredAck): boolean {
  const { signature, ...facts } = ack;
  return verifyEd25519(idBytes(ack.node), signaturePreimage("storedAck", encodeWith(ackFacts, facts)), signature);
}

const leaseFacts = z.strictObject({
  version: z.literal(1),
  network: networkId,
  sessionKey: keyId,
  /** Bytes the upload may store under this lease. */
  sizeBytes: uint(limits.objectBytes),
  createdMs: uint(),
  expiresMs: uint(),
});

/**
 * Leave to store bytes before the object is published: signed by the session key; carries the wallet's grant, so it
 * is good even when that grant has not reached the log yet.
 */
const uploadLease = z.strictObject({ ...leaseFacts.shape, grant: sessionGrant, signature: byteString(64) });
export type UploadLease = zod.output<typeof uploadLease>;

export function signUploadLease(
  key: Ed25519Signer,
  facts: Omit<zod.output<typeof leaseFacts>, "version" | "sessionKey"> & { grant: UploadLease["grant"] },
): UploadLease {
  const { grant, ...rest } = facts;
  const full = { ...rest, version: 1 as const, sessionKey: hexId<KeyId>(key.publicKey) };
  return { ...full, grant, signature: key.sign(signaturePreimage("lease", encodeWith(leaseFacts, full))) };
}

/** True when the session key named in the lease signed it and the grant names the same key. The grant itself is checked apart. */
export function isUploadLeaseSigned(lease: UploadLease): boolean {
  const { signature, grant, ...facts } = lease;
  if (grant.sessionKey !== lease.sessionKey) return false;
  return verifyEd25519(idBytes(lease.sessionKey), signaturePreimage("lease", encodeWith(leaseFacts, facts)), signature);
}

export function encodeUploadLease(lease: UploadLease): Uint8Array {
  return encodeWith(uploadLease, lease);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodeUploadLease(bytes: Uint8Array): UploadLease {
  return decodeWith(uploadLease, bytes, { what: "upload lease", limitBytes: limits.leaseBytes });
}

export function encodeStoredAck(ack: StoredAck): Uint8Array {
  return encodeWith(storedAck, ack);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodeStoredAck(bytes: Uint8Array): StoredAck {
  return decodeWith(storedAck, bytes, { what: "storage acknowledgement", limitBytes: 1024 });
}
