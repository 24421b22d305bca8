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

type Added = Summary<"domains add">;

const texts = {
  verified: { en: "{domain} already leads to {name}.", id: "{domain} sudah mengarah ke {name}." },
  records: {
    en: "Set two records where {domain} is managed:",
    id: "Pasang dua rekaman di tempat {domain} dikelola:",
  },
  type: { en: "Type", id: "Jenis" },
  host: { en: "Name", id: "Nama" },
  value: { en: "Value", id: "Nilai" },
  address: {
    en: "Where a CNAME is not allowed, give the name the A or AAAA address of an ingress instead.",
    id: "Bila CNAME tidak diizinkan, beri nama itu alamat A atau AAAA sebuah ingress.",
  },
} as const;

/** Asks for a host name of a deployment's own. */
export default class DomainsAddCommand extends BaseCommand<Added> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Give a deployment a host name of your own.", id: "Beri deployment nama host milik Anda sendiri." },
    description: {
      en: "Prints the TXT record that gives the name to the deployment. Requests go there once validators have found it.",
      id: "Menampilkan rekaman TXT yang memberikan nama itu kepada deployment. Permintaan diarahkan setelah validator menemukannya.",
    },
    examples: [{ command: "domains add my-app shop.example.org", text: { en: "One name.", id: "Satu nama." } }],
  };
  static override readonly args = {
    name: deploymentArg(),
    domain: textArg({ required: true, text: { en: "The host name.", id: "Nama host." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Added>> {
    const { args, flags } = await this.parse(DomainsAddCommand);
    const { name } = args;
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { url } = await client.deployments.get(name, this.signal);
    const { domain, isVerified, record } = await client.domains.add(name, args.domain, this.signal);
    const summary = { name, domain, isVerified, record, target: new URL(url).hostname };
    return { summary, details: {}, audit: [{ step: "add domain", domain }] };
  }

  protected override view({ name, domain, isVerified, record, target }: Added, say: Say): readonly Block[] {
    if (isVerified) return [say(texts.verified, { domain, name }), { essential: record.value }];
    const head = [texts.type, texts.host, texts.value].map((title) => say(title));
    const rows = [
      ["TXT", record.name, record.value],
      ["CNAME", domain, target],
    ];
    return [
      say(texts.records, { domain }),
      "",
      { head, rows },
      "",
      say(texts.address),
      { essential: record.value },
      nextStep(["domains", "verify", name, domain]),
    ];
  }
}
