import { createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { fail } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";

/** Length of an X25519 public key, secret key and shared secret, in bytes. */
export const X25519_KEY_BYTES = 32;

/** A key for agreements. The secret scalar is not kept in readable form. */
export interface X25519Key {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The 32 bytes both sides come to. @throws DSDN_CRYPTO_POINT_REFUSED, DSDN_CRYPTO_KEY_LENGTH */
  agree(publicKey: Uint8Array): Uint8Array;
}

/** DER of a PKCS #8 X25519 private key up to the scalar, RFC 8410 section 7. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
/** DER of a SubjectPublicKeyInfo for X25519 up to the key, RFC 8410 section 4. */
const SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex");

/**
 * The agreement key of a secret scalar.
 *
 * @param secret - 32 bytes, not kept; clamped where it is used.
 * @throws DSDN_CRYPTO_KEY_LENGTH
 * @source RFC 7748 section 5; differs: a shared secret of zeros is refused (section 6.1 leaves that open).
 */
export function x25519FromSecret(secret: Uint8Array): X25519Key {
  checkLength("X25519 secret", secret);
  const der = Buffer.concat([PKCS8_PREFIX, secret]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  der.fill(0);
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    publicKey: Uint8Array.from(spki.subarray(SPKI_PREFIX.length)),
    agree(publicKey) {
      checkLength("X25519 key", publicKey);
      const key = Buffer.concat([SPKI_PREFIX, publicKey]);
      let shared: Buffer;
      try {
        shared = diffieHellman({ privateKey, publicKey: createPublicKey({ key, format: "der", type: "spki" }) });
      } catch (cause) {
        // OpenSSL refuses points of small order itself.
        throw fail(cryptoErrors.pointRefused, {}, { cause, verdict: "reject" });
      }
      if (shared.every((byte) => byte === 0)) throw fail(cryptoErrors.pointRefused, {}, { verdict: "reject" });
      return Uint8Array.from(shared);
    },
  };
}

/** The field of both curves: 2^255 - 19. */
const PRIME = 2n ** 255n - 19n;

/**
 * The X25519 public key that belongs to an Ed25519 public key: who holds the seed of the one holds the secret of the
 * other, so a key known by its signatures needs no second one to receive secrets.
 *
 * @param publicKey - 32 bytes: y little-endian, the sign of x in the last bit, which does not matter here.
 * @throws DSDN_CRYPTO_KEY_LENGTH, DSDN_CRYPTO_POINT_REFUSED for y = 1 (the neutral point)
 * @source RFC 7748 section 4.1, u = (1 + y) / (1 - y). One key pair for both: Thormarker, "On using the same key pair
 * for Ed25519 and an X25519 based KEM", 2021 (IACR ePrint 2021/509), shown jointly secure for DHKEM(X25519).
 */
export function x25519OfEd25519(publicKey: Uint8Array): Uint8Array {
  checkLength("Ed25519 key", publicKey);
  const y = fromLittleEndian(publicKey) & (2n ** 255n - 1n);
  const divisor = modulo(1n - y);
  if (divisor === 0n) throw fail(cryptoErrors.pointRefused, {}, { verdict: "reject" });
  return toLittleEndian(modulo((1n + y) * inverse(divisor)));
}

/** By Fermat: value^(p - 2). The value is public, so time may depend on it. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let base = value;
  for (let exponent = PRIME - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
  }
  return result;
}

function modulo(value: bigint): bigint {
  const rest = value % PRIME;
  return rest < 0n ? rest + PRIME : rest;
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}

function toLittleEndian(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * X25519_KEY_BYTES, "0"), "hex").reverse());
}

function checkLength(what: string, bytes: Uint8Array): void {
  if (bytes.length === X25519_KEY_BYTES) return;
  throw fail(cryptoErrors.keyLength, { what, expected: X25519_KEY_BYTES, actual: bytes.length });
}
