import { escapeForTerminal, fail } from "../../base/index.ts";
import { commandErrors } from "./errors.ts";

/** Longest text a flag or argument may carry, in UTF-8 bytes. */
export const MAX_TEXT_BYTES = 4096;
const MAX_NAME_BYTES = 255;

// What Node makes of bytes that are no UTF-8: the original is lost, so guessing would name another file.
const REPLACEMENT = "\ufffd";

function refuse(name: string, input: string, expected: string): never {
  const value = input.length > 80 ? `${input.slice(0, 77)}...` : input;
  throw fail(commandErrors.valueInvalid, { name, value: `'${value}'`, expected });
}

/**
 * A whole number in plain decimal digits.
 *
 * @param name - how the user knows the value, such as `--replicas`.
 * @throws DSDN_COMMANDS_VALUE_INVALID for signs, fractions, exponents, hexadecimal, other scripts' digits, and
 *   anything outside `min`..`max` (0..2^53-1 unless said).
 */
export function parseWholeNumber(name: string, input: string, range: { min?: number; max?: number } = {}): number {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = range;
  const value = /^(0|[1-9][0-9]{0,15})$/.test(input) ? Number(input) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < min || value > max) refuse(name, input, `0-9: ${min} .. ${max}`);
  return value;
}

/** The part of a share link after the # is a secret. @throws DSDN_COMMANDS_SECRET_IN_ARGUMENT */
function refuseLink(name: string, input: string): void {
  if (/\/links\/[a-z2-7]{26}#/.test(input)) throw fail(commandErrors.secretInArgument, { flag: name });
}

const DURATION_MS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration such as `500ms`, `30s`, `15m`, `12h`, `7d`. @returns milliseconds, at most ten years. */
export function parseDuration(name: string, input: string): number {
  const [, digits = "", unit = ""] = /^([0-9]{1,12})(ms|s|m|h|d)$/.exec(input) ?? [];
  const durationMs = Number(digits) * (DURATION_MS[unit] ?? Number.NaN);
  if (digits === "" || !(durationMs <= 3650 * 86_400_000)) refuse(name, input, "500ms | 30s | 15m | 12h | 7d");
  return durationMs;
}

const SIZE_BYTES: { readonly [unit: string]: number } = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
  TIB: 1024 ** 4,
};

/** An amount of data such as `500MB`, `10GB`, `2GiB`. @returns bytes. @throws DSDN_COMMANDS_VALUE_INVALID */
export function parseSize(name: string, input: string): number {
  const [, digits = "", unit = ""] = /^([0-9]{1,12})([KMGT]?i?B)$/i.exec(input) ?? [];
  const sizeBytes = Number(digits) * (SIZE_BYTES[unit.toUpperCase()] ?? Number.NaN);
  if (digits === "" || !Number.isSafeInteger(sizeBytes)) refuse(name, input, "500MB | 10GB | 2GiB");
  return sizeBytes;
}

/** The text itself when it is safe to keep and to show. @throws DSDN_COMMANDS_VALUE_INVALID */
export function checkText(name: string, input: string): string {
  refuseLink(name, input);
  if (input === "" || Buffer.byteLength(input) > MAX_TEXT_BYTES) refuse(name, input, `1 .. ${MAX_TEXT_BYTES} byte`);
  if (input.includes(REPLACEMENT)) refuse(name, input, "UTF-8");
  // Control and direction characters could steer a terminal or make one name look like another.
  if (escapeForTerminal(input) !== input) refuse(name, input, "plain text");
  return input;
}

/** A name the network keeps: 1..255 bytes of visible text that no tool mistakes for a flag or a path. */
export function parseName(name: string, input: string): string {
  checkText(name, input);
  const isSafe = !/^[-.]|[/\\]|^\s|\s$/.test(input) && Buffer.byteLength(input) <= MAX_NAME_BYTES;
  if (!isSafe) refuse(name, input, `1 .. ${MAX_NAME_BYTES} byte, no / \\, no leading - or .`);
  return input.normalize("NFC");
}

/** A path as the user typed it. Control characters are legal in file names and are only escaped when shown. */
export function parsePath(name: string, input: string): string {
  refuseLink(name, input);
  if (input === "" || Buffer.byteLength(input) > MAX_TEXT_BYTES) refuse(name, input, `1 .. ${MAX_TEXT_BYTES} byte`);
  if (input.includes("\u0000")) refuse(name, input, "a path without NUL");
  if (input.includes(REPLACEMENT)) refuse(name, input, "UTF-8");
  return input;
}

/** An http or https address without user name or password, which would show in process lists and logs. */
export function parseUrl(name: string, input: string): string {
  checkText(name, input);
  const url = URL.parse(input);
  if (url !== null && (url.username !== "" || url.password !== "")) {
    throw fail(commandErrors.secretInArgument, { flag: name });
  }
  if (url === null || !["http:", "https:"].includes(url.protocol)) refuse(name, input, "http://... | https://...");
  return input;
}

/** The origin of web pages, `https://app.example`. Never `null`, which every sandboxed page is. */
export function parseOrigin(name: string, input: string): string {
  const url = URL.parse(parseUrl(name, input));
  if (url?.origin !== input) refuse(name, input, "https://<host>[:<port>]");
  return input;
}

/** A root of 32 bytes in hex, with or without 0x. @returns 64 lower-case digits */
export function parseRoot(name: string, input: string): string {
  const root = input.replace(/^0x/i, "").toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(root)) refuse(name, input, "0-9 a-f: 64");
  return root;
}

/** Bytes `first-last` or `first-` of a file. @throws DSDN_COMMANDS_VALUE_INVALID */
export function parseRange(name: string, text: string): { offset: number; length: number | undefined } {
  const match = /^(\d{1,15})-(\d{0,15})$/.exec(text);
  const [first, last] = [Number(match?.[1]), match?.[2] === "" ? undefined : Number(match?.[2])];
  if (match === null || (last !== undefined && last < first)) {
    refuse(name, text, "0-1023 | 1024-");
  }
  return { offset: first, length: last === undefined ? undefined : last - first + 1 };
}

/** A name that stands in an address: 1..32 lower-case letters, digits and single hyphens. @throws DSDN_COMMANDS_VALUE_INVALID */
export function parseSiteName(name: string, input: string): string {
  if (input.length <= SITE_NAME_CHARS && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(input)) return input;
  return refuse(name, input, `1 .. ${SITE_NAME_CHARS} a-z 0-9 -`);
}

const SITE_NAME_CHARS = 32;
