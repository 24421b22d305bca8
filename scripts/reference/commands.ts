// docs/<language>/api-reference/commands: every command with its arguments, flags, examples and its --json answer.
import { globalFlags } from "../../src/commands/framework/globals.ts";
import type { ArgumentEntry, CommandEntry, FlagEntry, Manifest } from "../../src/commands/framework/manifest.ts";
import {
  isDescribed,
  isStreaming,
  lineSchema,
  summarySchemas,
  toJsonSchema,
} from "../../src/commands/framework/schemas/index.ts";
import type { z } from "../../src/protocol/index.ts";
import { type CommandGroup, commandGroups, groupOf } from "./command-groups.ts";
import { listMembers } from "./json-members.ts";
import { code, join, type Language, type Page, prose, table } from "./markdown.ts";

const words = {
  title: { en: "Commands", id: "Perintah" },
  about: {
    en: "Every command of `dsdn`, as `dsdn <command> --help` explains it. With `--json` a command prints one document `{summary, details, audit}`; the members of `summary` stand with each command, and `dsdn schema <command>` prints the whole JSON Schema. How a command ends is told by its exit code: see [troubleshooting](../../troubleshooting/index.md#exit-codes).",
    id: "Semua perintah `dsdn`, seperti dijelaskan `dsdn <perintah> --help`. Dengan `--json`, perintah mencetak satu dokumen `{summary, details, audit}`; anggota `summary` tercantum pada tiap perintah, dan `dsdn schema <perintah>` mencetak JSON Schema lengkapnya. Hasil akhir perintah dinyatakan kode keluarnya: lihat [pemecahan masalah](../../troubleshooting/index.md#kode-keluar).",
  },
  groupAbout: {
    en: "How to read an entry, and the flags of every command: [all commands](index.md).",
    id: "Cara membaca entri, dan flag milik semua perintah: [semua perintah](index.md).",
  },
  globals: { en: "Flags of every command", id: "Flag semua perintah" },
  command: { en: "command", id: "perintah" },
  does: { en: "does", id: "kegunaan" },
  args: { en: "argument", id: "argumen" },
  flag: { en: "flag", id: "flag" },
  meaning: { en: "meaning", id: "arti" },
  required: { en: "Required.", id: "Wajib." },
  choices: { en: "One of", id: "Salah satu dari" },
  standard: { en: "Default", id: "Bawaan" },
  flags: { en: "flags", id: "flag" },
  member: { en: "member of `summary`", id: "anggota `summary`" },
  type: { en: "type", id: "tipe" },
  lineMember: { en: "member of a line", id: "anggota satu baris" },
  lines: {
    en: "It answers with lines as they come; under `--json` each is one JSON object.",
    id: "Jawabannya berupa baris yang datang satu per satu; dengan `--json` tiap baris adalah satu objek JSON.",
  },
  empty: { en: "`summary` has no members.", id: "`summary` tidak punya anggota." },
} as const;

/** The pages of one language. */
export function writeCommands(manifest: Manifest, language: Language): Page[] {
  const groups = Map.groupBy(manifest.commands, ({ id }) => groupOf(id));
  const shown = commandGroups.filter((group) => groups.has(group));
  const pages = shown.map((group) => ({
    path: `api-reference/commands/${group.name}.md`,
    text: writeGroup(group, inOrder(group, groups.get(group) ?? []), language),
  }));
  const index = join([
    `# ${words.title[language]}`,
    words.about[language],
    ...shown.flatMap((group) => [
      `## ${group.title[language]}`,
      table(
        [words.command[language], words.does[language]],
        inOrder(group, groups.get(group) ?? []).map(({ id, summary }) => [
          `[${code(`dsdn ${id}`)}](${group.name}.md#${anchorOf(id)})`,
          prose(summary[language]),
        ]),
      ),
    ]),
    `## ${words.globals[language]}`,
    table(
      [words.flag[language], words.meaning[language]],
      globalFlags.map(({ name, char, value, text }) => [
        code(`${char === undefined ? "" : `-${char}, `}--${name}${value === undefined ? "" : ` <${value}>`}`),
        prose(text[language]),
      ]),
    ),
  ]);
  return [{ path: "api-reference/commands/index.md", text: index }, ...pages];
}

