import type { PackageManifest, SiteHeaders } from "../../protocol/index.ts";
import { listSiteFiles, type SiteFile, type SiteFiles } from "./site-files.ts";
import { findSitePath } from "./site-path.ts";
import { applyHeaders, createSiteRules, type Fields, type FoundRedirect, relativeTo } from "./site-rules.ts";
import {
  answerText,
  createFileSender,
  fieldOf,
  type SiteRequest,
  type SiteResponse,
  type StaticSiteDeps,
} from "./site-sender.ts";

export type { ReadFilePart, SiteRequest, SiteResponse, StaticSiteDeps } from "./site-sender.ts";

/** Serves the files of a package. `has` says whether the path is the site's own business, before anything is read. */
export interface StaticSite {
  has(path: string): boolean;
  /** Without a promise where the answer is in memory. */
  serve(request: SiteRequest): Promise<SiteResponse> | SiteResponse;
}

/**
 * Fields an ingress adds to every answer of a deployment when it serves it under a path of a shared origin instead of
 * the deployment's own origin: the page gets an opaque origin, so it reads no storage, cookies or pages of others.
 * Requests of such a page carry `Origin: null`, hence the wildcard; what is served is public.
 */
export const sharedOriginHeaders: readonly (readonly [string, string])[] = [
  ["content-security-policy", "sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads"],
  ["access-control-allow-origin", "*"],
  ["access-control-expose-headers", "*"],
];

/** What asks for these wants no page: a missing script must not be answered with one. */
const SUBRESOURCES =
  /^(?:audio|audioworklet|font|image|manifest|paintworklet|script|serviceworker|sharedworker|style|track|video|worker|xslt)$/;
/** Paths whose meaning is remembered; a client can make up others. */
const KEPT_PATHS = 1_000;
const KEPT_PATH_LENGTH = 512;

/** What a request path means to a site. */
interface Meaning {
  /** As `findSitePath` gives it. */
  readonly path: string;
  readonly found: ReturnType<SiteFiles["find"]>;
  readonly rule: FoundRedirect | undefined;
  readonly headers: readonly SiteHeaders[];
  /** Fields after those rules, by the fields before them. */
  readonly applied: WeakMap<Fields, Fields>;
}

/**
 * The static site of a package: its files, the redirect and header rules of its manifest, the fallback page of a
 * single-page application, `404.html` if there is one. Answers GET and HEAD, revalidation by ETag (the content's hash,
 * weak where the answer is compressed), one byte range, and Brotli or gzip where the client takes it.
 */
export function createStaticSite(manifest: PackageManifest, deps: StaticSiteDeps): StaticSite {
  const site = manifest.site ?? { folder: "", fallback: null, headers: [], redirects: [] };
  const files = listSiteFiles(manifest, site, deps.fields);
  const rules = createSiteRules(site);
  const sendFile = createFileSender(deps);
  const meanings = new Map<string, Meaning>();

  /** Undefined when the path is unfit. */
  const understand = (asked: string): Meaning | undefined => {
    const known = meanings.get(asked);
    if (known !== undefined) return known;
    const path = findSitePath(asked);
    if (path === undefined) return undefined;
    const found = files.find(path);
    const rule = rules.findRedirect(`/${path}`, found !== undefined);
    const meaning = { path, found, rule, headers: rules.findHeaders(`/${path}`), applied: new WeakMap() };
    if (asked.length <= KEPT_PATH_LENGTH) {
      if (meanings.size >= KEPT_PATHS) meanings.clear();
      meanings.set(asked, meaning);
    }
    return meaning;
  };

  const answer = ({ found, rule }: Meaning, request: SiteRequest): Promise<SiteResponse> | SiteResponse => {
    if (rule !== undefined && rule.status !== 200) return redirect(rule, request);
    const shown = rule === undefined ? found : findPage(rule.to);
    if (shown === undefined) return missing(request);
    // Relative, so that it also holds below the path-style fallback.
    if ("redirect" in shown) return answerText(308, "", { location: shown.redirect + passedQuery(request) });
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
    if (page === undefined) return answerText(404, "There is no such page here.");
    const whole = await sendFile(page, { ...request, headers: codingOnly(request) });
    const { etag: _etag, ...headers } = whole.headers;
    return { ...whole, status: 404, headers };
  };

  return {
    has: (asked) => {
      const meaning = understand(asked);
      return meaning !== undefined && (meaning.found !== undefined || meaning.rule !== undefined);
    },
    serve: (request) => {
      const { method, path } = request;
      if (method !== "GET" && method !== "HEAD")
        return answerText(405, "This site answers GET and HEAD.", { allow: "GET, HEAD" });
      const meaning = understand(path);
      if (meaning === undefined) return answerText(400, "This is not a path of this site.");
      const given = answer(meaning, request);
      if (meaning.headers.length === 0) return given;
      const apply = (one: SiteResponse) => ({ ...one, headers: applyOnce(one.headers, meaning) });
      return given instanceof Promise ? given.then(apply) : apply(given);
    },
  };
}

/** What is frozen stands on many answers: the rules are applied to it once, and what comes out is frozen as well. */
function applyOnce(fields: Fields, { headers, applied }: Meaning): Fields {
  const known = applied.get(fields);
  if (known !== undefined) return known;
  const merged = applyHeaders(fields, headers);
  if (Object.isFrozen(fields)) applied.set(fields, Object.freeze(merged));
  return merged;
}

function redirect({ status, to }: FoundRedirect, request: SiteRequest): SiteResponse {
  const place = to.startsWith("/") ? relativeTo(request.path, to) : to;
  const [head = "", fragment] = place.split("#", 2);
  const query = head.includes("?") ? "" : passedQuery(request);
  return answerText(status, "", { location: head + query + (fragment === undefined ? "" : `#${fragment}`) });
}

/** The query goes along only when every character of it belongs into a URL. */
function passedQuery({ query = "" }: SiteRequest): string {
  return /^\?[\x21\x23-\x7e]*$/.test(query) ? query : "";
}

function codingOnly(request: SiteRequest): SiteRequest["headers"] {
  return { "accept-encoding": fieldOf(request, "accept-encoding") };
}
