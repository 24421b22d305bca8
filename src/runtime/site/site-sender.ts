import { toUtf8 } from "../../base/index.ts";
import { type ByteCache, createByteCache } from "./byte-cache.ts";
import { type ByteRange, readRange } from "./byte-range.ts";
import { type ContentCoding, compress, createCodingPicker } from "./content-coding.ts";
import { commonFields, type SiteFile } from "./site-files.ts";
import type { Fields } from "./site-rules.ts";

/** Reads a part of a packaged file that was verified against its manifest. */
export type ReadFilePart = (path: string, part: ByteRange) => Promise<Uint8Array>;

export interface SiteRequest {
  readonly method: string;
  /** The URL's path before `?`, not decoded, beginning with `/`. */
  readonly path: string;
  /** From the `?` on; a redirect hands it on. Empty unless said. */
  readonly query?: string;
  /** Field names in lower case. */
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
}

export interface SiteResponse {
  readonly status: number;
  readonly headers: Fields;
  /** A large file comes in parts. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

export interface StaticSiteDeps {
  readonly read: ReadFilePart;
  /** Where small files and compressed ones are kept; sites may share one, since its keys are content hashes. */
  readonly cache?: ByteCache;
  /** They stand on every answer about a file, unless the site's own rules say otherwise. */
  readonly fields?: Fields;
}

const CACHE_BYTES = 32 * 1024 * 1024;
/** Files up to this size are kept whole; a larger body is read and sent in parts of `PART_BYTES`. */
const KEPT_BYTES = 1024 * 1024;
const PART_BYTES = 4 * 1024 * 1024;
/** More would take the processors from those who are served; they get the plain file meanwhile. */
const COMPRESSIONS = 4;
const EMPTY = new Uint8Array(0);

/** Answers with a file, from memory where it is small. */
export function createFileSender({ read, cache = createByteCache({ limitBytes: CACHE_BYTES }) }: StaticSiteDeps) {
  let compressions = 0;
  const pickCoding = createCodingPicker();
  const sendPacked = createPackedSender();

  const readWhole = (file: SiteFile): Promise<Uint8Array> =>
    cache.get(file.hash, () => read(file.path, { offset: 0, length: file.size }));

  /** The compressed file; undefined when it would not be smaller or when too much is being compressed already. */
  const findCompressed = async (file: SiteFile, coding: ContentCoding): Promise<Uint8Array | undefined> => {
    if (compressions >= COMPRESSIONS) return undefined;
    compressions++;
    try {
      const bytes = await cache.get(`${file.hash}-${coding}`, async () => {
        const small = await compress(await readWhole(file), coding);
        return small.length < file.size ? small : EMPTY;
      });
      return bytes.length === 0 ? undefined : bytes;
    } finally {
      compressions--;
    }
  };

  const plainBody = (file: SiteFile, part: ByteRange): Promise<Uint8Array> | AsyncIterable<Uint8Array> =>
    part.length <= PART_BYTES ? read(file.path, part) : readParts(file, part, read);

  /** The file as it is, or one range of it. */
  const sendPlain = (file: SiteFile, request: SiteRequest): Promise<SiteResponse> | SiteResponse => {
    const isHead = request.method === "HEAD" || file.size === 0;
    const ranges = fieldOf(request, "range");
    const range = ranges === undefined || !isOfSame(request, file) ? "whole" : readRange(ranges, file.size);
    if (range === "unsatisfiable") return answerText(416, "", { "content-range": `bytes */${file.size}` });
    const part = range === "whole" ? { offset: 0, length: file.size } : range;
    const status = range === "whole" ? 200 : 206;
    const headers = range === "whole" ? file.plainFields : { ...file.plainFields, ...rangeFields(file, range) };
    if (isHead) return { status, headers, body: EMPTY };
    if (file.size > KEPT_BYTES) {
      const body = plainBody(file, part);
      return body instanceof Promise
        ? body.then((bytes) => ({ status, headers, body: bytes }))
        : { status, headers, body };
    }
    const cut = (whole: Uint8Array): SiteResponse => {
      const body = range === "whole" ? whole : whole.subarray(part.offset, part.offset + part.length);
      return { status, headers, body };
    };
    const kept = cache.find(file.hash);
    return kept === undefined ? readWhole(file).then(cut) : cut(kept);
  };

  return (file: SiteFile, request: SiteRequest): Promise<SiteResponse> | SiteResponse => {
    const isPlain = !file.isCompressible || request.headers["range"] !== undefined;
    const coding = isPlain ? undefined : pickCoding(fieldOf(request, "accept-encoding"));
    const isFresh = matches(fieldOf(request, "if-none-match"), file);
    const give = (packed: Uint8Array | undefined): Promise<SiteResponse> | SiteResponse => {
      if (isFresh) {
        const headers = packed === undefined ? file.fields : { ...file.fields, etag: weakTag(file) };
        return { status: 304, headers, body: EMPTY };
      }
      if (packed === undefined || coding === undefined) return sendPlain(file, request);
      return sendPacked(file, request, { packed, coding });
    };
    if (coding === undefined) return give(undefined);
    const kept = cache.find(`${file.hash}-${coding}`);
    if (kept !== undefined) return give(kept.length === 0 ? undefined : kept);
    return findCompressed(file, coding).then(give);
  };
}

