import { fail } from "../../base/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  deploymentArg,
  deploymentErrors,
  getDeployment,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  textArg,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Removed = Summary<"alias rm">;

const texts = {
  done: { en: "{alias} no longer leads to {name}.", id: "{alias} tidak lagi mengarah ke {name}." },
} as const;

/** Takes a name from a deployment. */
export default class AliasRmCommand extends BaseCommand<Removed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Remove an alias of a deployment.", id: "Hapus alias sebuah deployment." },
    examples: [{ command: "alias rm my-app stable", text: { en: "One of them.", id: "Salah satunya." } }],
  };
  static override readonly args = {
    name: deploymentArg(),
    alias: textArg({ required: true, text: { en: "The alias.", id: "Aliasnya." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Removed>> {
    const { args, flags } = await this.parse(AliasRmCommand);
    const { name, alias } = args;
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { aliases } = await getDeployment(client, name, this.signal);
    if (!aliases.some((known) => known.name === alias)) {
      throw fail(deploymentErrors.aliasUnknown, { name, alias });
    }
    await client.deployments.removeAlias(name, alias, this.signal);
    return { summary: { name, alias }, details: {}, audit: [{ step: "remove alias", alias }] };
  }

  protected override view({ name, alias }: Removed, say: Say): readonly Block[] {
    return [say(texts.done, { name, alias }), { essential: alias }, nextStep(["alias", "list", name])];
  }
}
