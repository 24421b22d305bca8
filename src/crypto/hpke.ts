/**
 * Sealing to a public key: HPKE in base mode, one message a context.
 *
 *   sealed = enc(32: the sender's ephemeral X25519 key) || AES-256-GCM ciphertext(n) || tag(16)
 *
 * @source RFC 9180 with DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, AES-256-GCM 0x0002; differs: none. Names
 * in capitals and quotes are the RFC's.
 */
import { createHmac } from "node:crypto";
import { concatBytes, fail, type Random, toUtf8 } from "../base/index.ts";
import { decryptGcm, encryptGcm, GCM_TAG_BYTES, type GcmSecrets } from "./aes-gcm.ts";
import { cryptoErrors } from "./errors.ts";
import { X25519_KEY_BYTES, type X25519Key, x25519FromSecret } from "./x25519.ts";

/** What a sealed message has more than its plaintext, in bytes. */
export const HPKE_OVERHEAD_BYTES = X25519_KEY_BYTES + GCM_TAG_BYTES;

export interface HpkeBinding {
  /** What both sides must agree on for the message to open: who, where, what for. Any length. */
  readonly info: Uint8Array;
  /** Bytes that go with this message and are not hidden; none unless said. */
  readonly associatedData?: Uint8Array;
}

const VERSION = toUtf8("HPKE-v1");
/** "KEM" || I2OSP(kem_id, 2), section 4.1. */
const KEM_SUITE = concatBytes(toUtf8("KEM"), Uint8Array.of(0x00, 0x20));
/** "HPKE" || I2OSP(kem_id, 2) || I2OSP(kdf_id, 2) || I2OSP(aead_id, 2), section 5.1. */
const HPKE_SUITE = concatBytes(toUtf8("HPKE"), Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, 0x02));
const MODE_BASE = Uint8Array.of(0x00);
const NOTHING = new Uint8Array(0);
const NONCE_BYTES = 12;
const KEY_BYTES = 32;

/**
 * Seals `plaintext` so that only the holder of `recipient`'s secret can read it, and only under the same binding.
 *
 * @param recipient - X25519 public key, 32 bytes.
 * @param deps.random - 32 bytes are taken for the ephemeral key.
 * @throws DSDN_CRYPTO_POINT_REFUSED for a key of small order, DSDN_CRYPTO_KEY_LENGTH
 */
export function hpkeSeal(
  { recipient, ...binding }: HpkeBinding & { readonly recipient: Uint8Array },
  plaintext: Uint8Array,
  { random }: { readonly random: Random },
): Uint8Array {
  const ephemeral = x25519FromSecret(deriveSecret(random.bytes(X25519_KEY_BYTES)));
  const enc = ephemeral.publicKey;
  const shared = extractAndExpand(ephemeral.agree(recipient), concatBytes(enc, recipient));
  const out = new Uint8Array(plaintext.length + GCM_TAG_BYTES);
  encryptGcm(secretsOf(shared, binding), { plaintext, out });
  return concatBytes(enc, out);
}

/**
 * The plaintext of a message sealed to `key` under this binding.
 *
 * @throws DSDN_CRYPTO_SEALED_TO_OTHER when it was sealed to another key, under another binding, or was altered;
 *   DSDN_CRYPTO_POINT_REFUSED
 */
export function hpkeOpen(
  { key, ...binding }: HpkeBinding & { readonly key: X25519Key },
  sealed: Uint8Array,
): Uint8Array {
  if (sealed.length < HPKE_OVERHEAD_BYTES) throw fail(cryptoErrors.sealedToOther, {}, { verdict: "reject" });
  const enc = sealed.subarray(0, X25519_KEY_BYTES);
  const shared = extractAndExpand(key.agree(enc), concatBytes(enc, key.publicKey));
  const out = new Uint8Array(sealed.length - HPKE_OVERHEAD_BYTES);
  const isOpen = decryptGcm(secretsOf(shared, binding), { sealed: sealed.subarray(X25519_KEY_BYTES), out });
  if (!isOpen) throw fail(cryptoErrors.sealedToOther, {}, { verdict: "reject" });
  return out;
}

/** DeriveKeyPair, section 7.1.3: the secret scalar of an ephemeral key. */
function deriveSecret(ikm: Uint8Array): Uint8Array {
  const prk = labeledExtract(KEM_SUITE, NOTHING, { label: "dkp_prk", ikm });
  return labeledExpand(KEM_SUITE, prk, { label: "sk", info: NOTHING, length: X25519_KEY_BYTES });
}

/** ExtractAndExpand, section 4.1. */
function extractAndExpand(dh: Uint8Array, kemContext: Uint8Array): Uint8Array {
  const prk = labeledExtract(KEM_SUITE, NOTHING, { label: "eae_prk", ikm: dh });
  return labeledExpand(KEM_SUITE, prk, { label: "shared_secret", info: kemContext, length: KEY_BYTES });
}

/** KeySchedule in base mode, section 5.1; the nonce is that of the first message. */
function secretsOf(shared: Uint8Array, { info, associatedData = NOTHING }: HpkeBinding): GcmSecrets {
  const pskIdHash = labeledExtract(HPKE_SUITE, NOTHING, { label: "psk_id_hash", ikm: NOTHING });
  const infoHash = labeledExtract(HPKE_SUITE, NOTHING, { label: "info_hash", ikm: info });
  const context = concatBytes(MODE_BASE, pskIdHash, infoHash);
  const secret = labeledExtract(HPKE_SUITE, shared, { label: "secret", ikm: NOTHING });
  return {
    key: labeledExpand(HPKE_SUITE, secret, { label: "key", info: context, length: KEY_BYTES }),
    nonce: labeledExpand(HPKE_SUITE, secret, { label: "base_nonce", info: context, length: NONCE_BYTES }),
    associatedData,
  };
}

/** LabeledExtract, section 4. */
function labeledExtract(
  suite: Uint8Array,
  salt: Uint8Array,
  { label, ikm }: { readonly label: string; readonly ikm: Uint8Array },
): Uint8Array {
  return hmac(salt, concatBytes(VERSION, suite, toUtf8(label), ikm));
}

/** LabeledExpand, section 4; one block of HMAC-SHA-256 gives all that is ever asked for here (at most 32 bytes). */
function labeledExpand(
  suite: Uint8Array,
  prk: Uint8Array,
  { label, info, length }: { readonly label: string; readonly info: Uint8Array; readonly length: number },
): Uint8Array {
  const labeledInfo = concatBytes(Uint8Array.of(0x00, length), VERSION, suite, toUtf8(label), info);
  return hmac(prk, concatBytes(labeledInfo, Uint8Array.of(0x01))).subarray(0, length);
}

function hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(createHmac("sha256", key).update(bytes).digest());
}
