import { crc32, deflateRawSync } from "node:zlib";
import { toUtf8 } from "../../../src/base/index.ts";

/** One entry of an archive made by hand, to say what no honest tool would write. */
export interface ZipSample {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** What the central directory says instead of the truth. */
  readonly says?: {
    readonly sizeBytes?: number;
    readonly packedBytes?: number;
    readonly crc?: number;
    readonly method?: number;
    readonly flags?: number;
    readonly offset?: number;
    /** Unix mode, file type included. */
    readonly mode?: number;
    readonly localName?: string;
  };
}

const toBytes = (value: string | Uint8Array): Uint8Array => (typeof value === "string" ? toUtf8(value) : value);

function record(size: number, fields: readonly (readonly [at: number, width: 1 | 2 | 4, value: number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  for (const [at, width, value] of fields) {
    if (width === 1) view.setUint8(at, value);
    else if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value >>> 0, true);
  }
  return new Uint8Array(view.buffer);
}

/** A ZIP archive of deflated entries. */
export function makeZip(samples: readonly ZipSample[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content = "", says = {} } of samples) {
    const [title, bytes] = [toBytes(name), toBytes(content)];
    const packed = deflateRawSync(bytes);
    const crc = says.crc ?? crc32(bytes);
    const local = says.localName === undefined ? title : toUtf8(says.localName);
    const header = record(30, [
      [0, 4, 0x04034b50],
      [8, 2, 8],
      [14, 4, crc],
      [18, 4, packed.length],
      [22, 4, bytes.length],
      [26, 2, local.length],
    ]);
    directory.push(
      record(46, [
        [0, 4, 0x02014b50],
        [5, 1, 3],
        [8, 2, says.flags ?? 0x800],
        [10, 2, says.method ?? 8],
        [16, 4, crc],
        [20, 4, says.packedBytes ?? packed.length],
        [24, 4, says.sizeBytes ?? bytes.length],
        [28, 2, title.length],
        [38, 4, (says.mode ?? 0o100644) * 65536],
        [42, 4, says.offset ?? offset],
      ]),
      title,
    );
    parts.push(header, local, packed);
    offset += header.length + local.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = record(22, [
    [0, 4, 0x06054b50],
    [8, 2, samples.length],
    [10, 2, samples.length],
    [12, 4, size],
    [16, 4, offset],
  ]);
  return new Uint8Array(Buffer.concat([...parts, ...directory, end]));
}

export interface TarSample {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** The type flag of the header (POSIX pax, "ustar Interchange Format"). */
  readonly flag?: string;
  readonly link?: string;
  /** The size field as it stands in the header. */
  readonly sizeField?: Uint8Array;
}

/** A ustar archive. */
export function makeTar(samples: readonly TarSample[]): Uint8Array {
  const blocks = samples.flatMap(({ name, content = "", flag = "0", link = "", sizeField }) => {
    const bytes = toBytes(content);
    const header = new Uint8Array(512);
    const put = (at: number, text: string) => header.set(toUtf8(text), at);
    put(0, name);
    put(100, "0000644\0");
    put(124, `${bytes.length.toString(8).padStart(11, "0")}\0`);
    if (sizeField !== undefined) header.set(sizeField, 124);
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, flag);
    put(157, link);
    put(257, "ustar\x0000");
    const sum = header.reduce((total, byte) => total + byte, 0);
    put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
    const body = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
    body.set(bytes);
    return [header, body];
  });
  return new Uint8Array(Buffer.concat([...blocks, new Uint8Array(1024)]));
}

/** A pax record `path=...` in front of an entry of another name. */
export function makePaxTar(path: string): Uint8Array {
  const text = ` path=${path}\n`;
  const length = Buffer.byteLength(text);
  const record = `${length + String(length + 2).length}${text}`;
  return makeTar([
    { name: "pax", flag: "x", content: record },
    { name: "plain.txt", content: "x" },
  ]);
}
