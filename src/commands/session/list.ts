import { type Block, type CommandResult, formatBytes, formatTime, type Say, type Text } from "../../ui/index.ts";
import { BaseCommand, type CommandTexts, openNetwork, passphraseFileFlag, switchFlag } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Listed = Summary<"session list">;

const texts = {
  name: { en: "Name", id: "Nama" },
  key: { en: "Session", id: "Sesi" },
  status: { en: "State", id: "Status" },
  scopes: { en: "May", id: "Boleh" },
  used: { en: "Stored", id: "Tersimpan" },
  until: { en: "Until", id: "Sampai" },
  current: { en: "this program", id: "program ini" },
} as const;

const states: { readonly [status in Listed["sessions"][number]["status"]]: Text } = {
  active: { en: "active", id: "aktif" },
  expired: { en: "expired", id: "kedaluwarsa" },
  revoked: { en: "revoked", id: "dicabut" },
};

/** Lists the session keys of the account, as the log has them. */
export default class SessionListCommand extends BaseCommand<Listed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "List the session keys of your account.", id: "Daftar kunci sesi akun Anda." },
    description: {
      en: "As the log of this network has them. Every machine of yours has a session of its own. Names are known only on the machine that granted them.",
      id: "Sebagaimana tercatat di log jaringan ini. Tiap mesin Anda punya sesinya sendiri. Nama hanya dikenal di mesin yang memberinya.",
    },
    examples: [
      { command: "session list", text: { en: "Those that are active.", id: "Yang masih aktif." } },
      { command: "session list --all", text: { en: "Also those that ended.", id: "Juga yang sudah berakhir." } },
    ],
  };
  static override readonly flags = {
    all: switchFlag({
      char: "a",
      text: { en: "Also expired and revoked ones.", id: "Juga yang kedaluwarsa dan dicabut." },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Listed>> {
    const { flags } = await this.parse(SessionListCommand);
    const { client, name: network } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const own = await client.sessions.list(this.signal);
    const wanted = own.filter(({ status }) => flags.all === true || status === "active");
    const sessions = wanted.map(({ owner: _, isRevoked: __, reach, ...session }) => ({ ...session, reads: reach }));
    return { summary: { network, sessions }, details: { owner: own[0]?.owner ?? null }, audit: [] };
  }

  protected override view({ sessions }: Listed, say: Say): readonly Block[] {
    const head = [texts.name, texts.key, texts.status, texts.scopes, texts.used, texts.until].map((title) =>
      say(title),
    );
    const rows = sessions.map(({ name, session, isCurrent, status, scopes, usedBytes, expiresMs }) => [
      name ?? (isCurrent ? say(texts.current) : "-"),
      session.slice(0, 12),
      say(states[status]),
      scopes.join(", "),
      formatBytes(usedBytes),
      formatTime(expiresMs),
    ]);
    const essential = sessions.map(({ session }) => session).join("\n");
    return [{ head, rows }, { essential }, { next: "dsdn session revoke <name>" }];
  }
}
