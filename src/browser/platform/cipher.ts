import type { SealingCipher } from "../../crypto/index.ts";

/**
 * AES-256-GCM by WebCrypto; the bundle for browsers puts this file in place of `src/crypto/platform-cipher.ts`. A payload
 * key is made ready once.
 *
 * @source NIST SP 800-38D, W3C Web Cryptography API
 */
export const platformCipher: SealingCipher = createWebCipher();

type WebKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const NAME = "AES-GCM";
const TAG_BITS = 128;

function createWebCipher(): SealingCipher {
  const ready = new WeakMap<Uint8Array, Promise<WebKey>>();
  const prepare = (key: Uint8Array) => {
    const known = ready.get(key);
    if (known !== undefined) return known;
    const made = crypto.subtle.importKey("raw", plain(key), NAME, false, ["encrypt", "decrypt"]);
    ready.set(key, made);
    return made;
  };
  const termsOf = ({ nonce, associatedData }: { nonce: Uint8Array; associatedData: Uint8Array }) => ({
    name: NAME,
    iv: plain(nonce),
    additionalData: plain(associatedData),
    tagLength: TAG_BITS,
  });
  return {
    async encrypt({ key, ...rest }, { plaintext, out }) {
      out.set(new Uint8Array(await crypto.subtle.encrypt(termsOf(rest), await prepare(key), plain(plaintext))));
    },
    async decrypt({ key, ...rest }, { sealed, out }) {
      const cipherKey = await prepare(key);
      try {
        out.set(new Uint8Array(await crypto.subtle.decrypt(termsOf(rest), cipherKey, plain(sealed))));
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
