import type { Language } from "../../../base/index.ts";
import { padTo, type Style, type Text, widthOf, wrap } from "../../../ui/index.ts";
import { type GlobalFlag, globalFlags } from "../globals.ts";
import type { ArgumentEntry, CommandEntry, FlagEntry, Manifest } from "../manifest.ts";
import { type CommandGroup, commandGroups, groupOf } from "./command-groups.ts";

/** How help is written. */
export interface HelpOptions {
  readonly language: Language;
  readonly columns: number;
  readonly style: Style;
}

const titles = {
  usage: { en: "Usage", id: "Pemakaian" },
  commands: { en: "Commands", id: "Perintah" },
  args: { en: "Arguments", id: "Argumen" },
  flags: { en: "Flags", id: "Flag" },
  globals: { en: "Flags of every command", id: "Flag semua perintah" },
  examples: { en: "Examples", id: "Contoh" },
  call: { en: "<command> [arguments] [flags]", id: "<perintah> [argumen] [flag]" },
  flagWord: { en: "flags", id: "flag" },
  choices: { en: "one of", id: "salah satu dari" },
  standard: { en: "default", id: "bawaan" },
  required: { en: "required", id: "wajib" },
  more: {
    en: "'dsdn <command> --help' explains a command, with examples.",
    id: "'dsdn <perintah> --help' menjelaskan sebuah perintah, dengan contoh.",
  },
  about: {
    en: "dsdn - storage, compute and a devnet of a network you can verify by replaying its log",
    id: "dsdn - penyimpanan, komputasi, dan devnet dari jaringan yang dapat Anda verifikasi dengan memutar ulang lognya",
  },
} as const satisfies { [name: string]: Text };

/** The overview: what belongs together under one heading; the commands of a topic share a line. */
export function writeOverview(manifest: Manifest, options: HelpOptions): string[] {
  const { language } = options;
  return [
    ...wrap(titles.about[language], options.columns),
    "",
    heading(titles.usage, options),
    `  dsdn ${titles.call[language]}`,
    ...layGroups(manifest, options),
    "",
    heading(titles.globals, options),
    ...layRows(
      globalFlags.map((flag) => globalRow(flag, language)),
      options,
    ),
    "",
    ...wrap(titles.more[language], options.columns),
  ];
}

function layGroups(manifest: Manifest, options: HelpOptions): string[] {
  const words = [...new Set(manifest.commands.map(({ id }) => id.split(" ")[0] ?? ""))];
  const width = Math.max(...words.map(widthOf));
  return commandGroups.flatMap((group) => {
    const own = words.filter((word) => groupOf(word) === group);
    const ordered = own.toSorted((left, right) => place(group, left) - place(group, right));
    const rows = ordered.map((word) => [padTo(word, width), describeWord(word, manifest, options.language)] as const);
    return rows.length === 0 ? [] : ["", heading(group.heading, options), ...layRows(rows, options)];
  });
}

/** The order of the group; what it does not name comes last. */
function place({ words }: CommandGroup, word: string): number {
  return words.includes(word) ? words.indexOf(word) : words.length;
}

function describeWord(word: string, manifest: Manifest, language: Language): string {
  const entry = manifest.commands.find(({ id }) => id === word);
  const below = manifest.commands
    .filter(({ id }) => id.startsWith(`${word} `))
    .map(({ id }) => id.slice(word.length + 1));
  const text = (entry?.summary ?? manifest.topics[word])?.[language] ?? "";
  return below.length === 0 ? text : `${text} (${below.join(", ")})`;
}

/** The commands of one topic, such as `dev`. */
export function writeTopic(topic: string, manifest: Manifest, options: HelpOptions): string[] {
  const about = manifest.topics[topic]?.[options.language];
  const rows = manifest.commands
    .filter((entry) => entry.id.startsWith(`${topic} `))
    .map((entry) => [entry.id, entry.summary[options.language]] as const);
  return [
    ...(about === undefined ? [] : [...wrap(about, options.columns), ""]),
    heading(titles.commands, options),
    ...layRows(rows, options),
    "",
    ...wrap(titles.more[options.language], options.columns),
  ];
}

