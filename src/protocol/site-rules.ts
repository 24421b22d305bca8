import type * as zod from "zod";
import { limits } from "./limits.ts";
import { packagePath } from "./package-path.ts";
import { text, z } from "./schema.ts";

/** What a redirect may answer with; 200 answers with another file of the site under the asked address. */
export const siteRedirectStatuses = [200, 301, 302, 303, 307, 308] as const;

/** The placeholder names of a pattern: those of its `:name` segments, and `splat` when it holds a `*`. */
function placeholdersOf(pattern: string): string[] {
  const names = pattern.split("/").flatMap((segment) => /^:(.+)$/.exec(segment)?.[1] ?? []);
  return pattern.includes("*") ? [...names, "splat"] : names;
}

/** What is wrong with a pattern of request paths, for people; undefined when nothing is. */
export function findPatternFault(pattern: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (!pattern.startsWith("/") || /[\\?#\u0000-\u001f\u007f]/.test(pattern)) return "is not a path that begins with /";
  const segments = pattern.slice(1).split("/");
  const inner = segments.at(-1) === "" ? segments.slice(0, -1) : segments;
  if (inner.some((segment) => segment === "" || segment === "." || segment === "..")) {
    return "holds an empty segment, . or ..";
  }
  if (pattern.split("*").length > 2) return "holds more than one *";
  const names = placeholdersOf(pattern);
  if (inner.some((segment) => segment.startsWith(":") && !/^:[A-Za-z]\w{0,31}$/.test(segment))) {
    return "holds a placeholder that is not :name with letters, digits and _";
  }
  if (new Set(names).size !== names.length) return "names a placeholder twice";
  return names.length > limits.sitePlaceholders ? `has more than ${limits.sitePlaceholders} placeholders` : undefined;
}

/** What is wrong with the target of a redirect, for people; undefined when nothing is. */
export function findTargetFault(to: string, { from, status }: { from: string; status: number }): string | undefined {
  if (!/^[\x21-\x7e]+$/.test(to) || to.includes("\\")) return "is not written as a URL";
  const known = placeholdersOf(from);
  const isUnknown = (name: string) => !known.includes(name);
  const unknown = [...to.matchAll(/\/:([A-Za-z]\w*)/g)].map(([, name = ""]) => name).find(isUnknown);
  if (unknown !== undefined) return `uses :${unknown}, which the path does not name`;
  if (to.startsWith("/")) {
    const path = to.split(/[?#]/, 1)[0] ?? "";
    if (path !== "/" && /\/\/|\/\.{1,2}(?:\/|$)/.test(path)) return "holds an empty segment, . or ..";
    return status === 200 && path !== to ? "has a query or fragment, and a file has none" : undefined;
  }
  const url = URL.parse(to);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    return "is neither a path nor a web address";
  if (url.username !== "" || url.password !== "") return "holds a user name or password";
  if (/[:*]/.test(url.hostname.replace(/^\[[0-9a-f:.]+\]$/, ""))) return "has a placeholder in its host name";
  return status === 200 ? "is another site, and only files of this one can be answered with" : undefined;
}

/** Fields that frame the message, belong to the connection or to the network: a deployment sets none of them. */
const REFUSED_HEADERS: ReadonlySet<string> = new Set([
  "accept-ranges",
  "age",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "date",
  "etag",
  "host",
  "keep-alive",
  "location",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "set-cookie2",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
]);

/** What is wrong with the name of a field that a site sets, for people; undefined when nothing is. */
export function findHeaderFault(name: string): string | undefined {
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/.test(name)) return "is not the name of a field";
  if (REFUSED_HEADERS.has(name)) return "is set by the network alone";
  return /^(?:x-)?dsdn-/.test(name) ? "is a field of the network" : undefined;
}

const pattern = text(limits.siteRuleBytes, 1).refine((path) => findPatternFault(path) === undefined);
const headerName = text(64, 1).refine((name) => findHeaderFault(name) === undefined);
const headerValue = text(limits.siteRuleBytes).regex(/^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/);

const siteHeaders = z.strictObject({
  /** Request paths: `:name` is one segment, one `*` any part of the path; decoded, NFC. */
  path: pattern,
  set: z.array(z.strictObject({ name: headerName, value: headerValue })).max(limits.siteHeadersPerRule),
  /** Taken out of what the network and the rules before say. */
  unset: z.array(headerName).max(limits.siteHeadersPerRule),
});

const siteRedirect = z
  .strictObject({
    /** As `path` of the headers. */
    from: pattern,
    /** A path of the site or a web address, percent-encoded, with the placeholders of `from`. */
    to: text(limits.siteRuleBytes, 1),
    status: z.union(siteRedirectStatuses.map((status) => z.literal(status))),
    /** Also when a file has that path. */
    isForced: z.boolean(),
  })
  .refine((rule) => findTargetFault(rule.to, rule) === undefined);

/** Files that a package serves, and how. Made by the packager; a node trusts nothing else. */
export const siteRecord = z.strictObject({
  /** The files lie below this folder of the package. */
  folder: packagePath,
  /** The page, below `folder`, that answers where there is no file: a single-page application. */
  fallback: packagePath.nullable(),
  /** All that match apply, in this order. */
  headers: z.array(siteHeaders).max(limits.siteHeaderRules),
  /** The first that matches applies. */
  redirects: z
    .array(siteRedirect)
    .max(limits.siteRedirects)
    .refine((rules) => rules.filter(({ from }) => isPattern(from)).length <= limits.sitePatternRedirects),
});
export type SiteRecord = zod.output<typeof siteRecord>;
export type SiteHeaders = SiteRecord["headers"][number];
export type SiteRedirect = SiteRecord["redirects"][number];

/** True when a path stands for more than itself. */
export function isPattern(path: string): boolean {
  return placeholdersOf(path).length > 0;
}
