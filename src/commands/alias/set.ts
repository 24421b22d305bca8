import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  deploymentArg,
  findVersion,
  getDeployment,
  nextStep,
  openNetwork,
  parseSiteName,
  passphraseFileFlag,
  textArg,
  textFlag,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Named = Summary<"alias set">;

const texts = {
  done: { en: "{url} leads to version {version} of {name}.", id: "{url} mengarah ke versi {version} dari {name}." },
  current: {
    en: "{url} leads to the current version of {name}, whichever it is.",
    id: "{url} mengarah ke versi {name} yang berlaku, yang mana pun itu.",
  },
} as const;

/** Names a version of a deployment. */
export default class AliasSetCommand extends BaseCommand<Named> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Give a version of a deployment an address that stays.",
      id: "Beri sebuah versi deployment alamat yang tetap.",
    },
    examples: [
      { command: "alias set my-app stable --to 3", text: { en: "One version.", id: "Satu versi." } },
      { command: "alias set my-app www", text: { en: "Whichever is current.", id: "Yang sedang berlaku." } },
    ],
  };
  static override readonly args = {
    name: deploymentArg(),
    alias: textArg({
      required: true,
      text: { en: "Lower-case letters, digits, hyphens.", id: "Huruf kecil, angka, tanda hubung." },
    }),
  };
  static override readonly flags = {
    to: textFlag({
      text: {
        en: "Version or preview; the current one, whichever it is, unless said.",
        id: "Versi atau pratinjau; yang berlaku bila tak disebut.",
      },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Named>> {
    const { args, flags } = await this.parse(AliasSetCommand);
    const { name } = args;
    const alias = parseSiteName("alias", args.alias);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const details = await getDeployment(client, name, this.signal);
    const version = flags.to === undefined ? null : findVersion(details, flags.to);
    await client.deployments.setAlias(name, { name: alias, workload: version?.workload ?? null }, this.signal);
    const { siteUrls } = await import("../../client/index.ts");
    const summary = { name, alias, version: version?.number ?? null, url: siteUrls(details, alias).url };
    return { summary, details: {}, audit: [{ step: "set alias", alias, workload: version?.workload ?? null }] };
  }

  protected override view({ name, version, url }: Named, say: Say): readonly Block[] {
    const line = version === null ? say(texts.current, { url, name }) : say(texts.done, { url, name, version });
    return [line, { essential: url }, nextStep(["alias", "list", name])];
  }
}
