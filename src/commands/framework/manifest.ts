import type { Text } from "../../ui/index.ts";

/** What the help, the completion and the dispatcher know about a command without loading it. */
export interface CommandEntry {
  /** The words that call it: `upload`, `dev start`. */
  readonly id: string;
  /** Module in the folder of the bundle; absent for `help` and `version`, which need none. */
  readonly file?: string;
  readonly summary: Text;
  readonly description?: Text;
  readonly examples: readonly CommandExample[];
  readonly args: readonly ArgumentEntry[];
  readonly flags: readonly FlagEntry[];
}

export interface CommandExample {
  /** Without the leading `dsdn`. */
  readonly command: string;
  readonly text: Text;
}

export interface ArgumentEntry {
  readonly name: string;
  readonly text: Text;
  readonly isRequired: boolean;
  readonly isMultiple: boolean;
  readonly choices?: readonly string[];
}

export interface FlagEntry {
  readonly name: string;
  readonly char?: string;
  readonly text: Text;
  readonly takesValue: boolean;
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly isRequired: boolean;
}

/** The commands of the program, written at build time from their classes. */
export interface Manifest {
  readonly version: string;
  readonly commands: readonly CommandEntry[];
  /** First words that group commands, such as `dev`. */
  readonly topics: { readonly [topic: string]: Text };
}

/** The commands that need no module. */
export const builtinCommands: readonly CommandEntry[] = [
  {
    id: "help",
    summary: { en: "Show help for a command.", id: "Tampilkan bantuan untuk sebuah perintah." },
    examples: [
      { command: "help deploy", text: { en: "Of one command.", id: "Untuk satu perintah." } },
      { command: "help dev", text: { en: "Of a group of commands.", id: "Untuk sekelompok perintah." } },
    ],
    args: [
      {
        name: "command",
        text: { en: "Command to explain.", id: "Perintah yang dijelaskan." },
        isRequired: false,
        isMultiple: true,
      },
    ],
    flags: [],
  },
  {
    id: "version",
    summary: { en: "Show the version.", id: "Tampilkan versi." },
    examples: [{ command: "version -v", text: { en: "With that of Node.js.", id: "Beserta versi Node.js." } }],
    args: [],
    flags: [],
  },
];

/** The entry whose id is the longest run of leading words, or undefined. */
export function findCommand(manifest: Manifest, words: readonly string[]): CommandEntry | undefined {
  let best: CommandEntry | undefined;
  for (const entry of manifest.commands) {
    const parts = entry.id.split(" ");
    const isLonger = best === undefined || parts.length > best.id.split(" ").length;
    if (isLonger && parts.every((part, index) => part === words[index])) best = entry;
  }
  return best;
}
