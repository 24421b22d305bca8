import { DOMException } from "./events.ts";
import type { GuestHost } from "./host.ts";
import { toBytes } from "./text.ts";

const DIGESTS = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];

/** Random values and digests of the guest (WebCrypto); keys, signatures and ciphers are not there. */
export function createCrypto(host: GuestHost) {
  const fill = (length: number) => new Uint8Array(host.random(length));
  return {
    getRandomValues<T extends ArrayBufferView>(view: T): T {
      if (!ArrayBuffer.isView(view) || view instanceof Float32Array || view instanceof Float64Array) {
        throw new DOMException("Random values need a view of whole numbers.", "TypeMismatchError");
      }
      if (view.byteLength > 65536) throw new DOMException("At most 65536 random bytes at once.", "QuotaExceededError");
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(fill(view.byteLength));
      return view;
    },
    /** RFC 9562 version 4. */
    randomUUID(): string {
      const bytes = fill(16);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    },
    subtle: {
      async digest(algorithm: string | { readonly name: string }, data: ArrayBuffer | ArrayBufferView) {
        const name = String(typeof algorithm === "object" ? algorithm.name : algorithm).toUpperCase();
        if (!DIGESTS.includes(name)) throw new DOMException(`${name} is not a digest here.`, "NotSupportedError");
        return host.digest(name, toBytes(data).buffer);
      },
    },
  };
}
