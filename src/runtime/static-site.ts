import { toUtf8 } from "../base/index.ts";
import type { PackageManifest } from "../protocol/index.ts";
import { type ByteCache, createByteCache } from "./byte-cache.ts";
import { type ByteRange, readRange } from "./byte-range.ts";
import { type ContentCoding, compress, pickCoding } from "./content-coding.ts";
import { listSiteFiles, type SiteFile } from "./site-files.ts";
import { findSitePath } from "./site-path.ts";
import { createSiteRules, type FoundRedirect, type Header, relativeTo } from "./site-rules.ts";

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
  readonly headers: readonly Header[];
  /** A large file comes in parts. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** Serves the files of a package. `has` says whether the path is the site's own business, before anything is read. */
export interface StaticSite {
  has(path: string): boolean;
  serve(request: SiteRequest): Promise<SiteResponse>;
}

export interface StaticSiteDeps {
  readonly read: ReadFilePart;
  /** Where small files and compressed ones are kept; sites may share one, since its keys are content hashes. */
  readonly cache?: ByteCache;
}

/** Fields on every answer: a browser takes the declared type only, and no page learns where a visitor came from. */
const COMMON: readonly Header[] = [
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "strict-origin-when-cross-origin"],
];

/**
 * Fields an ingress adds to every answer of a deployment when it serves it under a path of a shared origin instead of
 * the deployment's own origin: the page gets an opaque origin, so it reads no storage, cookies or pages of others.
 * Requests of such a page carry `Origin: null`, hence the wildcard; what is served is public.
 */
export const sharedOriginHeaders: readonly Header[] = [
  ["content-security-policy", "sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads"],
  ["access-control-allow-origin", "*"],
  ["access-control-expose-headers", "*"],
];

const CACHE_BYTES = 32 * 1024 * 1024;
/** Files up to this size are kept whole; a larger body is read and sent in parts of `PART_BYTES`. */
const KEPT_BYTES = 1024 * 1024;
const PART_BYTES = 4 * 1024 * 1024;
/** More would take the processors from those who are served; they get the plain file meanwhile. */
const COMPRESSIONS = 4;
/** What asks for these wants no page: a missing script must not be answered with one. */
const SUBRESOURCES =
  /^(?:audio|audioworklet|font|image|manifest|paintworklet|script|serviceworker|sharedworker|style|track|video|worker|xslt)$/;
const EMPTY = new Uint8Array(0);

/**
 * The static site of a package: its files, the redirect and header rules of its manifest, the fallback page of a
 * single-page application, `404.html` if there is one. Answers GET and HEAD, revalidation by ETag (the content's hash,
 * weak where the answer is compressed), one byte range, and Brotli or gzip where the client takes it.
 */
export function createStaticSite(manifest: PackageManifest, deps: StaticSiteDeps): StaticSite {
  const site = manifest.site ?? { folder: "", fallback: null, headers: [], redirects: [] };
  const files = listSiteFiles(manifest, site);
  const rules = createSiteRules(site);
  const sendFile = createFileSender(deps);

  const serve = async (request: SiteRequest): Promise<SiteResponse> => {
    const { method, path: asked } = request;
    if (method !== "GET" && method !== "HEAD")
      return text(405, "This site answers GET and HEAD.", [["allow", "GET, HEAD"]]);
    const path = findSitePath(asked);
    if (path === undefined) return text(400, "This is not a path of this site.");
    const answer = await answerPath(path, request);
    return { ...answer, headers: rules.applyHeaders(`/${path}`, answer.headers) };
  };

  const answerPath = async (path: string, request: SiteRequest): Promise<SiteResponse> => {
    const found = files.find(path);
    const rule = rules.findRedirect(`/${path}`, found !== undefined);
    if (rule !== undefined && rule.status !== 200) return redirect(rule, request);
    const shown = rule === undefined ? found : findPage(rule.to);
    if (shown === undefined) return missing(request);
    // Relative, so that it also holds below the path-style fallback.
    if ("redirect" in shown) return text(308, "", [["location", shown.redirect + passedQuery(request)]]);
    return sendFile(shown, request);
  };

  /** The file a rewrite names: of a folder its `index.html`, without a redirect. */
  const findPage = (to: string): SiteFile | undefined => {
    const path = findSitePath(to);
    const found = path === undefined ? undefined : files.find(path);
    return found !== undefined && "redirect" in found ? files.get(`${path}/index.html`) : found;
  };

  const missing = async (request: SiteRequest): Promise<SiteResponse> => {
    const fallback = site.fallback === null ? undefined : files.get(site.fallback);
    const isPage = !SUBRESOURCES.test(fieldOf(request, "sec-fetch-dest") ?? "");
    if (fallback !== undefined && isPage) return sendFile(fallback, request);
    const page = files.get("404.html");
    if (page === undefined) return text(404, "There is no such page here.");
    const whole = await sendFile(page, { ...request, headers: codingOnly(request) });
    return { ...whole, status: 404, headers: whole.headers.filter(([name]) => name !== "etag") };
  };

  return {
    has: (asked) => {
      const path = findSitePath(asked);
      if (path === undefined) return false;
      const hasFile = files.find(path) !== undefined;
      return hasFile || rules.findRedirect(`/${path}`, hasFile) !== undefined;
    },
    serve,
  };
}

