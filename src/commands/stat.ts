import type { Block, CommandResult, Say } from "../ui/index.ts";
import { formatBytes, formatTime } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  statusWord,
  textArg,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Stat = Summary<"stat">;

const texts = {
  cid: { en: "CID", id: "CID" },
  name: { en: "Name", id: "Nama" },
  status: { en: "Status", id: "Status" },
  content: { en: "Content", id: "Isi" },
  files: { en: "{files} file(s), {size}", id: "{files} berkas, {size}" },
  sealed: { en: "sealed; there is no key for it here", id: "tersegel; kuncinya tidak ada di sini" },
  stored: { en: "Stored", id: "Tersimpan" },
  replicas: { en: "Replicas", id: "Replika" },
  where: { en: "{replicas} in {zones} zones", id: "{replicas} di {zones} zona" },
  created: { en: "Created", id: "Dibuat" },
  expires: { en: "Kept until", id: "Disimpan sampai" },
  always: { en: "it is removed", id: "dihapus" },
} as const;

/** Shows one object. */
export default class StatCommand extends BaseCommand<Stat> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Show one object: state, replicas, lifetime.",
      id: "Tampilkan satu objek: status, replika, masa simpan.",
    },
    examples: [{ command: "stat photos", text: { en: "One of yours.", id: "Salah satu milik Anda." } }],
  };
  static override readonly args = {
    reference: textArg({ required: true, text: { en: "CID or your name.", id: "CID atau nama Anda." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Stat>> {
    const { args, flags } = await this.parse(StatCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { object, name, details, content } = await client.storage.stat(args.reference, { signal: this.signal });
    const { status, isPublic, replicas, zones, createdMs, expiresMs } = details;
    return {
      summary: {
        object,
        name,
        status,
        isPublic,
        storedBytes: details.sizeBytes,
        files: content?.files ?? null,
        sizeBytes: content?.sizeBytes ?? null,
        replicas,
        zones,
        createdMs,
        expiresMs,
      },
      details: {
        owner: details.owner,
        references: { manifest: details.manifest, chunks: details.chunks, position: details.position },
      },
      audit: [],
    };
  }

  protected override view(stat: Stat, say: Say): readonly Block[] {
    const { files, sizeBytes, replicas, zones } = stat;
    const isKnown = files !== null && sizeBytes !== null;
    return [
      {
        pairs: [
          [say(texts.cid), stat.object],
          [say(texts.name), stat.name ?? "-"],
          [say(texts.status), statusWord(stat.status, say)],
          [say(texts.content), isKnown ? say(texts.files, { files, size: formatBytes(sizeBytes) }) : say(texts.sealed)],
          [say(texts.stored), formatBytes(stat.storedBytes)],
          [say(texts.replicas), say(texts.where, { replicas, zones })],
          [say(texts.created), formatTime(stat.createdMs)],
          [say(texts.expires), stat.expiresMs === null ? say(texts.always) : formatTime(stat.expiresMs)],
        ],
      },
      { essential: stat.object },
      nextStep(["get", stat.name ?? stat.object]),
    ];
  }
}
