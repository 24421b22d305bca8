import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  deploymentArg,
  drawSettingsChange,
  noWaitFlag,
  passphraseFileFlag,
  removeSettings,
  type SettingsChanged,
  textArg,
} from "../framework/index.ts";

const texts = {
  done: { en: "No longer set for {name}: {names}.", id: "Tidak lagi ditetapkan untuk {name}: {names}." },
} as const;

/** Takes plain environment values of a deployment away. */
export default class EnvUnsetCommand extends BaseCommand<SettingsChanged> {
  static override readonly strict = false;
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Take environment values of a deployment away.",
      id: "Hapus nilai lingkungan sebuah deployment.",
    },
    examples: [{ command: "env unset shop COLOUR", text: { en: "One of them.", id: "Salah satunya." } }],
  };
  static override readonly args = {
    deployment: deploymentArg(),
    name: textArg({ required: true, text: { en: "Names of the values.", id: "Nama nilai." } }),
  };
  static override readonly flags = { "no-wait": noWaitFlag, "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<SettingsChanged>> {
    const { args, flags, argv } = await this.parse(EnvUnsetCommand);
    const summary = await removeSettings(this.context, "env", {
      name: args.deployment,
      names: argv.slice(1).map(String),
      isWaiting: !flags["no-wait"],
      passphraseFile: flags["passphrase-file"],
    });
    return { summary, details: {}, audit: [{ step: "submit", workload: summary.workload }] };
  }

  protected override view(summary: SettingsChanged, say: Say): readonly Block[] {
    const done = say(texts.done, { names: summary.names.join(", "), name: summary.name });
    return drawSettingsChange(summary, { say, done });
  }
}