/** Answers with a file, from memory where it is small. */
function createFileSender({ read, cache = createByteCache({ limitBytes: CACHE_BYTES }) }: StaticSiteDeps) {
  let compressions = 0;

  const readWhole = (file: SiteFile): Promise<Uint8Array> =>
    cache.get(file.hash, () => read(file.path, { offset: 0, length: file.size }));

  /** The compressed file; undefined when it would not be smaller or when too much is being compressed already. */
  const findCompressed = async (file: SiteFile, coding: ContentCoding): Promise<Uint8Array | undefined> => {
    const key = `${file.hash}-${coding}`;
    let bytes = cache.find(key);
    if (bytes === undefined) {
      if (compressions >= COMPRESSIONS) return undefined;
      compressions++;
      try {
        bytes = await cache.get(key, async () => {
          const small = await compress(await readWhole(file), coding);
          return small.length < file.size ? small : EMPTY;
        });
      } finally {
        compressions--;
      }
    }
    return bytes.length === 0 ? undefined : bytes;
  };

  const plainBody = (file: SiteFile, part: ByteRange): Promise<Uint8Array> | AsyncIterable<Uint8Array> => {
    if (file.size <= KEPT_BYTES)
      return readWhole(file).then((whole) => whole.subarray(part.offset, part.offset + part.length));
    return part.length <= PART_BYTES ? read(file.path, part) : readParts(file, part, read);
  };

  return async (file: SiteFile, request: SiteRequest): Promise<SiteResponse> => {
    const ranges = fieldOf(request, "range");
    const isPlain = !file.isCompressible || ranges !== undefined;
    const coding = isPlain ? undefined : pickCoding(fieldOf(request, "accept-encoding"));
    const packed = coding === undefined ? undefined : await findCompressed(file, coding);
    const strong = `"${file.hash}"`;
    const headers: Header[] = [
      ...COMMON,
      ["etag", packed === undefined ? strong : `W/${strong}`],
      ["cache-control", file.cacheControl],
    ];
    if (file.isCompressible) headers.push(["vary", "accept-encoding"]);
    if (matches(fieldOf(request, "if-none-match"), strong)) return { status: 304, headers, body: EMPTY };
    headers.push(["content-type", file.contentType]);
    if (packed !== undefined && coding !== undefined) {
      headers.push(["content-encoding", coding], ["content-length", String(packed.length)]);
      return { status: 200, headers, body: request.method === "HEAD" ? EMPTY : packed };
    }
    headers.push(["accept-ranges", "bytes"]);
    const ifRange = fieldOf(request, "if-range");
    const range = ifRange === undefined || ifRange === strong ? readRange(ranges, file.size) : "whole";
    if (range === "unsatisfiable") return text(416, "", [["content-range", `bytes */${file.size}`]]);
    const part = range === "whole" ? { offset: 0, length: file.size } : range;
    if (range !== "whole")
      headers.push(["content-range", `bytes ${part.offset}-${part.offset + part.length - 1}/${file.size}`]);
    headers.push(["content-length", String(part.length)]);
    const body = request.method === "HEAD" || part.length === 0 ? EMPTY : await plainBody(file, part);
    return { status: range === "whole" ? 200 : 206, headers, body };
  };
}

/** One part ahead of the client at most: memory does not grow with the file. */
async function* readParts(file: SiteFile, { offset, length }: ByteRange, read: ReadFilePart) {
  for (let done = 0; done < length; done += PART_BYTES) {
    yield await read(file.path, { offset: offset + done, length: Math.min(PART_BYTES, length - done) });
  }
}

function redirect({ status, to }: FoundRedirect, request: SiteRequest): SiteResponse {
  const place = to.startsWith("/") ? relativeTo(request.path, to) : to;
  const [head = "", fragment] = place.split("#", 2);
  const query = head.includes("?") ? "" : passedQuery(request);
  return text(status, "", [["location", head + query + (fragment === undefined ? "" : `#${fragment}`)]]);
}

/** The query goes along only when every character of it belongs into a URL. */
function passedQuery({ query = "" }: SiteRequest): string {
  return /^\?[\x21\x23-\x7e]*$/.test(query) ? query : "";
}

function codingOnly(request: SiteRequest): SiteRequest["headers"] {
  return { "accept-encoding": fieldOf(request, "accept-encoding") };
}

function fieldOf({ headers }: SiteRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "object" ? value.join(", ") : value;
}

function text(status: number, message: string, more: readonly Header[] = []): SiteResponse {
  const body = toUtf8(message === "" ? "" : `${message}\n`);
  const type: Header[] = message === "" ? [] : [["content-type", "text/plain; charset=utf-8"]];
  return { status, headers: [...COMMON, ...type, ["content-length", String(body.length)], ...more], body };
}

/** RFC 9110 13.1.2: weak comparison over a list, or `*`. */
function matches(field: string | undefined, etag: string): boolean {
  if (field === undefined) return false;
  return field.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag);
}
