import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  deploymentArg,
  nextStep,
  openNetwork,
  passphraseFileFlag,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Listed = Summary<"env list">;

const texts = {
  none: { en: "{name} has no environment values.", id: "{name} tidak punya nilai lingkungan." },
  name: { en: "Name", id: "Nama" },
  value: { en: "Value", id: "Nilai" },
} as const;

/** Lists the plain environment values of a deployment. */
export default class EnvListCommand extends BaseCommand<Listed> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "List the environment values of a deployment.",
      id: "Tampilkan nilai lingkungan sebuah deployment.",
    },
    examples: [{ command: "env list shop", text: { en: "All of them.", id: "Semuanya." } }],
  };
  static override readonly args = {
    deployment: deploymentArg(),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Listed>> {
    const { args, flags } = await this.parse(EnvListCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { env } = await client.settings.get(args.deployment, this.signal);
    return { summary: { name: args.deployment, env }, details: {}, audit: [] };
  }

  protected override view({ name, env }: Listed, say: Say): readonly Block[] {
    const next = nextStep(["env", "set", name, "NAME=value"]);
    if (env.length === 0) return [say(texts.none, { name }), next];
    const rows = env.map((entry) => [entry.name, JSON.stringify(entry.value)]);
    const essential = env.map((entry) => `${entry.name}=${JSON.stringify(entry.value)}`).join("\n");
    return [{ head: [say(texts.name), say(texts.value)], rows }, { essential }, next];
  }
}
