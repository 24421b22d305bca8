import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  textArg,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Revoked = Summary<"links revoke">;

const texts = {
  done: { en: "{link} opens nothing any more.", id: "{link} tidak membuka apa pun lagi." },
  ended: { en: "{link} had ended before.", id: "{link} sudah berakhir sebelumnya." },
  copies: {
    en: "Who opened it before can keep what it opened.",
    id: "Yang sempat membukanya dapat menyimpan isinya.",
  },
} as const;

/** Ends a share link. */
export default class LinksRevokeCommand extends BaseCommand<Revoked> {
  static override readonly texts: CommandTexts = {
    summary: { en: "End a share link at once.", id: "Akhiri tautan berbagi seketika." },
    examples: [
      {
        command: "links revoke mzxw6ytboi4dk43vmz3gk4tbnu",
        text: { en: "By its id, as dsdn links list shows it.", id: "Menurut id-nya, seperti pada dsdn links list." },
      },
    ],
  };
  static override readonly args = {
    link: textArg({ required: true, text: { en: "Id of the link.", id: "Id tautan." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Revoked>> {
    const { args, flags } = await this.parse(LinksRevokeCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { link, object, state } = await client.links.revoke(args.link, this.signal);
    return { summary: { link, object, state }, details: {}, audit: [{ step: "revoke share link", link }] };
  }

  protected override view({ link, state }: Revoked, say: Say): readonly Block[] {
    return [
      say(state === "revoked" ? texts.done : texts.ended, { link }),
      say(texts.copies),
      { essential: link },
      nextStep(["links", "list"]),
    ];
  }
}
