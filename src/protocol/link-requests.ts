import type * as zod from "zod";
import { type Ed25519Signer, verifyEd25519 } from "../crypto/index.ts";
import { sessionGrant } from "./event-bodies.ts";
import { findLinkId, hexId, idBytes, type KeyId, type LinkId } from "./ids.ts";
import { limits } from "./limits.ts";
import { LINK_HALF_BYTES } from "./links.ts";
import { signaturePreimage } from "./preimages.ts";
import { byteString, decodeWith, encodeWith, keyId, networkId, objectId, uint, z } from "./schema.ts";

const linkId = z.custom<LinkId>((value) => typeof value === "string" && findLinkId(value) !== undefined, {
  error: "must be a link id",
});

/** envelope header(67) || tag(16) */
const SEALED_BYTES_MIN = 83;
const GRANT_BYTES = 8 * 1024;

/** What an owner asks of an ingress about share links. */
const linkAct = z.discriminatedUnion("act", [
  z.strictObject({
    act: z.literal("create"),
    link: linkId,
    object: objectId,
    /** The ingress's half. */
    half: byteString(LINK_HALF_BYTES),
    /** `sealLinkContent` */
    sealed: byteString(SEALED_BYTES_MIN, limits.linkContentBytes),
    /** What the owner remembers of it, sealed for the owner alone. */
    note: byteString(0, limits.linkNoteBytes),
    expiresMs: uint(),
  }),
  z.strictObject({ act: z.literal("revoke"), link: linkId }),
  z.strictObject({ act: z.literal("list") }),
]);
export type LinkAct = zod.output<typeof linkAct>;

const linkRequestFacts = z.strictObject({
  version: z.literal(1),
  network: networkId,
  sessionKey: keyId,
  /** An ingress takes it for some minutes only. */
  createdMs: uint(),
  ask: linkAct,
});

/** Signed by the session key; carries the wallet's grant, so it is good even when that has not reached the log yet. */
export const linkRequest = z.strictObject({
  ...linkRequestFacts.shape,
  grant: sessionGrant,
  signature: byteString(64),
});
export type LinkRequest = zod.output<typeof linkRequest>;

export function signLinkRequest(
  key: Ed25519Signer,
  facts: Pick<LinkRequest, "network" | "createdMs" | "ask" | "grant">,
): LinkRequest {
  const { grant, ...rest } = facts;
  const full = { ...rest, version: 1 as const, sessionKey: hexId<KeyId>(key.publicKey) };
  return { ...full, grant, signature: key.sign(signaturePreimage("linkRequest", encodeWith(linkRequestFacts, full))) };
}

/** True when the named session key signed it and the grant names the same key. The grant itself is checked apart. */
export function isLinkRequestSigned(request: LinkRequest): boolean {
  const { signature, grant, ...facts } = request;
  if (grant.sessionKey !== request.sessionKey) return false;
  const preimage = signaturePreimage("linkRequest", encodeWith(linkRequestFacts, facts));
  return verifyEd25519(idBytes(request.sessionKey), preimage, signature);
}

export function encodeLinkRequest(request: LinkRequest): Uint8Array {
  return encodeWith(linkRequest, request);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodeLinkRequest(bytes: Uint8Array): LinkRequest {
  const limitBytes = limits.linkContentBytes + limits.linkNoteBytes + GRANT_BYTES;
  return decodeWith(linkRequest, bytes, { what: "link request", limitBytes });
}
