import type { GuestHost } from "./host.ts";
import { TransformStream } from "./transform-stream.ts";

/** Text to UTF-8 and back, for guest code. */
export interface TextCodec {
  encode(text: string): Uint8Array;
  /** Undefined when `isFatal` and the bytes are not UTF-8. */
  decode(bytes: Uint8Array, isFatal: boolean): string | undefined;
}

const NUL = "\0";

/** Builds the codec on the host's fast one; texts and bytes are split around NUL, which the host cannot carry. */
export function createTextCodec(host: GuestHost): TextCodec {
  const encodePart = (text: string): Uint8Array => {
    if (text === "") return new Uint8Array(0);
    // The engine's string reader takes a leading byte order mark for its own: a letter before it keeps it in.
    if (text.startsWith("\ufeff")) return new Uint8Array(host.encode(`x${text}`)).subarray(1);
    return new Uint8Array(host.encode(text));
  };
  const decodePart = (bytes: Uint8Array, isFatal: boolean) =>
    bytes.length === 0 ? "" : host.decode(bytes.slice().buffer, isFatal);
  return {
    encode(raw) {
      const text = raw.toWellFormed();
      if (!text.includes(NUL)) return encodePart(text);
      const parts = text.split(NUL).map(encodePart);
      const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, parts.length - 1));
      let offset = 0;
      for (const part of parts) {
        out.set(part, offset);
        offset += part.length + 1;
      }
      return out;
    },
    decode(bytes, isFatal) {
      const texts: string[] = [];
      for (let start = 0; start <= bytes.length; ) {
        const zero = bytes.indexOf(0, start);
        const end = zero === -1 ? bytes.length : zero;
        const text = decodePart(bytes.subarray(start, end), isFatal);
        if (text === undefined) return undefined;
        texts.push(text);
        start = end + 1;
      }
      return texts.join(NUL);
    },
  };
}

/** The TextEncoder and TextDecoder classes of the guest (WHATWG Encoding, UTF-8 only). */
export function createTextClasses(codec: TextCodec) {
  const { TextEncoder, TextDecoder } = createCodecClasses(codec);
  class TextEncoderStream extends TransformStream<string, Uint8Array> {
    constructor() {
      super({ transform: (chunk, controller) => controller.enqueue(codec.encode(String(chunk))) });
    }
  }
  class TextDecoderStream extends TransformStream<ArrayBuffer | ArrayBufferView, string> {
    constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }) {
      const decoder = new TextDecoder(label, options);
      const pass = (text: string, controller: { enqueue(text: string): void }) => {
        if (text !== "") controller.enqueue(text);
      };
      super({
        transform: (chunk, controller) => pass(decoder.decode(chunk, { stream: true }), controller),
        flush: (controller) => pass(decoder.decode(), controller),
      });
    }
  }
  return { TextEncoder, TextDecoder, TextEncoderStream, TextDecoderStream };
}

/** Bytes at the end that begin a character which is not complete (RFC 3629). */
function countIncomplete(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}

function createCodecClasses(codec: TextCodec) {
  class TextEncoder {
    get encoding(): string {
      return "utf-8";
    }
    encode(text = ""): Uint8Array {
      return codec.encode(String(text));
    }
    /** Writes as many whole characters as fit. */
    encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
      let [read, written] = [0, 0];
      for (const letter of String(text)) {
        const bytes = codec.encode(letter);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        written += bytes.length;
        read += letter.length;
      }
      return { read, written };
    }
  }
  class TextDecoder {
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;
    #left: Uint8Array = new Uint8Array(0);
    #hasBegun = false;
    constructor(label = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
      if (!["utf-8", "utf8", "unicode-1-1-utf-8"].includes(String(label).trim().toLowerCase())) {
        throw new RangeError(`The encoding ${label} is not available here; utf-8 is.`);
      }
      this.fatal = options.fatal === true;
      this.ignoreBOM = options.ignoreBOM === true;
    }
    get encoding(): string {
      return "utf-8";
    }
    decode(input?: ArrayBuffer | ArrayBufferView, options: { stream?: boolean } = {}): string {
      const given = input === undefined ? new Uint8Array(0) : toBytes(input);
      const bytes = new Uint8Array(this.#left.length + given.length);
      bytes.set(this.#left);
      bytes.set(given, this.#left.length);
      const end = bytes.length - (options.stream === true ? countIncomplete(bytes) : 0);
      this.#left = bytes.slice(end);
      const text = codec.decode(bytes.subarray(0, end), this.fatal);
      if (text === undefined) throw new TypeError("The bytes are not UTF-8.");
      const isFirst = !this.#hasBegun;
      this.#hasBegun = options.stream === true && (this.#hasBegun || end > 0);
      return isFirst && !this.ignoreBOM && text.startsWith("\ufeff") ? text.slice(1) : text;
    }
  }
  return { TextEncoder, TextDecoder };
}

/** A copy of the bytes behind any buffer or view. */
export function toBytes(input: ArrayBufferLike | ArrayBufferView): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(input)) {
    return new Uint8Array(input.buffer, input.byteOffset, input.byteLength).slice();
  }
  return new Uint8Array(input).slice();
}
