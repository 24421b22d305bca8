import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { fail, findHex, type Random, toHex } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";
import { type X25519Key, x25519FromSecret } from "./x25519.ts";

/** Length of an Ed25519 public key and of a seed, in bytes. */
export const ED25519_KEY_BYTES = 32;
/** Length of an Ed25519 signature, in bytes. */
const ED25519_SIGNATURE_BYTES = 64;

/** A signing key. The seed is not kept in readable form. */
export interface Ed25519Signer {
  /** 32 bytes, canonical. */
  readonly publicKey: Uint8Array;
  /** The 64-byte signature `R || S` over the message itself (pure Ed25519). */
  sign(message: Uint8Array): Uint8Array;
  /** The X25519 key of the same seed; its public key is `x25519OfEd25519(publicKey)`. */
  readonly agreement: X25519Key;
}

/** A fresh signing key together with the 32-byte seed it can be made from again. The caller guards the seed. */
export function generateEd25519(random: Random): Ed25519Signer & { readonly seed: Uint8Array } {
  const seed = random.bytes(ED25519_KEY_BYTES);
  return { ...ed25519FromSeed(seed), seed };
}

/** DER of a PKCS #8 Ed25519 private key up to the seed, RFC 8410 section 7. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
/** DER of a SubjectPublicKeyInfo for Ed25519 up to the key, RFC 8410 section 4. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/**
 * The signing key of a seed.
 *
 * @param seed - 32 bytes, not kept.
 * @throws DSDN_CRYPTO_KEY_LENGTH
 * @source RFC 8032 section 5.1.5; differs: none.
 */
export function ed25519FromSeed(seed: Uint8Array): Ed25519Signer {
  if (seed.length !== ED25519_KEY_BYTES) {
    throw fail(cryptoErrors.keyLength, { what: "Ed25519 seed", expected: ED25519_KEY_BYTES, actual: seed.length });
  }
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  der.fill(0);
  // RFC 8032 section 5.1.5: the scalar is the first half of the seed's SHA-512, clamped as X25519 clamps.
  const agreement = x25519FromSecret(createHash("sha512").update(seed).digest().subarray(0, ED25519_KEY_BYTES));
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    publicKey: Uint8Array.from(spki.subarray(SPKI_PREFIX.length)),
    sign: (message) => Uint8Array.from(sign(null, message, privateKey)),
    agreement,
  };
}

/**
 * Whether `signature` is the signature of `message` by `publicKey`. The only Ed25519 verifier of the project: all
 * roles must agree on every input, or a replay would split. Never throws; malformed input is `false`.
 *
 * Stricter than RFC 8032 and the same on every machine: S < L, A and R canonical, A and R not of small order, and the
 * equation without cofactor, which node:crypto (OpenSSL) checks by comparing the encoding of SB - hA with R.
 */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== ED25519_KEY_BYTES || signature.length !== ED25519_SIGNATURE_BYTES) return false;
  if (!isScalarCanonical(signature)) return false;
  if (!isPointAcceptable(publicKey) || !isPointAcceptable(signature)) return false;
  const key = findKeyObject(publicKey);
  if (key === undefined) return false;
  try {
    return verify(null, message, key, signature);
  } catch {
    return false;
  }
}

/**
 * Whether the bytes have the form of a public key: 32 bytes, canonical, not of small order. It does not decompress
 * the point: a key off the curve passes here and then verifies no signature.
 */
export function isEd25519PublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === ED25519_KEY_BYTES && isPointAcceptable(publicKey);
}

/** L = 2^252 + 27742317777372353535851937790883648493, little-endian (RFC 8032 section 5.1). */
const ORDER = hexBytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

/** S (bytes 32..63, little-endian) is below the group order L. */
function isScalarCanonical(signature: Uint8Array): boolean {
  for (let i = ED25519_KEY_BYTES - 1; i >= 0; i--) {
    const difference = (signature[ED25519_KEY_BYTES + i] ?? 0) - (ORDER[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** y of the eight points of small order, little-endian, sign bit cleared; y = 0, 1, -1 and the two of order 8. */
const SMALL_ORDER_Y: readonly Uint8Array[] = [
  hexBytes("0000000000000000000000000000000000000000000000000000000000000000"),
  hexBytes("0100000000000000000000000000000000000000000000000000000000000000"),
  hexBytes("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
  hexBytes("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
  hexBytes("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
];

/** The first 32 bytes encode y < p = 2^255 - 19, and the point is not of small order. */
function isPointAcceptable(bytes: Uint8Array): boolean {
  return isCoordinateCanonical(bytes) && !SMALL_ORDER_Y.some((y) => hasCoordinate(bytes, y));
}

function isCoordinateCanonical(bytes: Uint8Array): boolean {
  if (((bytes[31] ?? 0) & 0x7f) !== 0x7f) return true;
  for (let i = 30; i > 0; i--) if (bytes[i] !== 0xff) return true;
  return (bytes[0] ?? 0) < 0xed;
}

function hasCoordinate(bytes: Uint8Array, y: Uint8Array): boolean {
  for (let i = 0; i < 31; i++) if (bytes[i] !== y[i]) return false;
  return ((bytes[31] ?? 0) & 0x7f) === y[31];
}

/** Imported keys, oldest first. Importing costs half a verification, and a log has few authors and many events. */
const importedKeys = new Map<string, KeyObject>();
const IMPORTED_KEYS_MAX = 4096;

function findKeyObject(publicKey: Uint8Array): KeyObject | undefined {
  const id = toHex(publicKey);
  const known = importedKeys.get(id);
  if (known !== undefined) return known;
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: "der", type: "spki" });
    const oldest = importedKeys.size >= IMPORTED_KEYS_MAX ? importedKeys.keys().next().value : undefined;
    if (oldest !== undefined) importedKeys.delete(oldest);
    importedKeys.set(id, key);
    return key;
  } catch {
    return undefined;
  }
}

function hexBytes(hex: string): Uint8Array {
  return findHex(hex) ?? new Uint8Array(0);
}
