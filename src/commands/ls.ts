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

type Listed = Summary<"ls">;
type Row = Listed["rows"][number];

const texts = {
  none: { en: "Nothing is stored yet.", id: "Belum ada yang tersimpan." },
  name: { en: "Name", id: "Nama" },
  size: { en: "Size", id: "Ukuran" },
  status: { en: "Status", id: "Status" },
  replicas: { en: "Replicas", id: "Replika" },
  date: { en: "Date", id: "Tanggal" },
  cid: { en: "CID", id: "CID" },
} as const;

/** Lists the owner's objects, or the files of one. */
export default class LsCommand extends BaseCommand<Listed> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "List what you stored, or the files of one object.",
      id: "Daftar yang Anda simpan, atau berkas sebuah objek.",
    },
    examples: [
      { command: "ls", text: { en: "Everything of yours.", id: "Semua milik Anda." } },
      { command: "ls photos", text: { en: "The files of one object.", id: "Berkas sebuah objek." } },
    ],
  };
  static override readonly args = {
    reference: textArg({ text: { en: "CID or your name.", id: "CID atau nama Anda." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Listed>> {
    const { args, flags } = await this.parse(LsCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { signal } = this;
    if (args.reference !== undefined) {
      const entries = await client.storage.listFiles(args.reference, { signal });
      const rows = entries.map(
        (entry): Row => ({
          name: entry.type === "dir" ? `${entry.path}/` : entry.path,
          object: null,
          sizeBytes: entry.size,
          status: entry.type,
          replicas: null,
          createdMs: entry.mtimeMs,
        }),
      );
      return { summary: { rows }, details: {}, audit: [] };
    }
    const found = await client.storage.list(signal);
    const rows = found.map(
      ({ name, object, row, onLog }): Row => ({
        name: name ?? "-",
        object,
        sizeBytes: row?.sizeBytes ?? onLog?.sizeBytes ?? 0,
        status: onLog?.status ?? "durable",
        replicas: onLog?.replicas ?? null,
        createdMs: row?.createdMs ?? onLog?.createdMs ?? 0,
      }),
    );
    return { summary: { rows }, details: {}, audit: [] };
  }

  protected override view({ rows }: Listed, say: Say): readonly Block[] {
    if (rows.length === 0) return [say(texts.none), { essential: "" }, nextStep(["upload", "<path>"])];
    const isFiles = rows.every((row) => row.object === null);
    const head = [say(texts.name), say(texts.size), say(texts.date)];
    const cells = (row: Row) => [row.name, formatBytes(row.sizeBytes), formatTime(row.createdMs)];
    const more = (row: Row) => [
      statusWord(row.status, say),
      row.replicas === null ? "-" : String(row.replicas),
      row.object ?? "-",
    ];
    return [
      isFiles
        ? { head, rows: rows.map(cells) }
        : {
            head: [...head, say(texts.status), say(texts.replicas), say(texts.cid)],
            rows: rows.map((row) => [...cells(row), ...more(row)]),
          },
      { essential: rows.map((row) => row.object ?? row.name).join("\n") },
      nextStep(["get", isFiles ? "<path>" : (rows[0]?.name ?? "<path>")]),
    ];
  }
}