/** First words as the group has them, then as the manifest does. */
function inOrder({ words: first }: CommandGroup, entries: readonly CommandEntry[]): CommandEntry[] {
  const place = ({ id }: CommandEntry) => first.indexOf(id.split(" ")[0] ?? "");
  return entries.toSorted((left, right) => place(left) - place(right));
}

function writeGroup(group: CommandGroup, entries: readonly CommandEntry[], language: Language): string {
  const all = entries.flatMap((entry) => writeCommand(entry, language));
  return join([`# ${group.title[language]}`, words.groupAbout[language], ...all]);
}

function writeCommand(entry: CommandEntry, language: Language): (string | readonly string[])[] {
  const { id, summary, description, args, flags, examples } = entry;
  const usage = [`dsdn ${id}`, ...args.map(labelOf), ...(flags.length === 0 ? [] : [`[${words.flags[language]}]`])];
  const shown = examples.flatMap(({ command, text }) => [`# ${text[language]}`, `dsdn ${command}`]);
  const heads = { args: words.args[language], flag: words.flag[language], meaning: words.meaning[language] };
  return [
    `## dsdn ${id}`,
    prose(summary[language]),
    ...(description === undefined ? [] : [prose(description[language])]),
    ["```text", usage.join(" "), "```"],
    ...(args.length === 0 ? [] : [table([heads.args, heads.meaning], args.map(argumentRow(language)))]),
    ...(flags.length === 0 ? [] : [table([heads.flag, heads.meaning], flags.map(flagRow(language)))]),
    ...(shown.length === 0 ? [] : [["```sh", ...shown, "```"]]),
    ...writeAnswer(id, language),
  ];
}

function writeAnswer(id: string, language: Language): (string | readonly string[])[] {
  const rows = (schema: z.ZodType) =>
    listMembers(toJsonSchema(schema)).map(({ path, type }) => [code(path), code(type)]);
  if (isStreaming(id)) {
    const lines = table([words.lineMember[language], words.type[language]], rows(lineSchema(id)));
    return [words.lines[language], lines];
  }
  if (!isDescribed(id)) return [];
  const members = rows(summarySchemas[id]);
  return [
    members.length === 0 ? words.empty[language] : table([words.member[language], words.type[language]], members),
  ];
}

function labelOf({ name, isRequired, isMultiple }: ArgumentEntry): string {
  const label = `<${name}>${isMultiple ? "..." : ""}`;
  return isRequired ? label : `[${label}]`;
}

function argumentRow(language: Language) {
  return (argument: ArgumentEntry) => [code(argument.name), describe(argument, language)];
}

function flagRow(language: Language) {
  return (flag: FlagEntry) => {
    const label = `${flag.char === undefined ? "" : `-${flag.char}, `}--${flag.name}${flag.takesValue ? " <value>" : ""}`;
    return [code(label), describe(flag, language)];
  };
}

function describe(entry: ArgumentEntry | FlagEntry, language: Language): string {
  const standard = "default" in entry ? entry.default : undefined;
  return [
    prose(entry.text[language]),
    ...(entry.isRequired && !("isMultiple" in entry) ? [words.required[language]] : []),
    ...(entry.choices === undefined ? [] : [`${words.choices[language]}: ${entry.choices.map(code).join(", ")}.`]),
    ...(standard === undefined ? [] : [`${words.standard[language]}: ${code(standard)}.`]),
  ].join(" ");
}

function anchorOf(id: string): string {
  return `dsdn-${id.replaceAll(" ", "-")}`;
}
