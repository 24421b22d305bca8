import { lookup } from "mrmime";
import { toHex, toUtf8 } from "../base/index.ts";
import type { PackageManifest } from "../protocol/index.ts";
import { type ByteRange, readRange } from "./byte-range.ts";
import { findSitePath } from "./site-path.ts";

/** Reads a part of a packaged file that was verified against its manifest. */
export type ReadFilePart = (path: string, part: ByteRange) => Promise<Uint8Array>;

export interface SiteRequest {
  readonly method: string;
  /** The URL's path before `?`, not decoded, beginning with `/`. */
  readonly path: string;
  /** Field names in lower case. */
  readonly headers: { readonly [name: string]: string | undefined };
}

export interface SiteResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** Serves the files of a package. `has` says whether GET of that path would find a file, before anything is read. */
export interface StaticSite {
  has(path: string): boolean;
  serve(request: SiteRequest): Promise<SiteResponse>;
}

interface SiteFile {
  readonly path: string;
  readonly size: number;
  readonly hash: Uint8Array;
}

type Header = readonly [string, string];

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

/** The build tools' way of naming files by content: `name-Bx3f9_aQ.js`, `name.3f2a9c1b.css`. */
const HASHED_NAME = /[-.][0-9A-Za-z_-]{8,}\.[a-z0-9]+$/;

/**
 * A static site over the files below `manifest.site.folder`. `/` and folders answer with `index.html`, a folder without
 * its slash is redirected, `/about` also finds `about.html`, and what is missing answers 404 with `404.html` if there
 * is one. Answers GET and HEAD, revalidation by ETag (the content's hash) and one byte range.
 */
export function createStaticSite(manifest: PackageManifest, read: ReadFilePart): StaticSite {
  const files = new Map<string, SiteFile>();
  const prefix = manifest.site === null ? undefined : `${manifest.site.folder}/`;
  for (const file of manifest.files) {
    if (prefix !== undefined && file.path.startsWith(prefix)) files.set(file.path.slice(prefix.length), file);
  }

  const find = (path: string): SiteFile | { readonly redirect: string } | undefined => {
    if (path === "" || path.endsWith("/")) return files.get(`${path}index.html`);
    const file = files.get(path) ?? files.get(`${path}.html`);
    if (file !== undefined) return file;
    const last = path.slice(path.lastIndexOf("/") + 1);
    return files.has(`${path}/index.html`) ? { redirect: `./${encodeURIComponent(last)}/` } : undefined;
  };

  const serve = async ({ method, path: requestPath, headers }: SiteRequest): Promise<SiteResponse> => {
    if (method !== "GET" && method !== "HEAD")
      return text(405, "This site answers GET and HEAD.", [["allow", "GET, HEAD"]]);
    const path = findSitePath(requestPath);
    if (path === undefined) return text(400, "This is not a path of this site.");
    const found = find(path);
    if (found === undefined) return missing(method);
    // Relative, so that it also holds below the path-style fallback.
    if ("redirect" in found) return text(308, "", [["location", found.redirect]]);
    return answer(found, method, headers);
  };

  const missing = async (method: string): Promise<SiteResponse> => {
    const page = files.get("404.html");
    if (page === undefined) return text(404, "There is no such page here.");
    const whole = await answer(page, method, {});
    return { ...whole, status: 404, headers: whole.headers.filter(([name]) => name !== "etag") };
  };

  const answer = async (file: SiteFile, method: string, asked: SiteRequest["headers"]): Promise<SiteResponse> => {
    const etag = `"${toHex(file.hash)}"`;
    const headers: Header[] = [...COMMON, ["etag", etag], ["cache-control", cacheControl(file.path)]];
    if (matches(asked["if-none-match"], etag)) return { status: 304, headers, body: new Uint8Array(0) };
    headers.push(["content-type", contentType(file.path)], ["accept-ranges", "bytes"]);
    const ifRange = asked["if-range"];
    const range = ifRange === undefined || ifRange === etag ? readRange(asked["range"], file.size) : "whole";
    if (range === "unsatisfiable") return text(416, "", [["content-range", `bytes */${file.size}`]]);
    const part = range === "whole" ? { offset: 0, length: file.size } : range;
    if (range !== "whole") {
      headers.push(["content-range", `bytes ${part.offset}-${part.offset + part.length - 1}/${file.size}`]);
    }
    headers.push(["content-length", String(part.length)]);
    const body = method === "HEAD" || part.length === 0 ? new Uint8Array(0) : await read(file.path, part);
    return { status: range === "whole" ? 200 : 206, headers, body };
  };

  return {
    has: (requestPath) => {
      const path = findSitePath(requestPath);
      return path !== undefined && find(path) !== undefined;
    },
    serve,
  };
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

/** The media type of a name; text and scripts are UTF-8, what is unknown is only offered for download. */
function contentType(path: string): string {
  const type = lookup(path) ?? "application/octet-stream";
  return /^text\/|^application\/(javascript|json|manifest\+json|xml)$|\+(xml|json)$/.test(type)
    ? `${type}; charset=utf-8`
    : type;
}

function cacheControl(path: string): string {
  const isFixed = HASHED_NAME.test(path) && !path.endsWith(".html");
  return isFixed ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate";
}
