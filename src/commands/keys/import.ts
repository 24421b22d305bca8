import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  nextStep,
  openAccountAccess,
  passphraseFileFlag,
  passphraseSource,
  pathFlag,
  readSecretFile,
  storeFlag,
  toStoreKind,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Imported = Summary<"keys import">;

const texts = {
  back: {
    en: "Account {fingerprint} is here; its key rests at {place}.",
    id: "Akun {fingerprint} ada di sini; kuncinya disimpan di {place}.",
  },
} as const;

/** Brings the account back from an exported file. */
export default class KeysImportCommand extends BaseCommand<Imported> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Bring your key back from an exported file.", id: "Pulihkan kunci Anda dari berkas ekspor." },
    examples: [{ command: "keys import --key-file account.txt", text: { en: "From a file.", id: "Dari berkas." } }],
  };
  static override readonly flags = {
    "key-file": pathFlag({
      required: true,
      text: {
        en: "File made by keys export; - reads standard input.",
        id: "Berkas hasil keys export; - membaca masukan standar.",
      },
    }),
    store: storeFlag,
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Imported>> {
    const { flags } = await this.parse(KeysImportCommand);
    const passphraseFile = flags["passphrase-file"];
    const { keeper } = openAccountAccess(this.context, { passphraseFile });
    const text = await readSecretFile(this.ui, flags["key-file"]);
    const passphrase = await passphraseSource(this.ui, passphraseFile)("open");
    const { account, place, store } = await keeper.import(text, {
      passphrase,
      kind: toStoreKind(this.context, flags),
    });
    const { fingerprint } = account;
    return {
      summary: { fingerprint, address: account.address(), place },
      details: {},
      audit: [
        { step: "open key file", fingerprint },
        { step: "put key to rest", store, place },
      ],
    };
  }

  protected override view({ fingerprint, place }: Imported, say: Say): readonly Block[] {
    return [say(texts.back, { fingerprint, place }), { essential: fingerprint }, nextStep(["ls"])];
  }
}
