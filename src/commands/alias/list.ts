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

type Listed = Summary<"alias list">;

const texts = {
  none: { en: "{name} has no alias.", id: "{name} tidak punya alias." },
  alias: { en: "Alias", id: "Alias" },
  version: { en: "Version", id: "Versi" },
  address: { en: "Address", id: "Alamat" },
  current: { en: "current", id: "yang berlaku" },
} as const;

/** Lists the aliases of a deployment. */
export default class AliasListCommand extends BaseCommand<Listed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "List the aliases of a deployment.", id: "Daftar alias sebuah deployment." },
    examples: [{ command: "alias list my-app", text: { en: "All of them.", id: "Semuanya." } }],
  };
  static override readonly args = {
    name: deploymentArg(),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Listed>> {
    const { args, flags } = await this.parse(AliasListCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const details = await client.deployments.get(args.name, this.signal);
    const { siteUrls } = await import("../../client/index.ts");
    const aliases = details.aliases.map(({ name: alias, workload }) => ({
      alias,
      version: details.workloads.find((row) => row.workload === workload)?.number ?? null,
      url: siteUrls(details, alias).url,
    }));
    return { summary: { name: args.name, aliases }, details: {}, audit: [] };
  }

  protected override view({ name, aliases }: Listed, say: Say): readonly Block[] {
    if (aliases.length === 0)
      return [say(texts.none, { name }), { essential: "" }, nextStep(["alias", "set", name, "<alias>"])];
    const head = [texts.alias, texts.version, texts.address].map((title) => say(title));
    const rows = aliases.map(({ alias, version, url }) => [alias, String(version ?? say(texts.current)), url]);
    return [
      { head, rows },
      { essential: aliases.map(({ alias }) => alias).join("\n") },
      nextStep(["alias", "rm", name, "<alias>"]),
    ];
  }
}
