import { Blob, File } from "./blob.ts";
import type { TextCodec } from "./text.ts";

type Entry = string | File;

/** Fields of a form (XMLHttpRequest 5). */
export class FormData {
  #pairs: [string, Entry][] = [];

  append(name: string, value: unknown, fileName?: string): void {
    this.#pairs.push([String(name), toEntry(value, fileName)]);
  }
  set(name: string, value: unknown, fileName?: string): void {
    const at = this.#pairs.findIndex(([other]) => other === String(name));
    const pair: [string, Entry] = [String(name), toEntry(value, fileName)];
    if (at === -1) this.#pairs.push(pair);
    else this.#pairs = this.#pairs.flatMap((old, index) => (index === at ? [pair] : old[0] === pair[0] ? [] : [old]));
  }
  delete(name: string): void {
    this.#pairs = this.#pairs.filter(([other]) => other !== String(name));
  }
  get(name: string): Entry | null {
    return this.#pairs.find(([other]) => other === String(name))?.[1] ?? null;
  }
  getAll(name: string): Entry[] {
    return this.#pairs.filter(([other]) => other === String(name)).map(([, value]) => value);
  }
  has(name: string): boolean {
    return this.#pairs.some(([other]) => other === String(name));
  }
  forEach(visit: (value: Entry, name: string, form: FormData) => void): void {
    for (const [name, value] of this.#pairs) visit(value, name, this);
  }
  *entries(): IterableIterator<[string, Entry]> {
    yield* this.#pairs;
  }
  *keys(): IterableIterator<string> {
    for (const [name] of this.#pairs) yield name;
  }
  *values(): IterableIterator<Entry> {
    for (const [, value] of this.#pairs) yield value;
  }
  [Symbol.iterator](): IterableIterator<[string, Entry]> {
    return this.entries();
  }
}

function toEntry(value: unknown, fileName: string | undefined): Entry {
  if (!(value instanceof Blob)) return String(value);
  if (value instanceof File && fileName === undefined) return value;
  return new File([value], fileName ?? "blob", { type: value.type });
}

/** A form as multipart/form-data. @source RFC 7578 */
export function encodeForm(form: FormData, codec: TextCodec, boundary: string): Uint8Array<ArrayBuffer> {
  const parts: (Uint8Array | string)[] = [];
  const quote = (text: string) => text.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
  for (const [name, value] of form) {
    parts.push(`--${boundary}\r\nContent-Disposition: form-data; name="${quote(name)}"`);
    if (typeof value === "string") parts.push(`\r\n\r\n${value.replace(/\r\n|\r|\n/g, "\r\n")}\r\n`);
    else {
      const type = value.type === "" ? "application/octet-stream" : value.type;
      parts.push(`; filename="${quote(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`, Blob.peek(value), "\r\n");
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return Blob.peek(new Blob(parts.map((part) => (typeof part === "string" ? codec.encode(part) : part))));
}

/**
 * The fields of a body of type multipart/form-data.
 * @throws TypeError when the body is anything else
 */
export function decodeForm(bytes: Uint8Array, contentType: string, codec: TextCodec): FormData {
  const boundary = /boundary=(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) throw new TypeError("The form has no boundary.");
  const form = new FormData();
  const separator = codec.encode(`\r\n--${mark}`);
  let at = find(bytes, codec.encode(`--${mark}`), 0);
  if (at === -1) throw new TypeError("The body is not a form.");
  at += separator.length - 2;
  while (!(bytes[at] === 45 && bytes[at + 1] === 45)) {
    const headEnd = find(bytes, Uint8Array.of(13, 10, 13, 10), at);
    const end = headEnd === -1 ? -1 : find(bytes, separator, headEnd + 2);
    if (end === -1) throw new TypeError("The form is cut off.");
    const head = codec.decode(bytes.subarray(at, headEnd), false) ?? "";
    const content = bytes.subarray(Math.min(headEnd + 4, end), end);
    const name = unquote(/;\s*name="([^"]*)"/i.exec(head)?.[1]);
    const fileName = unquote(/;\s*filename="([^"]*)"/i.exec(head)?.[1]);
    if (name === undefined) throw new TypeError("A field of the form has no name.");
    const type = /\r\ncontent-type:\s*([^\r\n]+)/i.exec(`\r\n${head}`)?.[1]?.trim() ?? "text/plain";
    if (fileName === undefined) form.append(name, codec.decode(content, false) ?? "");
    else form.append(name, new File([content], fileName, { type }));
    at = end + separator.length;
  }
  return form;
}

function unquote(text: string | undefined): string | undefined {
  return text?.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%22", '"');
}

function find(bytes: Uint8Array, part: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(part[0] ?? 0, from); at !== -1; at = bytes.indexOf(part[0] ?? 0, at + 1)) {
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
