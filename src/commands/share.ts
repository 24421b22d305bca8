import type { Block, CommandResult, Say } from "../ui/index.ts";
import { formatBytes, formatTime } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  durationFlag,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  textArg,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Shared = Summary<"share">;

const texts = {
  file: {
    en: "Opens one file, {size}, and nothing else of yours.",
    id: "Membuka satu berkas, {size}, dan tidak lebih.",
  },
  folder: {
    en: "Opens {files} file(s), {size}, and nothing else of yours.",
    id: "Membuka {files} berkas, {size}, dan tidak lebih.",
  },
  until: {
    en: "Until {time}. Whoever holds the whole link opens it, and who opened it by then can keep what it opens.",
    id: "Sampai {time}. Siapa pun yang memegang tautan utuh dapat membukanya, dan yang sempat membukanya dapat menyimpan isinya.",
  },
  local: {
    en: "The address is this machine's own: nobody else reaches it.",
    id: "Alamat itu milik mesin ini sendiri: orang lain tidak dapat menjangkaunya.",
  },
  once: {
    en: "It is shown this once. To end it: dsdn links revoke {link}",
    id: "Hanya ditampilkan sekali ini. Untuk mengakhirinya: dsdn links revoke {link}",
  },
} as const;

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/** Makes a link that opens one object, or a part of it, for a while. */
export default class ShareCommand extends BaseCommand<Shared> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Make a link that opens a file or folder of yours for a while.",
      id: "Buat tautan yang membuka berkas atau folder Anda untuk sementara.",
    },
    description: {
      en: "Whoever has the link reads what it opens in a browser or with dsdn get --link, without an account. It opens the bytes as they are now. The ingress keeps one half of its key and throws it away when the link ends.",
      id: "Siapa pun yang punya tautan membaca isinya di peramban atau dengan dsdn get --link, tanpa akun. Yang terbuka adalah byte saat ini. Ingress menyimpan separuh kuncinya dan membuangnya saat tautan berakhir.",
    },
    examples: [
      { command: "share photos", text: { en: "A whole folder, for seven days.", id: "Seluruh folder, tujuh hari." } },
      {
        command: "share photos/2026/garden.jpg --expires 1h",
        text: { en: "One file of it, for an hour.", id: "Satu berkas darinya, satu jam." },
      },
    ],
  };
  static override readonly args = {
    reference: textArg({
      required: true,
      text: {
        en: "CID or your name, with /path for a file or folder inside.",
        id: "CID atau nama Anda, dengan /path untuk berkas atau folder di dalamnya.",
      },
    }),
  };
  static override readonly flags = {
    expires: durationFlag({
      text: {
        en: "How long it lasts: 1h, 7d (default), up to 365d.",
        id: "Masa berlaku: 1h, 7d (bawaan), sampai 365d.",
      },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Shared>> {
    const { args, flags } = await this.parse(ShareCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const made = await client.links.create(args.reference, { lifeMs: flags.expires, signal: this.signal });
    const { url, link, object, expiresMs, root, files, sizeBytes } = made;
    return {
      summary: { url, link, object, reference: args.reference, expiresMs, root, files, sizeBytes },
      details: {},
      // The link itself stands in the summary alone.
      audit: [{ step: "share", link, object }],
    };
  }

  protected override view({ url, link, expiresMs, root, files, sizeBytes }: Shared, say: Say): readonly Block[] {
    const size = formatBytes(sizeBytes);
    return [
      url,
      "",
      root === "file" ? say(texts.file, { size }) : say(texts.folder, { files, size }),
      say(texts.until, { time: formatTime(expiresMs) }),
      ...(LOOPBACK.includes(new URL(url).hostname) ? [say(texts.local)] : []),
      say(texts.once, { link }),
      { essential: url },
      nextStep(["links", "list"]),
    ];
  }
}
