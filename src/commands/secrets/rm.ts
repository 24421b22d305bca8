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
  done: { en: "No longer a secret of {name}: {names}.", id: "Bukan lagi rahasia {name}: {names}." },
} as const;

/** Takes secrets of a deployment away. */
export default class SecretsRmCommand extends BaseCommand<SettingsChanged> {
  static override readonly strict = false;
  static override readonly texts: CommandTexts = {
    summary: { en: "Take secrets of a deployment away.", id: "Hapus rahasia sebuah deployment." },
    description: {
      en: "It makes a new version without them. Versions before keep what was sealed in them: change a secret that has leaked where it is used, too.",
      id: "Ini membuat versi baru tanpa rahasia itu. Versi lama tetap menyimpan segelnya: rahasia yang bocor harus diganti juga di tempat pemakaiannya.",
    },
    examples: [{ command: "secrets rm shop API_KEY", text: { en: "One of them.", id: "Salah satunya." } }],
  };
  static override readonly args = {
    deployment: deploymentArg(),
    name: textArg({ required: true, text: { en: "Names of the secrets.", id: "Nama rahasia." } }),
  };
  static override readonly flags = { "no-wait": noWaitFlag, "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<SettingsChanged>> {
    const { args, flags, argv } = await this.parse(SecretsRmCommand);
    const summary = await removeSettings(this.context, "secrets", {
      name: args.deployment,
      names: argv.slice(1).map(String),
      isWaiting: !flags["no-wait"],
      passphraseFile: flags["passphrase-file"],
    });
    return { summary, details: {}, audit: [{ step: "seal and submit", workload: summary.workload }] };
  }

  protected override view(summary: SettingsChanged, say: Say): readonly Block[] {
    const done = say(texts.done, { names: summary.names.join(", "), name: summary.name });
    return drawSettingsChange(summary, { say, done });
  }
}
