import { toBase64 } from "../base/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  openNetwork,
  passphraseFileFlag,
  shareFileFlag,
  textArg,
} from "./framework/index.ts";

/** Writes one file to standard output. */
export default class CatCommand extends BaseCommand {
  static override readonly texts: CommandTexts = {
    summary: { en: "Write a file to standard output.", id: "Tulis berkas ke keluaran standar." },
    examples: [
      { command: "cat notes/todo.txt", text: { en: "One file of an object.", id: "Satu berkas dari sebuah objek." } },
    ],
  };
  static override readonly args = {
    reference: textArg({
      required: true,
      text: {
        en: "CID or your name, with /path for a file inside.",
        id: "CID atau nama Anda, dengan /path untuk berkas di dalamnya.",
      },
    }),
  };
  static override readonly flags = { "share-file": shareFileFlag, "passphrase-file": passphraseFileFlag };

  async run(): Promise<undefined> {
    const { args, flags } = await this.parse(CatCommand);
    const passphraseFile = flags["passphrase-file"];
    const { client } = await openNetwork(this.context, { passphraseFile, shareFiles: flags["share-file"] });
    let offsetBytes = 0;
    for await (const part of client.storage.read(args.reference, { signal: this.signal })) {
      if (this.ui.isJson) this.ui.item({ offsetBytes, sizeBytes: part.length, base64: toBase64(part) }, "");
      else this.ui.raw(part);
      offsetBytes += part.length;
    }
    return undefined;
  }
}
