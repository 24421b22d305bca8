/**
 * What the page's program uses of Node's `Buffer`, in a browser; the bundle of the page puts it in its place. It is a
 * Uint8Array that can be written as hex or base64, and nothing more.
 */
import { base64, hex } from "@scure/base";

/** Bytes with Node's way of writing them as text. */
type TextBytes = Uint8Array & { toString(encoding?: Encoding): string };

type Encoding = "hex" | "base64" | "utf8";

/** Bytes that are no valid text of the encoding are dropped as Node does: all of them here, which no caller mistakes. */
function decode(text: string, encoding: Encoding): Uint8Array {
  if (encoding === "utf8") return new TextEncoder().encode(text);
  try {
    return encoding === "hex" ? hex.decode(text) : base64.decode(text);
  } catch {
    return new Uint8Array(0);
  }
}

function withText(bytes: Uint8Array): TextBytes {
  return Object.assign(bytes, {
    toString(encoding?: Encoding) {
      if (encoding === "hex") return hex.encode(bytes);
      return encoding === "base64" ? base64.encode(bytes) : new TextDecoder().decode(bytes);
    },
  });
}

function from(source: string | ArrayBufferLike | Uint8Array, second?: Encoding | number, length?: number): TextBytes {
  if (typeof source === "string") return withText(decode(source, typeof second === "string" ? second : "utf8"));
  if (!ArrayBuffer.isView(source)) {
    return withText(new Uint8Array(source, typeof second === "number" ? second : 0, length));
  }
  return withText(Uint8Array.from(source));
}

function compare(left: Uint8Array, right: Uint8Array): number {
  const end = Math.min(left.length, right.length);
  for (let at = 0; at < end; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(left.length - right.length);
}

export const Buffer = {
  from,
  compare,
  byteLength: (text: string) => new TextEncoder().encode(text).length,
  allocUnsafeSlow: (sizeBytes: number) => new Uint8Array(sizeBytes),
};
