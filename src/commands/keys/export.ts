import { resolve } from "node:path";
import { fail, toUtf8 } from "../../base/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  nextStep,
  openAccountAccess,
  passphraseFileFlag,
  passphraseSource,
  pathFlag,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Exported = Summary<"keys export">;

const texts = {
  written: {
    en: "Your key is in {file}; only the passphrase opens it.",
    id: "Kunci Anda ada di {file}; hanya frasa sandi yang membukanya.",
  },
  next: {
    en: "on the other device",
    id: "di perangkat lain",
  },
} as const;

/** Writes the account key to a file under a passphrase. */
export default class KeysExportCommand extends BaseCommand<Exported> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Write your key to a file under a passphrase.", id: "Tulis kunci Anda ke berkas berfrasa sandi." },
    examples: [
      {
        command: "keys export --out account.txt",
        text: { en: "To take it to another device.", id: "Untuk dibawa ke perangkat lain." },
      },
    ],
  };
  static override readonly flags = {
    out: pathFlag({ char: "o", required: true, text: { en: "File to write.", id: "Berkas yang ditulis." } }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Exported>> {
    const { flags } = await this.parse(KeysExportCommand);
    const passphraseFile = flags["passphrase-file"];
    const { keeper, files } = openAccountAccess(this.context, { passphraseFile });
    const text = await keeper.export(await passphraseSource(this.ui, passphraseFile)("new"));
    const file = resolve(this.ui.terminal.folder, flags.out);
    if (!(await files.create(file, toUtf8(text)))) throw fail(commandErrors.fileExists, { path: file });
    return { summary: { file }, details: {}, audit: [{ step: "write key file", file }] };
  }

  protected override view({ file }: Exported, say: Say): readonly Block[] {
    return [
      say(texts.written, { file }),
      { essential: file },
      nextStep(["keys", "import", "--key-file", file], say(texts.next)),
    ];
  }
}
