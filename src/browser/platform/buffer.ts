/**
 * What the client and the page behind a share link use of Node's `Buffer`; bundles for browsers put it in its place. It
 * is a Uint8Array that can be written as hex, base64 or text, and nothing more.
 */
import { base64, hex } from "@scure/base";

type Encoding = "hex" | "base64" | "utf8";
type TextBytes = Uint8Array<ArrayBuffer> & {
  toString(encoding?: Encoding): string;
  equals(other: Uint8Array): boolean;
};

/** Text that is not of the encoding gives no bytes; Node drops the rest of it, which no caller here takes for valid. */
function decode(text: string, encoding: Encoding): Uint8Array {
  if (encoding === "utf8") return new TextEncoder().encode(text);
  try {
    return encoding === "hex" ? hex.decode(text) : base64.decode(text);
  } catch {
    return new Uint8Array(0);
  }
}

function withText(bytes: Uint8Array<ArrayBuffer>): TextBytes {
  return Object.assign(bytes, {
    toString(encoding?: Encoding) {
      if (encoding === "hex") return hex.encode(bytes);
      return encoding === "base64" ? base64.encode(bytes) : new TextDecoder().decode(bytes);
    },
    equals: (other: Uint8Array) => compare(bytes, other) === 0,
  });
}

function from(source: string | ArrayBuffer | Uint8Array, second?: Encoding | number, length?: number): TextBytes {
  if (typeof source === "string") {
    return withText(Uint8Array.from(decode(source, typeof second === "string" ? second : "utf8")));
  }
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

function concat(parts: readonly Uint8Array[]): TextBytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return withText(whole);
}

export const Buffer = {
  from,
  compare,
  concat,
  byteLength: (text: string) => new TextEncoder().encode(text).length,
  alloc: (sizeBytes: number) => withText(new Uint8Array(sizeBytes)),
  allocUnsafe: (sizeBytes: number) => new Uint8Array(sizeBytes),
  allocUnsafeSlow: (sizeBytes: number) => new Uint8Array(sizeBytes),
};
