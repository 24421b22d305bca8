import { lookup } from "mrmime";
import { toHex } from "../../base/index.ts";
import type { PackageManifest, SiteRecord } from "../../protocol/index.ts";
import { hasFixedName } from "../fixed-name.ts";
import { isCompressible } from "./content-coding.ts";
import type { Fields } from "./site-rules.ts";

/** A file of a site, with everything about its answers that does not depend on the request. */
export interface SiteFile {
  /** Path in the package. */
  readonly path: string;
  readonly size: number;
  /** The content's hash, 64 hex digits. */
  readonly hash: string;
  /** Of every answer about the file, a 304 too; the ETag is that of the file itself. */
  readonly fields: Fields;
  /** Of an answer with the whole file as it is. */
  readonly plainFields: Fields;
  /** Whether a compressed answer is worth having. */
  readonly isCompressible: boolean;
}

export interface SiteFiles {
  /**
   * The file for a path as `findSitePath` gives it, or the address that has one when only the slash at the end is
   * missing or too much. `/` and folders are their `index.html`; `about` is also `about.html`.
   */
  find(path: string): SiteFile | { readonly redirect: string } | undefined;
  /** The file of exactly that path below the site's folder. */
  get(path: string): SiteFile | undefined;
}

/** Fields on every answer: a browser takes the declared type only, and no page learns where a visitor came from. */
export const commonFields: Fields = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
};

/** Smaller ones fit a packet anyway; larger ones would take long and much memory. */
const COMPRESSED_BYTES = { least: 256, most: 4 * 1024 * 1024 };

/** The files below the site's folder. @param own - fields on every answer about one of them. */
export function listSiteFiles({ files }: PackageManifest, { folder }: SiteRecord, own: Fields = {}): SiteFiles {
  const known = new Map<string, SiteFile>();
  const prefix = `${folder}/`;
  for (const file of files) {
    if (file.path.startsWith(prefix)) known.set(file.path.slice(prefix.length), describe(file, own));
  }
  const withoutSlash = (path: string) => {
    const page = path.slice(0, -1);
    const isPage = page !== "" && known.has(`${page}.html`);
    return isPage ? { redirect: `../${encodeURIComponent(page.slice(page.lastIndexOf("/") + 1))}` } : undefined;
  };
  return {
    get: (path) => known.get(path),
    find(path) {
      if (path === "" || path.endsWith("/")) return known.get(`${path}index.html`) ?? withoutSlash(path);
      const file = known.get(path) ?? known.get(`${path}.html`);
      if (file !== undefined) return file;
      const last = path.slice(path.lastIndexOf("/") + 1);
      return known.has(`${path}/index.html`) ? { redirect: `./${encodeURIComponent(last)}/` } : undefined;
    },
  };
}

function describe({ path, size, hash: digest }: PackageManifest["files"][number], own: Fields): SiteFile {
  const hash = toHex(digest);
  const type = contentType(path);
  const isSized = size >= COMPRESSED_BYTES.least && size <= COMPRESSED_BYTES.most;
  const isPacked = isSized && isCompressible(type);
  const fields = {
    ...commonFields,
    ...own,
    etag: `"${hash}"`,
    "cache-control": hasFixedName(path) ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate",
    ...(isPacked ? { vary: "accept-encoding" } : {}),
  };
  const plainFields = { ...fields, "content-type": type, "accept-ranges": "bytes", "content-length": String(size) };
  // What is frozen is got ready for the wire once.
  Object.freeze(plainFields);
  return { path, size, hash, fields, plainFields, isCompressible: isPacked };
}

/** Types of names the list of standard types lacks, though sites have them. A browser guesses none of them here. */
const FURTHER_TYPES: ReadonlyMap<string, string> = new Map([
  ["ico", "image/x-icon"],
  ["cur", "image/x-icon"],
  ["jfif", "image/jpeg"],
  ["eot", "application/vnd.ms-fontobject"],
  ["m4v", "video/mp4"],
  ["flac", "audio/flac"],
  ["m3u8", "application/vnd.apple.mpegurl"],
  ["apple-app-site-association", "application/json"],
]);

/** The media type of a name; text and scripts are UTF-8, what is unknown is only offered for download. */
function contentType(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  // The list is a plain object, which also has what every object has.
  const listed: unknown = name.includes(".") ? lookup(ending) : undefined;
  const type = typeof listed === "string" ? listed : (FURTHER_TYPES.get(ending) ?? "application/octet-stream");
  return /^text\/|^application\/(javascript|json|manifest\+json|xml)$|\+(xml|json)$/.test(type)
    ? `${type}; charset=utf-8`
    : type;
}
