import { type Block, type CommandResult, formatTime, type Say, type Text } from "../../ui/index.ts";
import { BaseCommand, type CommandTexts, nextStep, openNetwork, passphraseFileFlag } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Listed = Summary<"links list">;

const texts = {
  none: { en: "You have shared nothing yet.", id: "Belum ada yang Anda bagikan." },
  link: { en: "Link", id: "Tautan" },
  what: { en: "Opens", id: "Membuka" },
  state: { en: "State", id: "Status" },
  until: { en: "Until", id: "Sampai" },
} as const;

const states: { readonly [state in Listed["links"][number]["state"]]: Text } = {
  open: { en: "open", id: "terbuka" },
  expired: { en: "expired", id: "kedaluwarsa" },
  revoked: { en: "revoked", id: "dicabut" },
  removed: { en: "object removed", id: "objek dihapus" },
};

/** Lists the share links of this account at this ingress. */
export default class LinksListCommand extends BaseCommand<Listed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "List your share links.", id: "Daftar tautan berbagi Anda." },
    description: {
      en: "Links that ended stand here for a month. The secret part of a link is not kept and cannot be shown again.",
      id: "Tautan yang sudah berakhir tercantum sebulan. Bagian rahasia tautan tidak disimpan dan tidak dapat ditampilkan lagi.",
    },
    examples: [{ command: "links list", text: { en: "All of them.", id: "Semuanya." } }],
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Listed>> {
    const { flags } = await this.parse(LinksListCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const links = await client.links.list(this.signal);
    return { summary: { links }, details: {}, audit: [] };
  }

  protected override view({ links }: Listed, say: Say): readonly Block[] {
    if (links.length === 0) return [say(texts.none), { essential: "" }, nextStep(["share", "<cid>"])];
    const head = [texts.link, texts.what, texts.state, texts.until].map((title) => say(title));
    const rows = links.map(({ link, reference, object, state, expiresMs }) => [
      link,
      reference ?? object,
      say(states[state]),
      formatTime(expiresMs),
    ]);
    const essential = links.map(({ link }) => link).join("\n");
    return [{ head, rows }, { essential }, nextStep(["links", "revoke", "<id>"])];
  }
}
