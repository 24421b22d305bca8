import { createSha256 } from "../../../crypto/index.ts";

/** SHA-256 of bytes that are all there, by WebCrypto, off the page's own thread. */
export async function digestOf(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

/** Up to here a file is kept for WebCrypto, which hashes ten times as fast as a script and takes nothing in parts. */
const WHOLE_BYTES_MAX = 64 * 1024 * 1024;

/** A SHA-256 of `sizeBytes` bytes that come in parts. */
export function createFileHash(sizeBytes: number): { update(bytes: Uint8Array): void; digest(): Promise<Uint8Array> } {
  if (sizeBytes > WHOLE_BYTES_MAX) {
    const state = createSha256();
    return { update: (bytes) => state.update(bytes), digest: async () => state.digest() };
  }
  const whole = new Uint8Array(sizeBytes);
  let filled = 0;
  return {
    update: (bytes) => {
      whole.set(bytes, filled);
      filled += bytes.length;
    },
    digest: () => digestOf(whole),
  };
}
