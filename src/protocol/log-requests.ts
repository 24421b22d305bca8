import type * as zod from "zod";
import { type Ed25519Signer, verifyEd25519 } from "../crypto/index.ts";
import { sessionGrant } from "./event-bodies.ts";
import { hexId, idBytes, type KeyId } from "./ids.ts";
import { limits } from "./limits.ts";
import { signaturePreimage } from "./preimages.ts";
import { byteString, decodeWith, encodeWith, keyId, networkId, uint, workloadId, z } from "./schema.ts";

const logRequestFacts = z.strictObject({
  version: z.literal(1),
  network: networkId,
  sessionKey: keyId,
  /** Whose log is to be read. */
  workload: workloadId,
  /** A node takes it for some minutes only. */
  createdMs: uint(),
});

/**
 * What an owner shows to the node that runs a workload before it gives out the workload's log: signed by the session
 * key; carries the wallet's grant, so it is good even when that has not reached the log yet.
 */
export const logRequest = z.strictObject({ ...logRequestFacts.shape, grant: sessionGrant, signature: byteString(64) });
export type LogRequest = zod.output<typeof logRequest>;

export function signLogRequest(
  key: Ed25519Signer,
  facts: Pick<LogRequest, "network" | "workload" | "createdMs" | "grant">,
): LogRequest {
  const { grant, ...rest } = facts;
  const full = { ...rest, version: 1 as const, sessionKey: hexId<KeyId>(key.publicKey) };
  return { ...full, grant, signature: key.sign(signaturePreimage("logRequest", encodeWith(logRequestFacts, full))) };
}

/** True when the named session key signed it and the grant names the same key. The grant itself is checked apart. */
export function isLogRequestSigned(request: LogRequest): boolean {
  const { signature, grant, ...facts } = request;
  if (grant.sessionKey !== request.sessionKey) return false;
  const preimage = signaturePreimage("logRequest", encodeWith(logRequestFacts, facts));
  return verifyEd25519(idBytes(request.sessionKey), preimage, signature);
}

export function encodeLogRequest(request: LogRequest): Uint8Array {
  return encodeWith(logRequest, request);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodeLogRequest(bytes: Uint8Array): LogRequest {
  return decodeWith(logRequest, bytes, { what: "log request", limitBytes: limits.leaseBytes });
}
