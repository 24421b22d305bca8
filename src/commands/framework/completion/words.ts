import type { Language } from "../../../base/index.ts";
import { globalFlags } from "../globals.ts";
import type { ArgumentEntry, CommandEntry, FlagEntry, Manifest } from "../manifest.ts";

/** Names that only the user's machine or network knows; asked for when they are needed. */
export const nameKinds = ["deployments", "networks", "objects", "codes", "commands"] as const;
export type NameKind = (typeof nameKinds)[number];

/** What may stand at one place of a command line. */
export type Values =
  /** A file or anything else: the shell's own completion. */
  | { readonly kind: "any" }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "names"; readonly names: NameKind };

export interface CompletionFlag {
  /** Without dashes. */
  readonly name: string;
  readonly char: string | undefined;
  readonly text: string;
  /** Undefined for a flag without a value. */
  readonly values: Values | undefined;
}

/** What may follow some words of the program: `""`, `dev`, `dev start`. */
export interface CompletionNode {
  readonly prefix: string;
  readonly next: readonly { readonly word: string; readonly text: string }[];
  /** Its own flags, then those of every command. */
  readonly flags: readonly CompletionFlag[];
  /** By position; the last stands for all that follow when it may be repeated. */
  readonly args: readonly Values[];
  readonly isLastRepeated: boolean;
}

/** The commands the scripts complete; both names of the program. */
export const programNames = ["dsdn", "deai-cli"] as const;

/** Everything a shell can complete, from the manifest. @returns sorted by prefix, "" first */
export function completionNodes(manifest: Manifest, language: Language): CompletionNode[] {
  const globals = globalFlags.map(
    ({ name, char, value, text }): CompletionFlag => ({
      name,
      char,
      text: text[language],
      values: value === undefined ? undefined : globalValues(name),
    }),
  );
  const prefixes = new Set(manifest.commands.flatMap(({ id }) => ["", ...prefixesOf(id)]));
  return [...prefixes].sort().map((prefix) => {
    const entry = manifest.commands.find(({ id }) => id === prefix);
    const own = entry?.flags.map((flag) => toFlag(flag, language)) ?? [];
    return {
      prefix,
      next: nextWords(prefix, manifest, language),
      flags: [...own, ...globals],
      args: entry?.args.map((arg) => valuesOf(entry, arg)) ?? [],
      isLastRepeated: entry?.args.at(-1)?.isMultiple === true,
    };
  });
}

function prefixesOf(id: string): string[] {
  const words = id.split(" ");
  return words.map((_, index) => words.slice(0, index + 1).join(" "));
}

function nextWords(prefix: string, manifest: Manifest, language: Language) {
  const start = prefix === "" ? "" : `${prefix} `;
  const words = new Map<string, string>();
  for (const { id, summary } of manifest.commands) {
    if (!id.startsWith(start) || id === prefix) continue;
    const word = id.slice(start.length).split(" ")[0] ?? "";
    const isWhole = id === start + word;
    const text = isWhole ? summary[language] : (manifest.topics[start + word]?.[language] ?? "");
    if (isWhole || !words.has(word)) words.set(word, text);
  }
  return [...words].map(([word, text]) => ({ word, text }));
}

function globalValues(name: string): Values {
  if (name === "lang") return { kind: "words", words: ["en", "id"] };
  return name === "network" ? { kind: "names", names: "networks" } : { kind: "any" };
}

function toFlag({ name, char, text, takesValue, choices }: FlagEntry, language: Language): CompletionFlag {
  const values: Values = choices === undefined ? { kind: "any" } : { kind: "words", words: choices };
  return { name, char, text: text[language], values: takesValue ? values : undefined };
}

/** Which names an argument takes, by the command's words and the argument's name. */
const NAMES: readonly { readonly names: NameKind; readonly command: RegExp; readonly argument: RegExp }[] = [
  { names: "networks", command: /^network (use|remove|test)$/, argument: /./ },
  { names: "objects", command: /^(get|cat|ls|stat|share|rm)$/, argument: /^reference$/ },
  { names: "codes", command: /^explain$/, argument: /./ },
  { names: "commands", command: /^(help|schema)$/, argument: /./ },
  {
    names: "deployments",
    command: /^(status|logs|open|exec|promote|rollback|remove|versions|(alias|domains|env|secrets|jobs) \w+)$/,
    argument: /^(name|deployment)$/,
  },
];

function valuesOf({ id }: CommandEntry, { name, choices }: ArgumentEntry): Values {
  if (choices !== undefined) return { kind: "words", words: choices };
  const found = NAMES.find(({ command, argument }) => command.test(id) && argument.test(name));
  return found === undefined ? { kind: "any" } : { kind: "names", names: found.names };
}
