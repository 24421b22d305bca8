import { resolve } from "node:path";
import { systemDisk, systemFileTree } from "../base/index.ts";
import { type Block, type CommandResult, formatBytes, type Say } from "../ui/index.ts";
import {
  BaseCommand,
  buildFlags,
  buildProject,
  type CommandTexts,
  drawList,
  nextStep,
  pathArg,
  pathFlag,
  remarkSkipped,
  toBuildWish,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Packed = Summary<"package">;

const texts = {
  written: {
    en: "{path} holds the package of {name}: {files} file(s), {size}.",
    id: "{path} berisi paket {name}: {files} berkas, {size}.",
  },
  kind: { en: "Kind", id: "Jenis" },
  digest: { en: "Digest", id: "Digest" },
  size: { en: "Size", id: "Ukuran" },
  content: { en: "{files} file(s), {size}", id: "{files} berkas, {size}" },
  found: { en: "Recognised by", id: "Dikenali dari" },
  files: { en: "Files", id: "Berkas" },
  left: { en: "Left out", id: "Tidak ikut" },
} as const;

/** Builds a package on this machine. */
export default class PackageCommand extends BaseCommand<Packed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Build a package on this machine.", id: "Buat paket di mesin ini." },
    description: {
      en: "Detects, builds and packs a project as deploy does, and sends nothing. The same project gives the same digest and the same archive on every machine.",
      id: "Mendeteksi, membangun, dan mengemas proyek seperti deploy, tanpa mengirim apa pun. Proyek yang sama menghasilkan digest dan arsip yang sama di mesin mana pun.",
    },
    examples: [
      { command: "package .", text: { en: "Into an archive here.", id: "Ke dalam arsip di sini." } },
      {
        command: "package . --out inside",
        text: { en: "Into a folder, to look at.", id: "Ke dalam folder, untuk dilihat." },
      },
    ],
  };
  static override readonly args = {
    path: pathArg({
      default: ".",
      text: { en: "Project folder or program file.", id: "Folder proyek atau berkas program." },
    }),
  };
  static override readonly flags = {
    out: pathFlag({
      char: "o",
      text: {
        en: "Archive (.tar) or new folder to write; <name>.dsdn.tar here unless said.",
        id: "Arsip (.tar) atau folder baru yang ditulis; <nama>.dsdn.tar di sini bila tak disebut.",
      },
    }),
    ...buildFlags,
  };

  /** As it was typed. */
  #path = ".";

  async run(): Promise<CommandResult<Packed>> {
    const { args, flags } = await this.parse(PackageCommand);
    this.#path = args.path;
    const { folder } = this.ui.terminal;
    const { built, output, name, packMs } = await buildProject(this.context, toBuildWish(args.path, flags));
    const { packageDigest, packageSize, writePackage } = await import("../packager/index.ts");
    const out = resolve(folder, flags.out ?? `${name}.dsdn.tar`);
    await writePackage(built, out, { disk: systemDisk(), tree: systemFileTree() });
    remarkSkipped(this.ui, built.skipped);
    const { detection, spec } = built;
    const files = built.files.map(({ path, size }) => ({ path, sizeBytes: size }));
    return {
      summary: {
        name,
        path: out,
        type: detection.type,
        kind: spec.kind,
        mode: spec.mode,
        framework: detection.framework,
        build: output,
        because: detection.because,
        digest: packageDigest(built),
        files,
        sizeBytes: packageSize(built),
        skipped: built.skipped,
      },
      details: { because: detection.because, buildMs: Math.round(packMs) },
      audit: built.files.map(({ path, size }) => ({ step: "pack", path, bytes: size })),
    };
  }

  protected override view(summary: Packed, say: Say): readonly Block[] {
    const { name, path, kind, framework, digest, files, sizeBytes, skipped, because } = summary;
    const packedList = drawList(
      `${say(texts.files)}:`,
      files.map((file) => `${file.path} (${formatBytes(file.sizeBytes)})`),
    );
    const skippedList = drawList(
      `${say(texts.left)}:`,
      skipped.map((entry) => `${entry.path} (${entry.reason})`),
    );
    return [
      say(texts.written, { path, name, files: files.length, size: formatBytes(sizeBytes) }),
      {
        more: [
          {
            pairs: [
              [say(texts.kind), framework === null ? kind : `${kind}, ${framework}`],
              [say(texts.found), because.join(", ")],
              [say(texts.digest), digest],
              [say(texts.size), say(texts.content, { files: files.length, size: formatBytes(sizeBytes) })],
            ],
          },
          ...packedList,
          ...skippedList,
        ],
      },
      { essential: digest },
      nextStep(["deploy", this.#path]),
    ];
  }
}
