import type { Block, CommandResult, Say } from "../../ui/index.ts";
import { BaseCommand, type CommandTexts, openNetwork, passphraseFileFlag, textArg } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Revoked = Summary<"session revoke">;

const texts = {
  done: {
    en: "The network accepts nothing from {name} any more.",
    id: "Jaringan tidak menerima apa pun lagi dari {name}.",
  },
  before: { en: "{name} had ended before.", id: "{name} sudah berakhir sebelumnya." },
  coming: {
    en: "The revocation of {name} is on its way to the log.",
    id: "Pencabutan {name} sedang menuju log.",
  },
  remains: {
    en: "What it published stays, and whoever had it can still open what it could read.",
    id: "Yang sudah diterbitkannya tetap ada, dan pemegangnya masih dapat membuka yang dahulu dapat dibacanya.",
  },
} as const;

/** Ends a session key. */
export default class SessionRevokeCommand extends BaseCommand<Revoked> {
  static override readonly texts: CommandTexts = {
    summary: { en: "End a session key.", id: "Akhiri kunci sesi." },
    examples: [
      { command: "session revoke ci", text: { en: "By its name.", id: "Menurut namanya." } },
      {
        command: "session revoke 4f8c1d20",
        text: {
          en: "By its key, as dsdn session list shows it.",
          id: "Menurut kuncinya, seperti pada dsdn session list.",
        },
      },
    ],
  };
  static override readonly args = {
    session: textArg({ required: true, text: { en: "Name or key of the session.", id: "Nama atau kunci sesi." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Revoked>> {
    const { args, flags } = await this.parse(SessionRevokeCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { name, session, isDone, wasActive } = await client.sessions.revoke(args.session, this.signal);
    return { summary: { name, session, isDone, wasActive }, details: {}, audit: [{ step: "revoke session", session }] };
  }

  protected override view({ name, session, isDone, wasActive }: Revoked, say: Say): readonly Block[] {
    const done = wasActive ? (isDone ? texts.done : texts.coming) : texts.before;
    const facts = { name: name ?? session.slice(0, 12) };
    return [say(done, facts), say(texts.remains), { essential: session }, { next: "dsdn session list --all" }];
  }
}
