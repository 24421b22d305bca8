/** A wallet: one secp256k1 key that owns, pays and grants, as every EVM chain knows it. */
import { createECDH } from "node:crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { concatBytes, fail, findHex, type Random, toHex, toUtf8 } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";

/** Length of a wallet's secret key, in bytes. */
const WALLET_KEY_BYTES = 32;
/** Length of a recoverable signature `r || s || v`, in bytes. */
const WALLET_SIGNATURE_BYTES = 65;

/** Keccak-256 as Ethereum uses it (not SHA3-256), 32 bytes. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return keccak_256(bytes);
}

export interface Wallet {
  /** EIP-55 text, `0x` and 40 hex digits. */
  readonly address: string;
  /** `r(32) || s(32) || v(1)` over a 32-byte digest, s in the lower half, v 27 or 28, nonce by RFC 6979. */
  signDigest(digest: Uint8Array): Uint8Array;
}

/** 32 random bytes that are a valid secret key. */
export function generateWalletKey(random: Random): Uint8Array {
  for (;;) {
    const key = random.bytes(WALLET_KEY_BYTES);
    if (secp256k1.utils.isValidSecretKey(key)) return key;
  }
}

/**
 * The wallet of a secret key.
 *
 * @param secretKey - 32 bytes, 1..n-1; a copy is kept for signing.
 * @throws DSDN_CRYPTO_KEY_LENGTH, DSDN_CRYPTO_KEY_INVALID
 */
export function openWallet(secretKey: Uint8Array): Wallet {
  if (secretKey.length !== WALLET_KEY_BYTES) {
    throw fail(cryptoErrors.keyLength, { what: "wallet key", expected: WALLET_KEY_BYTES, actual: secretKey.length });
  }
  if (!secp256k1.utils.isValidSecretKey(secretKey)) throw fail(cryptoErrors.keyInvalid, { what: "wallet key" });
  const kept = Uint8Array.from(secretKey);
  return {
    address: addressOfPublicKey(publicKeyOf(kept)),
    signDigest: (digest) => {
      checkDigest(digest);
      const signature = secp256k1.sign(digest, kept, { prehash: false, lowS: true, format: "recovered" });
      return concatBytes(signature.subarray(1), Uint8Array.of(27 + (signature[0] ?? 0)));
    },
  };
}

/** 65 bytes, `04 || x || y`. Through OpenSSL: the first key costs the pure one 50 ms of tables, which every command would wait for. */
function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  const pair = createECDH("secp256k1");
  pair.setPrivateKey(secretKey);
  return new Uint8Array(pair.getPublicKey());
}

/**
 * The address whose key signed the digest, or undefined when the signature is not well formed: 65 bytes, v 27 or 28,
 * r and s in range, s in the lower half (EIP-2). Never throws on a hostile signature; costs about a millisecond.
 *
 * @throws DSDN_CRYPTO_KEY_LENGTH when the digest is not 32 bytes, which is a mistake of the caller.
 */
export function recoverAddress(digest: Uint8Array, signature: Uint8Array): string | undefined {
  checkDigest(digest);
  const recovery = (signature[64] ?? 0) - 27;
  if (signature.length !== WALLET_SIGNATURE_BYTES || (recovery !== 0 && recovery !== 1)) return undefined;
  try {
    const parsed = secp256k1.Signature.fromBytes(signature.subarray(0, 64), "compact");
    if (parsed.hasHighS()) return undefined;
    return addressOfPublicKey(parsed.addRecoveryBit(recovery).recoverPublicKey(digest).toBytes(false));
  } catch {
    return undefined;
  }
}

/** The EIP-55 text of a 20-byte address. */
export function toAddressText(address: Uint8Array): string {
  if (address.length !== 20) {
    throw fail(cryptoErrors.keyLength, { what: "address", expected: 20, actual: address.length });
  }
  const hex = toHex(address);
  const digest = toHex(keccak256(toUtf8(hex)));
  const cased = [...hex].map((digit, i) => (Number.parseInt(digest[i] ?? "0", 16) >= 8 ? digit.toUpperCase() : digit));
  return `0x${cased.join("")}`;
}

/**
 * The 20 bytes of an address text, or undefined. All lower case and all upper case are accepted as they carry no
 * checksum; mixed case must match EIP-55.
 */
export function findAddress(text: string): Uint8Array | undefined {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return undefined;
  const digits = text.slice(2);
  const bytes = findHex(digits);
  const isOneCase = digits === digits.toLowerCase() || digits === digits.toUpperCase();
  return bytes !== undefined && (isOneCase || toAddressText(bytes) === text) ? bytes : undefined;
}

function addressOfPublicKey(uncompressed: Uint8Array): string {
  return toAddressText(keccak256(uncompressed.subarray(1)).subarray(12));
}

function checkDigest(digest: Uint8Array): void {
  if (digest.length !== 32) throw fail(cryptoErrors.keyLength, { what: "digest", expected: 32, actual: digest.length });
}
