/**
 * What the client and the page behind a share link use of `node:crypto`; bundles for browsers put it in its place.
 * Ciphers are not here: `cipher.ts` has that of WebCrypto, and a call that wants Node's fails instead of being answered
 * otherwise.
 */
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";

/** SHA-256 or SHA-512 in pieces. */
export function createHash(name: "sha256" | "sha512") {
  const state = (name === "sha512" ? sha512 : sha256).create();
  const running = {
    update(bytes: Uint8Array) {
      state.update(bytes);
      return running;
    },
    digest: () => state.digest(),
  };
  return running;
}

export function hash(_name: "sha256", bytes: Uint8Array): Uint8Array {
  return sha256(bytes);
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

/** Random bytes of the browser, which gives 64 KiB at a time. */
export function randomFillSync(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/** The last byte of the object identifier of X25519, RFC 8410 section 3; that of Ed25519 is 0x70. */
const X25519_MARK = 0x6e;

interface PrivateKey {
  readonly secret: Uint8Array;
  readonly isAgreement: boolean;
}

interface PublicKey {
  readonly bytes: Uint8Array;
  export(): Uint8Array;
}

/** The key of a PKCS #8 document, RFC 8410 section 7: the secret is its end. */
export function createPrivateKey({ key }: { readonly key: Uint8Array }): PrivateKey {
  return { secret: Uint8Array.from(key.subarray(-32)), isAgreement: key[11] === X25519_MARK };
}

/** The public key of a private one, or of a SubjectPublicKeyInfo, RFC 8410 section 4: the key is its end. */
export function createPublicKey(source: PrivateKey | { readonly key: Uint8Array }): PublicKey {
  const bytes =
    "key" in source
      ? Uint8Array.from(source.key.subarray(-32))
      : (source.isAgreement ? x25519 : ed25519).getPublicKey(source.secret);
  // Twelve bytes come before the key, which nobody reads.
  return { bytes, export: () => Uint8Array.from([...new Uint8Array(12), ...bytes]) };
}

export function sign(_name: null, message: Uint8Array, { secret }: PrivateKey): Uint8Array {
  return ed25519.sign(message, secret);
}

/** By RFC 8032. What differs between verifiers is refused before, in `src/crypto/ed25519.ts`. */
export function verify(_name: null, message: Uint8Array, { bytes }: PublicKey, signature: Uint8Array): boolean {
  return ed25519.verify(signature, message, bytes, { zip215: false });
}

export function createECDH() {
  let secret = new Uint8Array(32);
  return {
    setPrivateKey: (key: Uint8Array) => {
      secret = Uint8Array.from(key);
    },
    getPublicKey: () => secp256k1.getPublicKey(secret, false),
  };
}

/** What is imported and never called in a page; a call fails. */
export const createCipheriv = undefined;
export const createDecipheriv = undefined;
export const createHmac = undefined;
export const diffieHellman = undefined;
export const randomUUID = undefined;
