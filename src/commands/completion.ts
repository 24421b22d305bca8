import type { Block, CommandResult } from "../ui/index.ts";
import { BaseCommand, type CommandTexts, textArg } from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Completion = Summary<"completion">;

/** Prints a script that teaches a shell the words of this program. */
export default class CompletionCommand extends BaseCommand<Completion> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Print the completion script of a shell.", id: "Cetak skrip pelengkapan otomatis untuk shell." },
    examples: [
      {
        command: "completion bash > ~/.local/share/bash-completion/completions/dsdn",
        text: { en: "Install it for bash.", id: "Pasang untuk bash." },
      },
    ],
  };
  static override readonly args = {
    shell: textArg({
      required: true,
      options: ["bash", "zsh", "fish"],
      text: { en: "The shell.", id: "Shell-nya." },
    }),
  };

  async run(): Promise<CommandResult<Completion>> {
    const { args } = await this.parse(CompletionCommand);
    const words = this.#wordsByPrefix();
    const script = args.shell === "fish" ? writeFish(words) : writeBash(words, args.shell === "zsh");
    return { summary: { shell: args.shell, script }, details: { commands: this.manifest.commands.length }, audit: [] };
  }

  protected override view({ script }: Completion): readonly Block[] {
    return [...script.split("\n"), { essential: script }];
  }

  // What may follow each run of command words: "" -> dev, upload; "dev" -> start, stop; "upload" -> its flags.
  #wordsByPrefix(): Map<string, string[]> {
    const words = new Map<string, string[]>();
    const add = (prefix: string, word: string) => {
      const known = words.get(prefix) ?? [];
      if (!known.includes(word)) words.set(prefix, [...known, word]);
    };
    for (const { id, flags } of this.manifest.commands) {
      const parts = id.split(" ");
      for (const [index, part] of parts.entries()) add(parts.slice(0, index).join(" "), part);
      for (const flag of flags) add(id, `--${flag.name}`);
    }
    return words;
  }
}

/** Commands whose next word is the name of a network. */
const NETWORK_WORDS = ["network use", "network remove", "network test"];

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are the shell's own variables */
function writeBash(words: Map<string, string[]>, isZsh: boolean): string {
  const cases = [...words].map(([prefix, next]) => `    "${prefix}") words="${next.join(" ")}" ;;`);
  return [
    ...(isZsh ? ["autoload -U +X bashcompinit && bashcompinit"] : []),
    "_dsdn() {",
    '  local prefix="" word words="" index=1',
    "  while [ $index -lt $COMP_CWORD ]; do",
    '    word="${COMP_WORDS[$index]}"',
    '    case "$word" in -*) ;; *) prefix="${prefix:+$prefix }$word" ;; esac',
    "    index=$((index + 1))",
    "  done",
    '  case "$prefix" in',
    ...cases,
    "  esac",
    // Names of networks are the user's own, so they are asked for when they are needed.
    '  case "${COMP_WORDS[$((COMP_CWORD - 1))]} $prefix" in',
    `    "--network "*|*" ${NETWORK_WORDS.join('"|*" ')}") words="$(dsdn network list --quiet 2>/dev/null)" ;;`,
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[$COMP_CWORD]}"))',
    "}",
    "complete -o default -F _dsdn dsdn deai-cli",
  ].join("\n");
}

/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: the shell text ends here */

function writeFish(words: Map<string, string[]>): string {
  const names = '"(dsdn network list --quiet 2>/dev/null)"';
  const named = NETWORK_WORDS.map((command) => command.split(" ")[1]).join(" ");
  const isNamed = `__fish_seen_subcommand_from network; and __fish_seen_subcommand_from ${named}`;
  const networks = [`complete -c dsdn -l network -x -a ${names}`, `complete -c dsdn -n "${isNamed}" -f -a ${names}`];
  const lines = [...words].map(([prefix, next]) => {
    const condition =
      prefix === "" ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${prefix.split(" ").at(-1)}`;
    return `complete -c dsdn -n "${condition}" -a "${next.join(" ")}"`;
  });
  return [...lines, ...networks].join("\n");
}
