/** One segment of an envelope: AES-256-GCM by node:crypto, always with the tag length stated. */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { ENVELOPE_TAG_BYTES, type EnvelopeSecrets } from "./envelope.ts";

const CIPHER = "aes-256-gcm";
const OPTIONS = { authTagLength: ENVELOPE_TAG_BYTES };
/** One update over many megabytes is five times slower than this size (output allocation). */
const UPDATE_BYTES = 65_536;

export interface SegmentPlace {
  /** 0, 1, 2, ... */
  readonly index: number;
  /** Whether the stream ends with this segment. */
  readonly isFinal: boolean;
}

/** Writes ciphertext || tag of `plaintext` to the start of `out`, which has 16 bytes more. */
export function sealSegment(
  secrets: EnvelopeSecrets,
  place: SegmentPlace,
  buffers: { readonly plaintext: Uint8Array; readonly out: Uint8Array },
): void {
  const { plaintext, out } = buffers;
  const cipher = createCipheriv(CIPHER, secrets.payloadKey, nonceOf(place), OPTIONS);
  cipher.setAAD(secrets.associatedData);
  for (let at = 0; at < plaintext.length; at += UPDATE_BYTES) {
    out.set(cipher.update(plaintext.subarray(at, at + UPDATE_BYTES)), at);
  }
  cipher.final();
  out.set(cipher.getAuthTag(), plaintext.length);
}

/**
 * Writes the plaintext of ciphertext || tag to the start of `out`, which has 16 bytes less. False when the tag does
 * not match; then `out` holds zeros, no unverified byte.
 */
export function openSegment(
  secrets: EnvelopeSecrets,
  place: SegmentPlace,
  buffers: { readonly sealed: Uint8Array; readonly out: Uint8Array },
): boolean {
  const { sealed, out } = buffers;
  const size = sealed.length - ENVELOPE_TAG_BYTES;
  if (size < 0) return false;
  const decipher = createDecipheriv(CIPHER, secrets.payloadKey, nonceOf(place), OPTIONS);
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

/** counter(11, big-endian) || final(1). */
function nonceOf({ index, isFinal }: SegmentPlace): Uint8Array {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(3, BigInt(index));
  nonce[11] = isFinal ? 1 : 0;
  return nonce;
}
