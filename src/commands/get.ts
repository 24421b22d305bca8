import { resolve } from "node:path";
import { fail } from "../base/index.ts";
import type { DownloadResult, GetOptions } from "../client/index.ts";
import type { Block, CommandResult, Say } from "../ui/index.ts";
import { formatBytes } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  keepMemorySmall,
  nextStep,
  openNetwork,
  parseRange,
  passphraseFileFlag,
  pathFlag,
  readSecretFile,
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
  link: { en: "Share link", id: "Tautan berbagi" },
  skipped: { en: "Left out, because it leads outside: {path}", id: "Dilewati karena menunjuk ke luar: {path}" },
} as const;

interface Flags {
  readonly link: boolean;
  readonly "link-file": string | undefined;
  readonly "passphrase-file": string | undefined;
  readonly "key-file": string | undefined;
  readonly "share-file": readonly string[] | undefined;
}

/** What is got, wherever it comes from. */
interface Source {
  readonly name: string;
  readonly read: (options: Pick<GetOptions, "signal"> & { readonly range?: Range }) => AsyncGenerator<Uint8Array>;
  readonly get: (options: GetOptions) => Promise<DownloadResult>;
}

type Range = ReturnType<typeof parseRange>;

/** Gets files back. */
export default class GetCommand extends BaseCommand<Got> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Get files back, verified and decrypted.",
      id: "Ambil berkas kembali, terverifikasi dan terdekripsi.",
    },
    description: {
      en: "A file gets its name only when every byte of it was verified. An interrupted download goes on when it is run again.",
      id: "Berkas baru mendapat namanya setelah setiap byte-nya terverifikasi. Unduhan yang terputus berlanjut bila dijalankan lagi.",
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
      {
        command: "get --link-file link.txt --out ./from-a-friend",
        text: { en: "What a share link opens, without an account.", id: "Isi tautan berbagi, tanpa akun." },
      },
    ],
  };
  static override readonly args = {
    reference: textArg({
      text: {
        en: "CID or your name, with /path for a file inside; none with a share link.",
        id: "CID atau nama Anda, dengan /path untuk berkas di dalamnya; tidak ada bila memakai tautan berbagi.",
      },
    }),
  };
  static override readonly flags = {
    out: pathFlag({
      char: "o",
      text: { en: "Where to; - writes to standard output.", id: "Ke mana; - menulis ke keluaran standar." },
    }),
    range: textFlag({ text: { en: "Bytes first-last of one file.", id: "Byte awal-akhir dari satu berkas." } }),
    force: switchFlag({ text: { en: "Replace files that are there.", id: "Ganti berkas yang ada." } }),
    "share-file": shareFileFlag,
    "key-file": pathFlag({
      text: { en: "Exported account key to use this once.", id: "Kunci akun hasil ekspor untuk sekali pakai." },
    }),
    link: switchFlag({
      text: { en: "Ask for a share link, hidden.", id: "Tanyakan tautan berbagi tanpa menampilkannya." },
    }),
    "link-file": pathFlag({
      exclusive: ["link"],
      text: {
        en: "File with a share link; - reads standard input.",
        id: "Berkas berisi tautan berbagi; - membaca masukan standar.",
      },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  /** CID or name of the object; none with a share link. */
  #reference: string | undefined;

  async run(): Promise<CommandResult<Got> | undefined> {
    const { args, flags } = await this.parse(GetCommand);
    await keepMemorySmall();
    [this.#reference] = args.reference?.split("/") ?? [];
    const { signal } = this;
    const range = flags.range === undefined ? undefined : parseRange("--range", flags.range);
    const source = await this.#open(args.reference, flags);
    if (range !== undefined || flags.out === "-") {
      for await (const part of source.read(range === undefined ? { signal } : { signal, range })) this.ui.raw(part);
      return undefined;
    }
    this.canResume = true;
    const result = await this.ui.progress.run(this.ui.say(texts.working, { what: source.name }), (step) =>
      source.get({
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

  /** An object by the user's account, or whatever a share link opens, which needs none. */
  async #open(reference: string | undefined, flags: Flags): Promise<Source> {
    const isLink = flags.link || flags["link-file"] !== undefined;
    if (isLink && reference !== undefined) {
      throw fail(commandErrors.argumentUnexpected, { command: "get", argument: reference });
    }
    if (!isLink && reference === undefined) {
      throw fail(commandErrors.argumentMissing, { command: "get", argument: "REFERENCE" });
    }
    if (reference === undefined) {
      const { openLink } = await import("../client/index.ts");
      const opened = await openLink(await this.#linkText(flags["link-file"]), { signal: this.signal });
      const folder = this.ui.terminal.folder;
      return { name: opened.name, read: (how) => opened.read(how), get: (how) => opened.get({ ...how, folder }) };
    }
    const { client } = await openNetwork(this.context, {
      passphraseFile: flags["passphrase-file"],
      keyFile: flags["key-file"],
      shareFiles: flags["share-file"],
    });
    const { storage } = client;
    return { name: reference, read: (how) => storage.read(reference, how), get: (how) => storage.get(reference, how) };
  }

  async #linkText(file: string | undefined): Promise<string> {
    if (file === undefined) return this.ui.prompts.secret(this.ui.say(texts.link));
    return (await readSecretFile(this.ui, file)).trim();
  }

  protected override view(summary: Got, say: Say): readonly Block[] {
    const { path, files, keptFiles, sizeBytes, skippedLinks } = summary;
    return [
      say(texts.done, { path, files, size: formatBytes(sizeBytes) }),
      ...(keptFiles > 0 ? [say(texts.kept, { count: keptFiles })] : []),
      ...skippedLinks.map((link) => say(texts.skipped, { path: link })),
      { essential: path },
      this.#reference === undefined ? nextStep(["upload", "<path>"]) : nextStep(["stat", this.#reference]),
    ];
  }
}