function rangeFields({ size }: SiteFile, { offset, length }: ByteRange): Fields {
  return { "content-range": `bytes ${offset}-${offset + length - 1}/${size}`, "content-length": String(length) };
}

/** RFC 9110 13.1.5: a part is only wanted of the file the client knows. */
function isOfSame(request: SiteRequest, { fields }: SiteFile): boolean {
  const ifRange = fieldOf(request, "if-range");
  return ifRange === undefined || ifRange === fields["etag"];
}

function weakTag({ hash }: SiteFile): string {
  return `W/"${hash}"`;
}

/** One part ahead of the client at most: memory does not grow with the file. */
async function* readParts(file: SiteFile, { offset, length }: ByteRange, read: ReadFilePart) {
  for (let done = 0; done < length; done += PART_BYTES) {
    yield await read(file.path, { offset: offset + done, length: Math.min(PART_BYTES, length - done) });
  }
}

/** Answers with a compressed file; its fields are the same every time. */
function createPackedSender() {
  const known = { br: new WeakMap<SiteFile, Fields>(), gzip: new WeakMap<SiteFile, Fields>() };
  return (
    file: SiteFile,
    { method }: SiteRequest,
    { packed, coding }: { packed: Uint8Array; coding: ContentCoding },
  ): SiteResponse => {
    let headers = known[coding].get(file);
    if (headers === undefined) {
      headers = describePacked(file, coding, packed.length);
      known[coding].set(file, headers);
    }
    return { status: 200, headers, body: method === "HEAD" ? EMPTY : packed };
  };
}

function describePacked(file: SiteFile, coding: ContentCoding, size: number): Fields {
  const { "accept-ranges": _ranges, ...fields } = file.plainFields;
  const own = { etag: weakTag(file), "content-encoding": coding, "content-length": String(size) };
  return Object.freeze({ ...fields, ...own });
}

/** A field of the request as one text. */
export function fieldOf({ headers }: SiteRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "object" ? value.join(", ") : value;
}

/** A short answer of the site itself; without a body when there is nothing to say. */
export function answerText(status: number, message: string, more: Fields = {}): SiteResponse {
  const body = message === "" ? EMPTY : toUtf8(`${message}\n`);
  const type: Fields = message === "" ? {} : { "content-type": "text/plain; charset=utf-8" };
  return { status, headers: { ...commonFields, ...type, "content-length": String(body.length), ...more }, body };
}

/** RFC 9110 13.1.2: weak comparison over a list, or `*`. */
function matches(field: string | undefined, { hash }: SiteFile): boolean {
  if (field === undefined) return false;
  return field.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === `"${hash}"`);
}
