import { isPattern, type SiteHeaders, type SiteRecord, type SiteRedirect } from "../../protocol/index.ts";

/** The fields of an answer, names in lower case; what may be repeated is a list. */
export interface Fields {
  readonly [name: string]: string | readonly string[];
}

/** The parts of a path that the placeholders of a pattern stand for; decoded. */
type Captures = { readonly [name: string]: string };

interface Pattern {
  readonly expression: RegExp;
  readonly names: readonly string[];
}

/**
 * A pattern as a regular expression over decoded request paths. A slash at the end makes no difference, and `/a/*`
 * means `/a` too. Takes time linear in the path: placeholders end at a slash, and there is one `*` at most.
 */
function compilePattern(path: string): Pattern {
  const names: string[] = [];
  const segments = path.split("/").filter((segment) => segment !== "");
  const parts = segments.map((segment, index) => {
    if (segment.startsWith(":")) {
      names.push(segment.slice(1));
      return "/([^/]+)";
    }
    if (segment.includes("*")) names.push("splat");
    if (segment === "*" && index === segments.length - 1) return "(?:/(.*))?";
    return `/${segment.split("*").map(escapeExpression).join("(.*)")}`;
  });
  return { expression: new RegExp(`^${parts.join("")}/?$`, "u"), names };
}

function escapeExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function match({ expression, names }: Pattern, path: string): Captures | undefined {
  const found = expression.exec(path);
  return found === null ? undefined : Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? ""]));
}

/** A redirect that applies to a request. */
export interface FoundRedirect {
  readonly status: SiteRedirect["status"];
  /** Where to, with every placeholder filled in and encoded. */
  readonly to: string;
}

export interface SiteRules {
  /** The first redirect for the path; where a file has the path, only forced ones count. `path` begins with `/`, decoded. */
  findRedirect(path: string, hasFile: boolean): FoundRedirect | undefined;
  /** The header rules for the path. */
  findHeaders(path: string): readonly SiteHeaders[];
}

/** The rules of a package, ready to be asked for every request. */
export function createSiteRules({ redirects, headers }: Pick<SiteRecord, "redirects" | "headers">): SiteRules {
  const exact = new Map<string, { rule: SiteRedirect; index: number }[]>();
  const patterns: { rule: SiteRedirect; index: number; pattern: Pattern }[] = [];
  for (const [index, rule] of redirects.entries()) {
    if (isPattern(rule.from)) patterns.push({ rule, index, pattern: compilePattern(rule.from) });
    else exact.set(trimSlash(rule.from), [...(exact.get(trimSlash(rule.from)) ?? []), { rule, index }]);
  }
  const fieldRules = headers.map((rule) => ({ rule, pattern: compilePattern(rule.path) }));

  return {
    findRedirect(path, hasFile) {
      const applies = ({ rule }: { rule: SiteRedirect }) => rule.isForced || !hasFile;
      const fixed = exact.size === 0 ? undefined : exact.get(trimSlash(path))?.find(applies);
      for (const candidate of patterns) {
        if (fixed !== undefined && candidate.index > fixed.index) break;
        const captures = applies(candidate) ? match(candidate.pattern, path) : undefined;
        if (captures !== undefined) return { status: candidate.rule.status, to: fill(candidate.rule.to, captures) };
      }
      return fixed && { status: fixed.rule.status, to: fixed.rule.to };
    },
    findHeaders: (path) => fieldRules.filter(({ pattern }) => pattern.expression.test(path)).map(({ rule }) => rule),
  };
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** What captures hold is encoded, so it can neither leave its place in the URL nor its line in the message. */
function fill(to: string, captures: Captures): string {
  const start = to.startsWith("/") ? 0 : to.indexOf("/", to.indexOf("//") + 2);
  if (start === -1) return to;
  const filled = to
    .slice(start)
    .replaceAll(/:([A-Za-z]\w*)/g, (whole, name: string) =>
      Object.hasOwn(captures, name) ? (captures[name] ?? "").split("/").map(encodeURIComponent).join("/") : whole,
    );
  return to.slice(0, start) + filled;
}

/**
 * The fields of an answer after the header rules for its path. A rule replaces what the network says; what several rules
 * say of one field is joined, cookies stay apart. What caches must know of this server's own choices (`vary`) is never
 * lost.
 */
export function applyHeaders(fields: Fields, rules: readonly SiteHeaders[]): Fields {
  if (rules.length === 0) return fields;
  const merged: Record<string, string | readonly string[]> = { ...fields };
  const said = new Set<string>();
  for (const { set, unset } of rules) {
    for (const name of unset) if (name !== "vary") delete merged[name];
    for (const { name, value } of set) {
      const before = said.has(name) || name === "vary" ? (merged[name] ?? []) : [];
      const values = [...(typeof before === "string" ? [before] : before), value];
      merged[name] = name === "set-cookie" ? values : values.join(", ");
      said.add(name);
    }
  }
  return merged;
}

/**
 * A path of the site as a reference relative to the asked one, so that it also holds below the path-style address.
 *
 * @param asked - the path of the request, beginning with `/`.
 * @param to - the target, beginning with `/`.
 */
export function relativeTo(asked: string, to: string): string {
  const depth = asked.split("/").length - 2;
  return (depth === 0 ? "./" : "../".repeat(depth)) + to.slice(1);
}
