import { fail } from "../../base/index.ts";
import {
  findHeaderFault,
  findPatternFault,
  findTargetFault,
  isPattern,
  limits,
  type SiteHeaders,
  type SiteRedirect,
  siteRedirectStatuses,
} from "../../protocol/index.ts";
import { packagerErrors } from "../errors.ts";

/** Beside the pages of a site: one redirect a line, `from to [status]`; as Netlify and Cloudflare Pages read it. */
export const REDIRECTS_FILE = "_redirects";
/** Beside the pages of a site: a path, then indented `Name: value` lines; as Netlify and Cloudflare Pages read it. */
export const HEADERS_FILE = "_headers";

const DEFAULT_STATUS = 302;

interface Line {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly isIndented: boolean;
}

/**
 * The redirects of a `_redirects` file. Every line is understood or refused: a rule that is silently left out would
 * show its visitors another site than the one its author wrote.
 *
 * @throws DSDN_PACKAGER_RULE_REFUSED with the line
 */
export function readRedirects(content: string): SiteRedirect[] {
  const rules = linesOf(REDIRECTS_FILE, content).map(readRedirect);
  const excess = rules.length > limits.siteRedirects ? limits.siteRedirects : undefined;
  if (excess !== undefined) throw tooMany(REDIRECTS_FILE, "rules", excess);
  if (rules.filter(({ from }) => isPattern(from)).length > limits.sitePatternRedirects) {
    throw tooMany(REDIRECTS_FILE, "rules with a placeholder or *", limits.sitePatternRedirects);
  }
  return rules;
}

function readRedirect(line: Line): SiteRedirect {
  const [path = "", to, word, ...more] = line.text.split(/\s+/);
  if (to === undefined) throw refuse(line, "it names no target");
  if (more.length > 0 || (word === undefined ? /^\d{3}!?$/.test(to) : !/^\d{3}!?$/.test(word))) {
    throw refuse(line, "it is more than `from to status`; conditions and query parameters do not exist here");
  }
  const from = readPattern(line, path);
  const status = siteRedirectStatuses.find(
    (known) => String(known) === (word ?? String(DEFAULT_STATUS)).replace("!", ""),
  );
  if (status === undefined) throw refuse(line, `its status is not one of ${siteRedirectStatuses.join(", ")}`);
  const fault = findTargetFault(to, { from, status });
  if (fault !== undefined) throw refuse(line, `its target ${fault}`);
  return { from, to, status, isForced: word?.endsWith("!") === true };
}

/**
 * The header rules of a `_headers` file.
 *
 * @throws DSDN_PACKAGER_RULE_REFUSED with the line
 */
export function readHeaders(content: string): SiteHeaders[] {
  const rules: { path: string; set: { name: string; value: string }[]; unset: string[] }[] = [];
  for (const line of linesOf(HEADERS_FILE, content)) {
    const rule = rules.at(-1);
    if (!line.isIndented) rules.push({ path: readPattern(line, line.text), set: [], unset: [] });
    else if (rule === undefined) throw refuse(line, "a field stands before the first path");
    else if (line.text.startsWith("! ")) rule.unset.push(readName(line, line.text.slice(2)));
    else rule.set.push(readField(line));
    if (Math.max(rule?.set.length ?? 0, rule?.unset.length ?? 0) > limits.siteHeadersPerRule) {
      throw refuse(line, `it is one of more than ${limits.siteHeadersPerRule} fields of one path`);
    }
  }
  if (rules.length > limits.siteHeaderRules) throw tooMany(HEADERS_FILE, "paths", limits.siteHeaderRules);
  return rules;
}

function readField(line: Line): { name: string; value: string } {
  const colon = line.text.indexOf(":");
  if (colon === -1) throw refuse(line, "it is not `Name: value`");
  const name = readName(line, line.text.slice(0, colon));
  const value = line.text.slice(colon + 1).trim();
  if (!/^[\t\x20-\x7e]*$/.test(value)) throw refuse(line, "its value holds characters that a field cannot have");
  if (name === "x-content-type-options" && value.toLowerCase() !== "nosniff") {
    throw refuse(line, "a browser must not guess the type of a file");
  }
  return { name, value };
}

function readName(line: Line, text: string): string {
  const name = text.trim().toLowerCase();
  const fault = findHeaderFault(name);
  if (fault !== undefined) throw refuse(line, `its name ${fault}`);
  return name;
}

/** The pattern with its literal parts decoded, as request paths are compared. */
function readPattern(line: Line, path: string): string {
  if (/^https?:/i.test(path)) throw refuse(line, "it begins with a web address; rules are for paths of this site");
  let decoded: string;
  try {
    decoded = path.split("/").map(decodeSegment).join("/");
  } catch {
    throw refuse(line, "its path holds percent signs that do not encode a character");
  }
  const hasHidden = decoded.split(/[/*]/).length !== path.split(/[/*]/).length || /%3a/i.test(path);
  const fault = hasHidden ? "holds an encoded /, * or :" : findPatternFault(decoded);
  if (fault !== undefined) throw refuse(line, `its path ${fault}`);
  return decoded;
}

function decodeSegment(segment: string): string {
  return decodeURIComponent(segment).normalize("NFC");
}

/** The lines that say something: blank ones and comments are left out. */
function linesOf(file: string, content: string): Line[] {
  const lines: Line[] = [];
  for (const [index, raw] of content
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    // After a rule too, but not after a field, whose value may hold a #.
    const text = raw.replace(file === REDIRECTS_FILE ? /(?:^|\s)#.*$/ : /^\s*#.*$/, "").trim();
    const line = { file, line: index + 1, text, isIndented: /^[ \t]/.test(raw) };
    if (Buffer.byteLength(text) > limits.siteRuleBytes) {
      throw refuse(line, `it is longer than ${limits.siteRuleBytes} bytes`);
    }
    if (text !== "") lines.push(line);
  }
  return lines;
}

function refuse({ file, line }: Pick<Line, "file" | "line">, reason: string) {
  return fail(packagerErrors.ruleRefused, { file, line, reason });
}

function tooMany(file: string, what: string, limit: number) {
  return fail(packagerErrors.tooLarge, { what: `${what} in ${file}`, limit });
}
