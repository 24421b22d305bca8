import { type DsdnError, fail, findCandidates } from "../../base/index.ts";
import { commandErrors } from "./errors.ts";
import { globalFlags } from "./globals.ts";

// oclif does not export its parse errors; their class names and members are what tells them apart.
interface ParseFailure extends Error {
  readonly args?: unknown;
  readonly flags?: unknown;
}

// A flag of such a name would carry a secret in argv. The project has none and never echoes the value.
const SECRET_FLAG = /^--?(.*-)?(token|password|passphrase|passwd|secret|mnemonic|seed-phrase|private-key|key|share)$/i;

/** The arguments of a command by name; oclif's refusal of a choice does not say whose choice it was. */
type KnownArguments = { readonly [name: string]: { readonly options?: readonly string[] } };

/** What a command takes. */
export interface KnownWords {
  readonly args?: KnownArguments;
  readonly flags?: { readonly [name: string]: { readonly hidden?: boolean } };
}

/** Our error for a refusal of oclif's parser, or undefined when `error` is something else. */
export function toUsageError(error: unknown, command: string, known: KnownWords = {}): DsdnError | undefined {
  if (!(error instanceof Error) || !("oclif" in error)) return undefined;
  const failure: ParseFailure = error;
  switch (error.constructor.name) {
    case "NonExistentFlagsError":
      return flagUnknown(asWords(failure.flags), command, visibleFlags(known));
    case "RequiredArgsError":
      return fail(commandErrors.argumentMissing, { command, argument: asNames(failure.args) });
    case "UnexpectedArgsError":
      return fail(commandErrors.argumentUnexpected, { command, argument: quote(asWords(failure.args)) });
    case "FlagInvalidOptionError":
    case "ArgInvalidOptionError":
      return choiceInvalid(error.message, known.args ?? {});
    default:
      return otherwise(error.message, command);
  }
}

function visibleFlags({ flags = {} }: KnownWords): string[] {
  return Object.entries(flags).flatMap(([name, { hidden }]) => (hidden === true ? [] : [name]));
}

/** For words that look like flags and are none. @param known - the command's own flags, without dashes */
export function flagUnknown(words: readonly string[], command: string, known: readonly string[]): DsdnError {
  const flags = words.map((word) => word.split("=")[0] ?? "");
  const secret = flags.find((flag) => SECRET_FLAG.test(flag));
  if (secret !== undefined) return fail(commandErrors.secretInArgument, { flag: secret });
  const names = [...known, ...globalFlags.map(({ name }) => name)].map((name) => `--${name}`);
  // One dash where two belong is no reason to find nothing.
  const found = flags.flatMap((flag) => findCandidates(names, flag.replace(/^-*/, "--")));
  const candidates = [...new Set(found)].slice(0, 3).join(", ");
  return fail(commandErrors.flagUnknown, { command, flag: flags.map((flag) => shorten(flag)).join(", "), candidates });
}

function choiceInvalid(message: string, known: KnownArguments): DsdnError {
  const [, name = "?", value = "?", expected = "?"] =
    /^Expected (?:(--[^=]+)=)?([\s\S]*) to be one of: ([^\n]*)/.exec(message) ?? [];
  const [argument = "?"] = Object.entries(known).find(([, { options }]) => options?.join(", ") === expected) ?? [];
  return fail(commandErrors.valueInvalid, {
    name: name === "?" ? `<${argument}>` : name,
    value: `'${shorten(value)}'`,
    expected,
  });
}

function otherwise(message: string, command: string): DsdnError {
  const [, flag] = /^Flag (--?[\w-]+) expects (?:a value|one of these values)/.exec(message) ?? [];
  if (flag !== undefined) return fail(commandErrors.argumentMissing, { command, argument: `${flag} <value>` });
  const reason = message.replace(/\nSee more help with --help$/, "").replace(/^The following errors? occurred:\s*/, "");
  const lines = reason.split("\n").map((line) => line.trim());
  return fail(commandErrors.flagInvalid, { command, reason: shorten(lines.join("; "), 400) });
}

function asWords(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function asNames(value: unknown): string {
  if (!Array.isArray(value)) return "?";
  return value.map((arg: { name?: unknown }) => `<${String(arg.name)}>`).join(" ");
}

function quote(words: readonly string[]): string {
  const shown = words.slice(0, 3).map((word) => `'${shorten(word)}'`);
  return words.length > 3 ? `${shown.join(", ")} ... (${words.length})` : shown.join(", ");
}

function shorten(text: string, length = 80): string {
  return text.length > length ? `${text.slice(0, length - 3)}...` : text;
}
