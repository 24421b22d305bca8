import { fail } from "../../base/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  changeSettings,
  commandErrors,
  deploymentArg,
  drawSettingsChange,
  noWaitFlag,
  openNetwork,
  passphraseFileFlag,
  type SettingsChanged,
  textArg,
} from "../framework/index.ts";

const texts = {
  done: { en: "Set for {name}: {names}.", id: "Ditetapkan untuk {name}: {names}." },
} as const;

/** Sets plain environment values of a deployment. */
export default class EnvSetCommand extends BaseCommand<SettingsChanged> {
  static override readonly strict = false;
  static override readonly texts: CommandTexts = {
    summary: { en: "Set environment values of a deployment.", id: "Tetapkan nilai lingkungan sebuah deployment." },
    description: {
      en: "Everybody can read these values: they stand on the log. For what is secret use `dsdn secrets put`. It makes a new version of the deployment; a script has them from its next run on.",
      id: "Nilai ini dapat dibaca siapa saja: tercatat di log. Untuk yang rahasia pakai `dsdn secrets put`. Ini membuat versi baru; skrip memakainya mulai run berikutnya.",
    },
    examples: [{ command: "env set shop COLOUR=red SIZE=2", text: { en: "Two at once.", id: "Dua sekaligus." } }],
  };
  static override readonly args = {
    deployment: deploymentArg(),
    pair: textArg({
      required: true,
      text: { en: "NAME=value, as many as you like.", id: "NAMA=nilai, boleh banyak." },
    }),
  };
  static override readonly flags = { "no-wait": noWaitFlag, "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<SettingsChanged>> {
    const { args, flags, argv } = await this.parse(EnvSetCommand);
    const env = new Map(argv.slice(1).map((pair) => readPair(String(pair))));
    const { checkEnvName } = await import("../../client/index.ts");
    for (const name of env.keys()) checkEnvName(name);
    const network = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const wish = { name: args.deployment, names: [...env.keys()], change: { env }, isWaiting: !flags["no-wait"] };
    const summary = await changeSettings(this.context, network, wish);
    return { summary, details: {}, audit: [{ step: "submit", workload: summary.workload }] };
  }

  protected override view(summary: SettingsChanged, say: Say): readonly Block[] {
    const done = say(texts.done, { names: summary.names.join(", "), name: summary.name });
    return drawSettingsChange(summary, { say, done });
  }
}

/** @throws DSDN_COMMANDS_ENV_PAIR */
function readPair(pair: string): readonly [string, string] {
  const at = pair.indexOf("=");
  if (at < 1) throw fail(commandErrors.envPair, { given: pair.slice(0, 40) });
  return [pair.slice(0, at), pair.slice(at + 1)];
}
