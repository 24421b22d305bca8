import { toHex } from "../../base/index.ts";
import { hkdfSha256, isEnvelopeKey, type SealOptions } from "../../crypto/index.ts";
import type { Account } from "../../keys/index.ts";
import type { ContentId } from "../../objects/index.ts";
import { type DeploymentId, idBytes, outputListingKey } from "../../protocol/index.ts";

/**
 * How to seal a file of several parts whose content id is known. The key belongs to the content alone; the salt follows
 * from both, so it tells a stranger nothing about the content.
 */
export function sealingOfParts(account: Account, content: ContentId): SealOptions {
  const { key } = account.sealingOf(content.id);
  return { key, salt: fixedSalt(hkdfSha256(key, { salt: content.id, info: "dsdn/client/1/file salt" })) };
}

/** How to seal a listing: its key follows from the account and the salt in the envelope's header, and nothing else. */
export function sealingOfListing(account: Account, listingHash: Uint8Array): SealOptions {
  const salt = hkdfSha256(account.indexKey, { salt: listingHash, info: "dsdn/client/1/listing salt" });
  return { key: listingKey(account, salt), salt: fixedSalt(salt) };
}

/** version(1) || suite(1) || segmentSizeLog2(1) before the salt */
const SALT_OFFSET = 3;
const SALT_BYTES = 32;

/** The first bytes of the salt of a batch's output: the label its secret was made for. */
const OUTPUT_LABEL_BYTES = 16;

/**
 * The key of a listing sealed by this account, or for it by the node that ran its batch; for another account's listing
 * a key that does not fit.
 */
export function keyOfListing(account: Account, envelope: Uint8Array): Uint8Array {
  const salt = envelope.subarray(SALT_OFFSET, SALT_OFFSET + SALT_BYTES);
  const ofOutput = outputListingKey(outputSecretOf(account, salt.subarray(0, OUTPUT_LABEL_BYTES)), salt);
  return isEnvelopeKey(ofOutput, envelope) ? ofOutput : listingKey(account, salt);
}

/** What a node seals outputs with for this account. It opens outputs of this label and nothing else of the account. */
export function outputSecretOf(account: Account, label: Uint8Array): Uint8Array {
  return hkdfSha256(account.indexKey, { salt: label, info: "dsdn/client/1/output secret" });
}

function listingKey(account: Account, salt: Uint8Array): Uint8Array {
  return hkdfSha256(account.indexKey, { salt, info: "dsdn/client/1/listing key" });
}

function fixedSalt(salt: Uint8Array): SealOptions["salt"] {
  return { random: { bytes: () => salt } };
}

/** The label of what a deployment's programs keep: the same for all its versions, so that each opens what is there. */
export function storageLabelOf(account: Account, deployment: DeploymentId): Uint8Array {
  const info = "dsdn/client/1/storage label";
  return hkdfSha256(account.indexKey, { salt: idBytes(deployment), info, length: OUTPUT_LABEL_BYTES });
}

/**
 * What a file is found again by: its key when it is sealed for an account, its content id when it is public.
 * @param key - 32 bytes; null or undefined for a public file.
 */
export function contentKeyOf(key: Uint8Array | null | undefined, contentId: Uint8Array): string {
  return key ? `sealed ${toHex(key)}` : `public ${toHex(contentId)}`;
}
