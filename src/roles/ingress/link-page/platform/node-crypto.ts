/**
 * What the page's program uses of `node:crypto`, in a browser; the bundle of the page puts it in its place. Sealed bytes
 * are opened by WebCrypto instead (`web-cipher.ts`), which has no such form.
 */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

/** SHA-256 in pieces; no other hash is asked for. */
export function createHash() {
  const state = sha256.create();
  return { update: (bytes: Uint8Array) => void state.update(bytes), digest: () => asBuffer(state.digest()) };
}

export function hash(_name: "sha256", bytes: Uint8Array): Uint8Array {
  return asBuffer(sha256(bytes));
}

/** @source RFC 5869 with SHA-256 */
export function hkdfSync(_name: "sha256", ...input: [Uint8Array, Uint8Array, Uint8Array, number]): ArrayBuffer {
  const [secret, salt, info, length] = input;
  return new Uint8Array(hkdf(sha256, secret, salt, info, length)).buffer;
}

/** Over all bytes, whatever the first ones are. */
export function timingSafeEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.reduce((sum, byte, at) => sum | (byte ^ (right[at] ?? 256)), left.length ^ right.length) === 0;
}

function asBuffer(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
