import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  describeRejected,
  nextStep,
  openAccountAccess,
  passphraseFileFlag,
  readShares,
  shareArg,
  shareFileFlag,
  storeFlag,
  textFlag,
  toStoreKind,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Recovered = Summary<"keys recover">;

const texts = {
  back: {
    en: "Account {fingerprint} is back; its key rests at {place}.",
    id: "Akun {fingerprint} kembali; kuncinya disimpan di {place}.",
  },
  next: { en: "shows its files", id: "menampilkan berkasnya" },
} as const;

/** Brings the account back from shares. */
export default class KeysRecoverCommand extends BaseCommand<Recovered> {
  static override readonly strict = false;
  static override readonly texts: CommandTexts = {
    summary: { en: "Bring your key back from shares.", id: "Pulihkan kunci Anda dari bagian-bagiannya." },
    examples: [
      {
        command: "keys recover a.txt b.txt --store file",
        text: { en: "From two share files.", id: "Dari dua berkas bagian." },
      },
    ],
  };
  static override readonly args = { shares: shareArg };
  static override readonly flags = {
    "share-file": shareFileFlag,
    check: textFlag({
      text: {
        en: "Check code of the page, when shares are typed from paper.",
        id: "Kode periksa dari halaman, bila bagian diketik dari kertas.",
      },
    }),
    store: storeFlag,
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Recovered>> {
    const { flags, argv } = await this.parse(KeysRecoverCommand);
    const { keeper } = openAccountAccess(this.context, { passphraseFile: flags["passphrase-file"] });
    const named = [...argv.map(String), ...(flags["share-file"] ?? [])];
    const shares = await readShares(this.ui, named, "keys recover");
    const check = flags.check === undefined ? {} : { check: flags.check };
    const found = await keeper.recover(shares, { kind: toStoreKind(this.context, flags), ...check });
    const { account, place, setId, rejected, store } = found;
    const { fingerprint } = account;
    return {
      summary: { fingerprint, address: account.address(), setId, place, rejected },
      details: {},
      audit: [
        { step: "bring shares together", setId },
        { step: "put key to rest", store, place },
      ],
    };
  }

  protected override view(summary: Recovered, say: Say): readonly Block[] {
    const { fingerprint, place, rejected } = summary;
    return [
      say(texts.back, { fingerprint, place }),
      ...describeRejected(rejected, say),
      { essential: fingerprint },
      nextStep(["ls"], say(texts.next)),
    ];
  }
}
