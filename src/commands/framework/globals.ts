import { fail, type Language, pickLanguage } from "../../base/index.ts";
import type { KeptSettings } from "../../profile/index.ts";
import type { DisclosureLevel, Terminal } from "../../ui/index.ts";
import { commandErrors } from "./errors.ts";
import { checkText, parseUrl } from "./values.ts";

/** The flags every command understands, wherever they stand before `--`. */
export interface Globals {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly level: DisclosureLevel;
  readonly language: Language;
  readonly wantsHelp: boolean;
  readonly wantsVersion: boolean;
  /** What the flags themselves said, by the setting's key: network, ingress, lang, verbosity, json. */
  readonly said: { readonly [key: string]: string | undefined };
  /** Every `--ingress`, in order; all but `network add` use the last. */
  readonly ingresses: readonly string[];
}

/** The description of one global flag, for the help. */
export interface GlobalFlag {
  readonly name: string;
  readonly char?: string;
  readonly value?: string;
  readonly text: { readonly en: string; readonly id: string };
}

export const globalFlags: readonly GlobalFlag[] = [
  { name: "json", text: { en: "Print one JSON document for programs.", id: "Cetak satu dokumen JSON untuk program." } },
  {
    name: "verbose",
    char: "v",
    text: {
      en: "Show more: -v latency and status, -vv references, -vvv the audit trail.",
      id: "Tampilkan lebih banyak: -v latensi dan status, -vv rujukan, -vvv jejak audit.",
    },
  },
  {
    name: "quiet",
    char: "q",
    text: { en: "Print only what a script needs.", id: "Cetak hanya yang diperlukan skrip." },
  },
  { name: "lang", value: "en|id", text: { en: "Language of the texts.", id: "Bahasa teks." } },
  {
    name: "network",
    value: "name",
    text: { en: "Network to talk to, by its name here.", id: "Jaringan yang dituju, menurut namanya di sini." },
  },
  {
    name: "ingress",
    value: "url",
    text: { en: "Ingress to talk to, by its address.", id: "Ingress yang dituju, menurut alamatnya." },
  },
  { name: "help", char: "h", text: { en: "Show help.", id: "Tampilkan bantuan." } },
];

/** One call may not carry more; a folder stands for any number of files. */
export const MAX_ARGUMENTS = 50_000;

const SWITCHES: { readonly [flag: string]: string } = {
  "--json": "json",
  "--quiet": "quiet",
  "-q": "quiet",
  "--help": "help",
  "-h": "help",
  "--version": "version",
  "--verbose": "v",
  "-v": "v",
  "-vv": "vv",
  "-vvv": "vvv",
};
const WITH_VALUE: readonly string[] = ["--lang", "--network", "--ingress"];

/** What holds where no flag says otherwise. */
export interface Wishes {
  readonly env: Terminal["env"];
  /** What the user keeps; nothing when that cannot be read. */
  readonly kept: KeptSettings;
}

/**
 * The language, format and level an argument list asks for, found without ever failing, so that even the refusal of
 * the list is worded right.
 */
export function guessGlobals(argv: readonly string[], wishes: Wishes): Globals {
  const scanned = scan(argv);
  const { lang } = scanned.values;
  return assemble({ ...scanned, values: { lang: isLanguage(lang) ? lang : undefined } }, wishes);
}

/**
 * Splits the global flags from an argument list.
 *
 * @returns the globals, and the rest in its order: command words, its own flags and arguments.
 * @throws DSDN_COMMANDS_TOO_MANY_ARGUMENTS, DSDN_COMMANDS_VALUE_INVALID, DSDN_COMMANDS_FLAG_INVALID,
 *   DSDN_COMMANDS_ARGUMENT_MISSING
 */
export function parseGlobals(argv: readonly string[], wishes: Wishes): { globals: Globals; rest: string[] } {
  if (argv.length > MAX_ARGUMENTS) {
    throw fail(commandErrors.tooManyArguments, { count: argv.length, limit: MAX_ARGUMENTS });
  }
  const scanned = scan(argv);
  const { values, switches, ingresses, rest, missing } = scanned;
  if (missing !== undefined) throw fail(commandErrors.argumentMissing, { command: "dsdn", argument: `${missing} ...` });
  const { lang, network } = values;
  if (lang !== undefined && !isLanguage(lang)) {
    throw fail(commandErrors.valueInvalid, { name: "--lang", value: lang, expected: "en | id" });
  }
  if (network !== undefined) checkText("--network", network);
  for (const url of ingresses) parseUrl("--ingress", url);
  const globals = assemble(scanned, wishes);
  if (switches.includes("quiet") && countVerbose(switches) > 0) {
    throw fail(commandErrors.flagInvalid, { command: "dsdn", reason: "--quiet + --verbose" });
  }
  return { globals, rest };
}

interface Scan {
  readonly switches: readonly string[];
  readonly values: { readonly [name: string]: string | undefined };
  readonly ingresses: readonly string[];
  readonly rest: string[];
  readonly missing: string | undefined;
}

function scan(argv: readonly string[]): Scan {
  const switches: string[] = [];
  const values: Record<string, string> = {};
  const ingresses: string[] = [];
  const rest: string[] = [];
  let missing: string | undefined;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    if (word === "--") {
      for (const literal of argv.slice(index)) rest.push(literal);
      break;
    }
    const name = Object.hasOwn(SWITCHES, word) ? SWITCHES[word] : undefined;
    const [flag = "", ...inline] = word.split("=");
    if (name !== undefined) {
      switches.push(name);
    } else if (WITH_VALUE.includes(flag)) {
      const value = inline.length > 0 ? inline.join("=") : argv[++index];
      if (value === undefined) missing = flag;
      else if (flag === "--ingress") ingresses.push(value);
      if (value !== undefined) values[flag.slice(2)] = value;
    } else {
      rest.push(word);
    }
  }
  return { switches, values, ingresses, rest, missing };
}

function assemble({ switches, values, ingresses }: Scan, { env, kept }: Wishes): Globals {
  const count = countVerbose(switches);
  const verbosity = switches.includes("quiet") ? "quiet" : count > 0 ? String(Math.min(3, count)) : undefined;
  const holds = verbosity ?? kept.verbosity ?? "0";
  const lang = values["lang"] ?? (env["DSDN_LANG"] ? undefined : kept.lang);
  return {
    isJson: switches.includes("json"),
    isQuiet: holds === "quiet",
    level: toLevel(holds),
    language: pickLanguage(lang, env),
    wantsHelp: switches.includes("help"),
    wantsVersion: switches.includes("version"),
    said: { ...values, verbosity, json: switches.includes("json") ? "on" : undefined },
    ingresses,
  };
}

function countVerbose(switches: readonly string[]): number {
  return switches.filter((name) => /^v+$/.test(name)).join("").length;
}

function toLevel(verbosity: string): DisclosureLevel {
  return verbosity === "3" ? 3 : verbosity === "2" ? 2 : verbosity === "1" ? 1 : 0;
}

function isLanguage(value: string | undefined): boolean {
  return value === "en" || value === "id";
}
