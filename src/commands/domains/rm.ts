import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  deploymentArg,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  textArg,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Removed = Summary<"domains rm">;

const texts = {
  done: { en: "{domain} no longer leads to {name}.", id: "{domain} tidak lagi mengarah ke {name}." },
} as const;

/** Takes a host name from a deployment. */
export default class DomainsRmCommand extends BaseCommand<Removed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Remove a host name of a deployment.", id: "Hapus nama host sebuah deployment." },
    examples: [{ command: "domains rm my-app shop.example.org", text: { en: "One of them.", id: "Salah satunya." } }],
  };
  static override readonly args = {
    name: deploymentArg(),
    domain: textArg({ required: true, text: { en: "The host name.", id: "Nama host." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Removed>> {
    const { args, flags } = await this.parse(DomainsRmCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const domain = await client.domains.remove(args.name, args.domain, this.signal);
    return { summary: { name: args.name, domain }, details: {}, audit: [{ step: "remove domain", domain }] };
  }

  protected override view({ name, domain }: Removed, say: Say): readonly Block[] {
    return [say(texts.done, { name, domain }), { essential: domain }, nextStep(["domains", "list", name])];
  }
}
