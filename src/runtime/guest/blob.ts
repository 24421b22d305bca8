import { ReadableStream } from "./readable-stream.ts";
import { type TextCodec, toBytes } from "./text.ts";

type Part = ArrayBuffer | ArrayBufferView | Blob | string;

/** Set once when the surface is installed: texts among a blob's parts are UTF-8. */
let textCodec: TextCodec | undefined;

export function installBlobCodec(codec: TextCodec): void {
  textCodec = codec;
}

/** Bytes with a type (File API 3). */
export class Blob {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;

  constructor(parts: Iterable<Part> = [], options: { readonly type?: string } = {}) {
    const pieces = [...parts].map((part) => {
      if (part instanceof Blob) return part.#bytes;
      if (part instanceof ArrayBuffer || ArrayBuffer.isView(part)) return toBytes(part);
      return textCodec?.encode(String(part)) ?? new Uint8Array(0);
    });
    this.#bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let offset = 0;
    for (const piece of pieces) {
      this.#bytes.set(piece, offset);
      offset += piece.length;
    }
    this.type = /^[\x20-\x7e]*$/.test(options.type ?? "") ? String(options.type ?? "").toLowerCase() : "";
  }
  /** The bytes themselves, not a copy. */
  static peek(blob: Blob): Uint8Array<ArrayBuffer> {
    return blob.#bytes;
  }
  get size(): number {
    return this.#bytes.length;
  }
  slice(start?: number, end?: number, type?: string): Blob {
    return new Blob([this.#bytes.slice(start, end)], type === undefined ? {} : { type });
  }
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#bytes.slice();
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes.slice().buffer;
  }
  async text(): Promise<string> {
    return textCodec?.decode(this.#bytes, false) ?? "";
  }
  stream(): ReadableStream<Uint8Array> {
    return ReadableStream.from([this.#bytes.slice()]);
  }
}

/** A blob with a name (File API 4). */
export class File extends Blob {
  readonly name: string;
  readonly lastModified: number;
  constructor(
    parts: Iterable<Part>,
    name: string,
    options: { readonly type?: string; readonly lastModified?: number } = {},
  ) {
    super(parts, options);
    this.name = String(name);
    this.lastModified = options.lastModified ?? Date.now();
  }
}
