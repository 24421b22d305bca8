import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  nextStep,
  openAccountAccess,
  passphraseFileFlag,
  storeFlag,
  toStoreKind,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Generated = Summary<"keys generate">;

const texts = {
  made: {
    en: "Account {fingerprint} was made; its key rests at {place}.",
    id: "Akun {fingerprint} dibuat; kuncinya disimpan di {place}.",
  },
  address: { en: "Its wallet is {address}.", id: "Dompetnya {address}." },
  device: {
    en: "The key lies open in that file (0600): anybody who reads this disk has it. Use it for a devnet only.",
    id: "Kunci terbuka di berkas itu (0600): siapa pun yang membaca disk ini memilikinya. Pakai hanya untuk devnet.",
  },
  next: {
    en: "so that a lost device does not lose the files",
    id: "supaya perangkat hilang tidak berarti berkas hilang",
  },
} as const;

/** Makes the account of this user. */
export default class KeysGenerateCommand extends BaseCommand<Generated> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Make your account key.", id: "Buat kunci akun Anda." },
    examples: [
      { command: "keys generate", text: { en: "Keep it in the system's keychain.", id: "Simpan di keychain sistem." } },
      {
        command: "keys generate --store file",
        text: { en: "Keep it in a file under a passphrase.", id: "Simpan dalam berkas berfrasa sandi." },
      },
    ],
  };
  static override readonly flags = { store: storeFlag, "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Generated>> {
    const { flags } = await this.parse(KeysGenerateCommand);
    const { keeper } = openAccountAccess(this.context, { passphraseFile: flags["passphrase-file"] });
    const { account, store, place } = await keeper.create(toStoreKind(this.context, flags));
    const { fingerprint } = account;
    return {
      summary: { fingerprint, address: account.address(), store, place },
      details: {},
      audit: [
        { step: "make key", fingerprint },
        { step: "put key to rest", store, place },
      ],
    };
  }

  protected override view(summary: Generated, say: Say): readonly Block[] {
    const { fingerprint, place, address, store } = summary;
    return [
      say(texts.made, { fingerprint, place }),
      say(texts.address, { address }),
      ...(store === "device" ? [this.ui.style.bold(say(texts.device))] : []),
      { essential: fingerprint },
      nextStep(["keys", "split", "--out", "<folder>"], say(texts.next)),
    ];
  }
}
