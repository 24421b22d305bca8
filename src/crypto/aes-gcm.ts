/**
 * AES-256-GCM by node:crypto with every length stated: key 32, nonce 12, tag 16. Not part of the door: whoever calls it
 * must be able to show that the nonce is used once.
 *
 * @source NIST SP 800-38D; differs: no other nonce or tag lengths.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { fail } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";

const CIPHER = "aes-256-gcm";
export const GCM_TAG_BYTES = 16;
const OPTIONS = { authTagLength: GCM_TAG_BYTES };
const NONCE_BYTES = 12;
const KEY_BYTES = 32;
/** One update over many megabytes is five times slower than this size (output allocation). */
const UPDATE_BYTES = 65_536;

export interface GcmSecrets {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes, used once. */
  readonly nonce: Uint8Array;
  readonly associatedData: Uint8Array;
}

/** Writes ciphertext || tag of `plaintext` to the start of `out`, which has 16 bytes more. @throws DSDN_CRYPTO_KEY_LENGTH */
export function encryptGcm(
  secrets: GcmSecrets,
  { plaintext, out }: { readonly plaintext: Uint8Array; readonly out: Uint8Array },
): void {
  checkLengths(secrets);
  const cipher = createCipheriv(CIPHER, secrets.key, secrets.nonce, OPTIONS);
  cipher.setAAD(secrets.associatedData);
  for (let at = 0; at < plaintext.length; at += UPDATE_BYTES) {
    out.set(cipher.update(plaintext.subarray(at, at + UPDATE_BYTES)), at);
  }
  cipher.final();
  out.set(cipher.getAuthTag(), plaintext.length);
}

/**
 * Writes the plaintext of ciphertext || tag to the start of `out`, which has 16 bytes less. False when the bytes are
 * shorter than a tag or the tag does not match; then `out` holds zeros, no unverified byte.
 *
 * @throws DSDN_CRYPTO_KEY_LENGTH
 */
export function decryptGcm(
  secrets: GcmSecrets,
  { sealed, out }: { readonly sealed: Uint8Array; readonly out: Uint8Array },
): boolean {
  checkLengths(secrets);
  const size = sealed.length - GCM_TAG_BYTES;
  if (size < 0) return false;
  const decipher = createDecipheriv(CIPHER, secrets.key, secrets.nonce, OPTIONS);
  decipher.setAAD(secrets.associatedData);
  decipher.setAuthTag(sealed.subarray(size));
  try {
    for (let at = 0; at < size; at += UPDATE_BYTES) {
      out.set(decipher.update(sealed.subarray(at, Math.min(at + UPDATE_BYTES, size))), at);
    }
    decipher.final();
    return true;
  } catch {
    out.fill(0, 0, size);
    return false;
  }
}

function checkLengths({ key, nonce }: GcmSecrets): void {
  if (key.length !== KEY_BYTES) {
    throw fail(cryptoErrors.keyLength, { what: "cipher key", expected: KEY_BYTES, actual: key.length });
  }
  if (nonce.length !== NONCE_BYTES) {
    throw fail(cryptoErrors.keyLength, { what: "cipher nonce", expected: NONCE_BYTES, actual: nonce.length });
  }
}
