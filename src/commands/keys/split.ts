import { resolve } from "node:path";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import { labelOfNetwork } from "../framework/config/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  nextStep,
  numberFlag,
  openAccountAccess,
  passphraseFileFlag,
  pathFlag,
  writeShares,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Split = Summary<"keys split">;

const texts = {
  made: {
    en: "The key was split into {total} shares; any {threshold} of them bring it back, fewer tell nothing.",
    id: "Kunci dibagi menjadi {total} bagian; {threshold} bagian mana pun memulihkannya, kurang dari itu tidak mengungkap apa pun.",
  },
  apart: {
    en: "Print the pages or copy the files, keep each in another place, then delete them here.",
    id: "Cetak halamannya atau salin berkasnya, simpan masing-masing di tempat berbeda, lalu hapus dari sini.",
  },
  file: { en: "<file>", id: "<berkas>" },
} as const;

/** Splits the account key into share files and pages. */
export default class KeysSplitCommand extends BaseCommand<Split> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Split your key into shares for safe keeping.",
      id: "Bagi kunci Anda menjadi bagian untuk disimpan.",
    },
    examples: [
      {
        command: "keys split --out ./shares",
        text: { en: "Three shares, any two of them suffice.", id: "Tiga bagian, dua mana pun cukup." },
      },
    ],
  };
  static override readonly flags = {
    out: pathFlag({
      char: "o",
      required: true,
      text: { en: "Folder for the share files and pages.", id: "Folder untuk berkas dan halaman bagian." },
    }),
    threshold: numberFlag({
      min: 2,
      max: 16,
      default: 2,
      text: { en: "Shares that suffice.", id: "Bagian yang cukup." },
    }),
    shares: numberFlag({ min: 2, max: 16, default: 3, text: { en: "Shares to make.", id: "Bagian yang dibuat." } }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Split>> {
    const { flags } = await this.parse(KeysSplitCommand);
    const { keeper, files } = openAccountAccess(this.context, { passphraseFile: flags["passphrase-file"] });
    const { account } = await keeper.open();
    const set = await keeper.split({ threshold: flags.threshold, total: flags.shares });
    const folder = resolve(this.ui.terminal.folder, flags.out);
    const network = labelOfNetwork(this.context);
    const facts = { folder, network, subject: account.fingerprint, createdMs: this.clock.nowMs() };
    const written = await writeShares(set, facts, files);
    const { setId, threshold, total, commitment } = set;
    return {
      summary: { setId, threshold, total, files: written },
      details: { references: { commitment } },
      audit: [
        { step: "split key", setId, threshold, total },
        ...written.map((path) => ({ step: "write share", path })),
      ],
    };
  }

  protected override view(summary: Split, say: Say): readonly Block[] {
    const { threshold, total, files, setId } = summary;
    return [
      say(texts.made, { threshold, total }),
      ...files.map((path) => `  ${path}`),
      say(texts.apart),
      { essential: setId },
      nextStep(["keys", "rehearse", say(texts.file), say(texts.file)]),
    ];
  }
}
