import type { Block, CommandResult } from "../ui/index.ts";
import {
  completionNodes,
  completionShells,
  listNames,
  nameKinds,
  writeCompletion,
} from "./framework/completion/index.ts";
import { BaseCommand, type CommandTexts, textArg, textFlag } from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Completion = Summary<"completion">;

/** Prints a script that teaches a shell the words of this program. */
export default class CompletionCommand extends BaseCommand<Completion> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Print the completion script of a shell.", id: "Cetak skrip pelengkapan otomatis untuk shell." },
    description: {
      en: "The script completes commands, flags and their values, and asks for the names of your deployments, objects and networks when they are needed.",
      id: "Skripnya melengkapi perintah, flag dan nilainya, serta menanyakan nama deployment, objek, dan jaringan Anda saat diperlukan.",
    },
    examples: [
      {
        command: "completion bash > ~/.local/share/bash-completion/completions/dsdn",
        text: { en: "Install it for bash.", id: "Pasang untuk bash." },
      },
      {
        command: "completion zsh > ~/.zsh/completions/_dsdn",
        text: { en: "For zsh, in a folder of $fpath.", id: "Untuk zsh, di folder yang ada di $fpath." },
      },
      {
        command: "completion fish > ~/.config/fish/completions/dsdn.fish",
        text: { en: "For fish.", id: "Untuk fish." },
      },
      {
        command: "completion powershell >> $PROFILE",
        text: { en: "For PowerShell.", id: "Untuk PowerShell." },
      },
    ],
  };
  static override readonly args = {
    shell: textArg({
      required: true,
      options: [...completionShells],
      text: { en: "The shell.", id: "Shell-nya." },
    }),
  };
  static override readonly flags = {
    // Asked by the scripts themselves.
    names: textFlag({ hidden: true, options: [...nameKinds] }),
  };

  async run(): Promise<CommandResult<Completion> | undefined> {
    const { args, flags } = await this.parse(CompletionCommand);
    if (flags.names !== undefined) {
      for (const name of await listNames(this.context, flags.names)) this.ui.item({ name }, name);
      return undefined;
    }
    const script = writeCompletion(args.shell, completionNodes(this.manifest, this.ui.language));
    return { summary: { shell: args.shell, script }, details: { commands: this.manifest.commands.length }, audit: [] };
  }

  protected override view({ script }: Completion): readonly Block[] {
    return [...script.split("\n"), { essential: script }];
  }
}
