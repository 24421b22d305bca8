import { resolve } from "node:path";
import type { Block, CommandResult, Say } from "../ui/index.ts";
import { formatBytes } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  keepMemorySmall,
  openNetwork,
  parseRange,
  passphraseFileFlag,
  pathFlag,
  shareFileFlag,
  switchFlag,
  textArg,
  textFlag,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Got = Summary<"get">;

const texts = {
  working: { en: "Getting {what}", id: "Mengambil {what}" },
  done: {
    en: "{path}: {files} file(s), {size}, every byte verified.",
    id: "{path}: {files} berkas, {size}, setiap byte diverifikasi.",
  },
  kept: { en: "{count} file(s) were there already.", id: "{count} berkas sudah ada." },
  skipped: { en: "Left out, because it leads outside: {path}", id: "Dilewati karena menunjuk ke luar: {path}" },
} as const;

/** Gets files back. */
export default class GetCommand extends BaseCommand<Got> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Get files back, verified and decrypted.",
      id: "Ambil berkas kembali, terverifikasi dan terdekripsi.",
    },
    description: {
      en: "A file gets its name only when every byte of it was verified. An interrupted download goes on when it is run again.",
      id: "Berkas baru mendapat namanya setelah setiap bytenya terverifikasi. Unduhan yang terputus berlanjut bila dijalankan lagi.",
    },
    examples: [
      {
        command: "get photos --out ./restored",
        text: { en: "A folder, elsewhere.", id: "Satu folder, ke tempat lain." },
      },
      { command: "get photos/2024/a.jpg", text: { en: "One file of it.", id: "Satu berkas darinya." } },
      {
        command: "get video --range 0-1048575 --out -",
        text: { en: "The first MiB, to standard output.", id: "MiB pertama, ke keluaran standar." },
      },
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
  static override readonly flags = {
    out: pathFlag({
      text: { en: "Where to; - writes to standard output.", id: "Ke mana; - menulis ke keluaran standar." },
    }),
    range: textFlag({ text: { en: "Bytes first-last of one file.", id: "Byte awal-akhir dari satu berkas." } }),
    force: switchFlag({ text: { en: "Replace files that are there.", id: "Ganti berkas yang ada." } }),
    "share-file": shareFileFlag,
    "key-file": pathFlag({
      text: { en: "Exported account key to use this once.", id: "Kunci akun hasil ekspor untuk sekali pakai." },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Got> | undefined> {
    const { args, flags } = await this.parse(GetCommand);
    await keepMemorySmall();
    const { client } = await openNetwork(this.context, {
      passphraseFile: flags["passphrase-file"],
      keyFile: flags["key-file"],
      shareFiles: flags["share-file"],
    });
    const { signal } = this;
    const range = flags.range === undefined ? undefined : parseRange("--range", flags.range);
    if (range !== undefined || flags.out === "-") {
      const options = range === undefined ? { signal } : { signal, range };
      for await (const part of client.storage.read(args.reference, options)) this.ui.raw(part);
      return undefined;
    }
    const title = this.ui.say(texts.working, { what: args.reference });
    const result = await this.ui.progress.run(title, (step) =>
      client.storage.get(args.reference, {
        ...(flags.out === undefined ? {} : { out: resolve(this.ui.terminal.folder, flags.out) }),
        isForced: flags.force,
        signal,
        onProgress: ({ doneBytes, totalBytes }) => step.update(doneBytes, totalBytes),
      }),
    );
    const { path, files, keptFiles, bytes, skippedLinks } = result;
    if (skippedLinks.length > 0) this.exitCode = 3;
    return {
      summary: { path, files, keptFiles, sizeBytes: bytes, skippedLinks },
      details: {},
      audit: [{ step: "get and verify", files, bytes }],
    };
  }

  protected override view(summary: Got, say: Say): readonly Block[] {
    const { path, files, keptFiles, sizeBytes, skippedLinks } = summary;
    return [
      say(texts.done, { path, files, size: formatBytes(sizeBytes) }),
      ...(keptFiles > 0 ? [say(texts.kept, { count: keptFiles })] : []),
      ...skippedLinks.map((link) => say(texts.skipped, { path: link })),
      { essential: path },
    ];
  }
}
