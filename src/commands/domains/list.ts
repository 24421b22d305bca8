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

type Listed = Summary<"domains list">;

const texts = {
  none: { en: "{name} has no host name of its own.", id: "{name} tidak punya nama host sendiri." },
  domain: { en: "Host name", id: "Nama host" },
  state: { en: "State", id: "Status" },
  record: { en: "TXT record", id: "Rekaman TXT" },
  verified: { en: "verified", id: "terverifikasi" },
  waiting: { en: "waiting for its record", id: "menunggu rekamannya" },
} as const;

/** Lists the host names of a deployment. */
export default class DomainsListCommand extends BaseCommand<Listed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "List the host names of a deployment.", id: "Daftar nama host sebuah deployment." },
    examples: [{ command: "domains list my-app", text: { en: "All of them.", id: "Semuanya." } }],
  };
  static override readonly args = {
    name: deploymentArg(),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Listed>> {
    const { args, flags } = await this.parse(DomainsListCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const domains = await client.domains.list(args.name, this.signal);
    return { summary: { name: args.name, domains: [...domains] }, details: {}, audit: [] };
  }

  protected override view({ name, domains }: Listed, say: Say): readonly Block[] {
    if (domains.length === 0)
      return [say(texts.none, { name }), { essential: "" }, nextStep(["domains", "add", name, "<domain>"])];
    const head = [texts.domain, texts.state, texts.record].map((title) => say(title));
    const rows = domains.map(({ domain, isVerified, record }) => [
      domain,
      say(isVerified ? texts.verified : texts.waiting),
      isVerified ? "" : `${record.name} ${record.value}`,
    ]);
    const waiting = domains.find(({ isVerified }) => !isVerified);
    const next =
      waiting === undefined
        ? nextStep(["domains", "add", name, "<domain>"])
        : nextStep(["domains", "verify", name, waiting.domain]);
    return [{ head, rows }, { essential: domains.map(({ domain }) => domain).join("\n") }, next];
  }
}
