import { decryptGcm, encryptGcm, type GcmSecrets } from "./aes-gcm.ts";
import type { EnvelopeSecrets } from "./envelope.ts";

/** Where a segment stands in its stream; the nonce says so. */
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
  encryptGcm(cipherOf(secrets, place), buffers);
}

/** Writes the plaintext of ciphertext || tag to `out`. False when the tag does not match; then `out` holds zeros. */
export function openSegment(
  secrets: EnvelopeSecrets,
  place: SegmentPlace,
  buffers: { readonly sealed: Uint8Array; readonly out: Uint8Array },
): boolean {
  return decryptGcm(cipherOf(secrets, place), buffers);
}

/** AES-256-GCM of a platform that only offers it asynchronously, such as WebCrypto; Node's needs no port. */
export interface SegmentCipher {
  /**
   * Writes the plaintext of ciphertext || tag to `out`, which has 16 bytes less. False when the tag does not match;
   * then `out` holds no unverified byte.
   */
  decrypt(secrets: GcmSecrets, buffers: { readonly sealed: Uint8Array; readonly out: Uint8Array }): Promise<boolean>;
}

/** The same, sealing too. */
export interface SealingCipher extends SegmentCipher {
  /** Writes ciphertext || tag of `plaintext` to `out`, which has 16 bytes more. The plaintext must not change meanwhile. */
  encrypt(secrets: GcmSecrets, buffers: { readonly plaintext: Uint8Array; readonly out: Uint8Array }): Promise<void>;
}

/** Nonce = counter(11, big-endian) || final(1). */
export function cipherOf(
  { payloadKey, associatedData }: EnvelopeSecrets,
  { index, isFinal }: SegmentPlace,
): GcmSecrets {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(3, BigInt(index));
  nonce[11] = isFinal ? 1 : 0;
  return { key: payloadKey, nonce, associatedData };
}
