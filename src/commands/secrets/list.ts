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

type Listed = Summary<"secrets list">;

const texts = {
  none: { en: "{name} has no secrets.", id: "{name} tidak punya rahasia." },
  head: { en: "Secret", id: "Rahasia" },
} as const;

/** Lists the names of a deployment's secrets. */
export default class SecretsListCommand extends BaseCommand<Listed> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "List the names of a deployment's secrets, never their values.",
      id: "Tampilkan nama rahasia sebuah deployment, tanpa nilainya.",
    },
    examples: [{ command: "secrets list shop", text: { en: "All of them.", id: "Semuanya." } }],
  };
  static override readonly args = {
    deployment: deploymentArg(),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Listed>> {
    const { args, flags } = await this.parse(SecretsListCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { secrets } = await client.settings.get(args.deployment, this.signal);
    return { summary: { name: args.deployment, secrets }, details: {}, audit: [] };
  }

  protected override view({ name, secrets }: Listed, say: Say): readonly Block[] {
    const next = nextStep(["secrets", "put", name, "<NAME>"]);
    if (secrets.length === 0) return [say(texts.none, { name }), next];
    return [
      { head: [say(texts.head)], rows: secrets.map((secret) => [secret]) },
      { essential: secrets.join("\n") },
      next,
    ];
  }
}
