import { fail, fromUtf8, readBytes } from "../../base/index.ts";
import type { SiteRecord, SiteRedirect } from "../../protocol/index.ts";
import { packagerErrors } from "../errors.ts";
import type { Collected } from "./collect.ts";
import type { PackageFile } from "./package-file.ts";
import { HEADERS_FILE, REDIRECTS_FILE, readHeaders, readRedirects } from "./site-rules.ts";

/** Two thousand rules of usual length are a tenth of this. */
const RULES_BYTES = 1024 * 1024;

/**
 * How the collected files of a site are served, and those files without `_headers` and `_redirects`, which are read
 * here and served to nobody.
 *
 * @param options.folder - where the files lie in the package.
 * @param options.fallback - the page for paths without a file, unless `_redirects` says another.
 * @throws DSDN_PACKAGER_RULE_REFUSED, DSDN_PACKAGER_TOO_LARGE, DSDN_BASE_FILE_CHANGED
 */
export async function recordSite(
  collected: Collected,
  options: { readonly folder: string; readonly fallback: string | undefined },
): Promise<Collected & { readonly record: SiteRecord }> {
  const { folder } = options;
  const find = (name: string) => collected.files.find(({ path }) => path === `${folder}/${name}`);
  const headers = readHeaders(await readRules(find(HEADERS_FILE), HEADERS_FILE));
  const written = readRedirects(await readRules(find(REDIRECTS_FILE), REDIRECTS_FILE));
  const last = written.at(-1);
  const asked = last === undefined ? undefined : fallbackOf(last);
  const isAsked = asked !== undefined && find(asked) !== undefined;
  const usual = options.fallback !== undefined && find(options.fallback) !== undefined ? options.fallback : null;
  const fallback = isAsked ? asked : usual;
  const rules = new Set([HEADERS_FILE, REDIRECTS_FILE].map((name) => `${folder}/${name}`));
  const skipped = [HEADERS_FILE, REDIRECTS_FILE].filter((name) => find(name) !== undefined);
  return {
    files: collected.files.filter(({ path }) => !rules.has(path)),
    skipped: [...collected.skipped, ...skipped.map((path) => ({ path, reason: "site-rules" }) as const)],
    record: { folder, fallback, headers, redirects: isAsked ? written.slice(0, -1) : written },
  };
}

/** The page of a last line such as `/* /index.html 200`, which is how a single-page application says that it is one. */
function fallbackOf({ from, to, status, isForced }: SiteRedirect): string | undefined {
  if (from !== "/*" || status !== 200 || isForced) return undefined;
  return to === "/" ? "index.html" : /^\/((?:[\w.-]+\/)*[\w.-]+\.html)$/.exec(to)?.[1];
}

async function readRules(file: PackageFile | undefined, name: string): Promise<string> {
  if (file === undefined) return "";
  if (file.size > RULES_BYTES) throw fail(packagerErrors.tooLarge, { what: `bytes in ${name}`, limit: RULES_BYTES });
  return fromUtf8(await readBytes(file.read()));
}