/** Everything about one command. */
export function writeCommand(entry: CommandEntry, options: HelpOptions): string[] {
  const { language } = options;
  const args = entry.args.map((arg) => [arg.name, describeArgument(arg, language)] as const);
  const flags = entry.flags.map((flag) => [flagLabel(flag), describeFlag(flag, language)] as const);
  const examples = entry.examples.flatMap((example) => [
    ...wrap(`  ${options.style.dim(`# ${example.text[language]}`)}`, options.columns, "  "),
    `  $ dsdn ${example.command}`,
  ]);
  return [
    ...wrap(entry.summary[language], options.columns),
    ...(entry.description === undefined ? [] : ["", ...wrap(entry.description[language], options.columns)]),
    "",
    heading(titles.usage, options),
    ...wrap(
      `  dsdn ${[entry.id, ...entry.args.map(argumentLabel)].join(" ")} [${titles.flagWord[language]}]`,
      options.columns,
      "    ",
    ),
    ...section(titles.args, layRows(args, options), options),
    ...section(titles.flags, layRows(flags, options), options),
    ...section(titles.examples, examples, options),
    ...section(
      titles.globals,
      layRows(
        globalFlags.map((flag) => globalRow(flag, language)),
        options,
      ),
      options,
    ),
  ];
}

function heading(title: Text, options: HelpOptions): string {
  return options.style.bold(title[options.language]);
}

function section(title: Text, lines: readonly string[], options: HelpOptions): string[] {
  return lines.length === 0 ? [] : ["", heading(title, options), ...lines];
}

/** A longer label stands on a line of its own. */
const LABEL_COLUMNS = 30;

function layRows(rows: readonly (readonly [string, string])[], options: HelpOptions): string[] {
  const width = Math.max(0, ...rows.map(([label]) => widthOf(label)).filter((label) => label <= LABEL_COLUMNS));
  return rows.flatMap(([label, text]) => {
    const isNarrow = options.columns < width + 30;
    const lines = wrap(text, Math.max(16, options.columns - (isNarrow ? 6 : width + 4)));
    if (isNarrow) return [`  ${label}`, ...lines.map((line) => `      ${line}`)];
    if (widthOf(label) > width) return [`  ${label}`, ...lines.map((line) => `  ${padTo("", width)}  ${line}`)];
    return lines.map((line, index) => `  ${padTo(index === 0 ? label : "", width)}  ${line}`);
  });
}

function argumentLabel(arg: ArgumentEntry): string {
  const name = arg.isMultiple ? `${arg.name}...` : arg.name;
  return arg.isRequired ? `<${name}>` : `[${name}]`;
}

function describeArgument(arg: ArgumentEntry, language: Language): string {
  return [arg.text[language], choicesOf(arg.choices, language)].filter((part) => part !== "").join(" ");
}

function flagLabel(flag: FlagEntry): string {
  const value = flag.takesValue ? ` <${flag.choices?.join("|") ?? "value"}>` : "";
  return `${flag.char === undefined ? "    " : `-${flag.char}, `}--${flag.name}${value}`;
}

function describeFlag(flag: FlagEntry, language: Language): string {
  const remarks = [
    ...(flag.isRequired ? [titles.required[language]] : []),
    ...(flag.default === undefined ? [] : [`${titles.standard[language]}: ${flag.default}`]),
  ];
  return remarks.length === 0 ? flag.text[language] : `${flag.text[language]} (${remarks.join(", ")})`;
}

function choicesOf(choices: readonly string[] | undefined, language: Language): string {
  return choices === undefined ? "" : `(${titles.choices[language]}: ${choices.join(", ")})`;
}

function globalRow(flag: GlobalFlag, language: Language): readonly [string, string] {
  const label = `${flag.char === undefined ? "    " : `-${flag.char}, `}--${flag.name}`;
  return [flag.value === undefined ? label : `${label} <${flag.value}>`, flag.text[language]];
}
