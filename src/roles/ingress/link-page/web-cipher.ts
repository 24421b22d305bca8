import type { SegmentCipher } from "../../../crypto/index.ts";

type WebKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const NAME = "AES-GCM";
const TAG_BITS = 128;

/** AES-256-GCM by WebCrypto. A payload key is made ready once. @source NIST SP 800-38D, W3C Web Cryptography API */
export function createWebCipher(): SegmentCipher {
  const ready = new WeakMap<Uint8Array, Promise<WebKey>>();
  const prepare = (key: Uint8Array) => {
    const known = ready.get(key);
    if (known !== undefined) return known;
    const made = crypto.subtle.importKey("raw", plain(key), NAME, false, ["decrypt"]);
    ready.set(key, made);
    return made;
  };
  return {
    async decrypt({ key, nonce, associatedData }, { sealed, out }) {
      const terms = { name: NAME, iv: plain(nonce), additionalData: plain(associatedData), tagLength: TAG_BITS };
      const cipherKey = await prepare(key);
      try {
        out.set(new Uint8Array(await crypto.subtle.decrypt(terms, cipherKey, plain(sealed))));
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** None of the bytes here lies in shared memory. */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
