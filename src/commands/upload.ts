import { join, resolve } from "node:path";
import { fail, systemDisk, toUtf8, writeShared } from "../base/index.ts";
import type { Client, Inclusion, UploadInput, UploadOptions, UploadProgress, UploadResult } from "../client/index.ts";
import { type Block, type CommandResult, formatBytes, type Say } from "../ui/index.ts";
import { labelOfNetwork } from "./framework/config/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  describeLogWait,
  durationFlag,
  keepMemorySmall,
  nameFlag,
  nextStep,
  openAccountAccess,
  openNetwork,
  passphraseFileFlag,
  pathArg,
  pathFlag,
  receiptsFolder,
  statusWord,
  switchFlag,
  writeShares,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Uploaded = Summary<"upload">;

const texts = {
  working: { en: "Uploading {what}", id: "Mengunggah {what}" },
  publishing: { en: "Waiting for the log", id: "Menunggu log" },
  done: {
    en: "{name} is stored, readable by you only: {files} file(s), {size}, safe on {replicas} nodes in {zones} zones.",
    id: "{name} tersimpan, hanya terbaca oleh Anda: {files} berkas, {size}, aman di {replicas} node di {zones} zona.",
  },
  donePublic: {
    en: "{name} is stored, readable by everybody: {files} file(s), {size}, safe on {replicas} nodes in {zones} zones.",
    id: "{name} tersimpan, terbaca oleh siapa saja: {files} berkas, {size}, aman di {replicas} node di {zones} zona.",
  },
  cid: { en: "CID", id: "CID" },
  replicas: { en: "Replicas", id: "Replika" },
  where: { en: "{replicas} nodes in {zones} zones", id: "{replicas} node di {zones} zona" },
  stage: { en: "Stage", id: "Tahap" },
  sent: { en: "Sent now", id: "Dikirim kini" },
  kept: { en: "Stored before", id: "Sudah tersimpan" },
  secrecy: { en: "Readable by", id: "Dapat dibaca" },
  everybody: { en: "everybody", id: "siapa saja" },
  owner: { en: "you only", id: "hanya Anda" },
  shares: { en: "Key share: {path}", id: "Bagian kunci: {path}" },
} as const;

/** Uploads files, folders or standard input. */
export default class UploadCommand extends BaseCommand<Uploaded> {
  static override readonly strict = false;
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Store files or folders, encrypted on this machine.",
      id: "Simpan berkas atau folder, dienkripsi di mesin ini.",
    },
    description: {
      en: "Everything is encrypted before it leaves, unless --public is given. A second upload of a changed folder sends only what changed; after an interruption, run it again.",
      id: "Semua dienkripsi sebelum dikirim, kecuali dengan --public. Unggahan ulang folder yang berubah hanya mengirim perubahannya; bila terputus, jalankan lagi.",
    },
    examples: [
      { command: "upload ./photos", text: { en: "A folder.", id: "Satu folder." } },
      {
        command: "upload report.pdf --public --ttl 30d",
        text: { en: "For everybody, for a month.", id: "Untuk semua orang, selama sebulan." },
      },
      { command: "upload - --name backup.tar", text: { en: "Standard input.", id: "Masukan standar." } },
    ],
  };
  static override readonly args = {
    path: pathArg({
      required: true,
      text: { en: "Files or folders; - reads standard input.", id: "Berkas atau folder; - membaca masukan standar." },
    }),
  };
  static override readonly flags = {
    encrypt: switchFlag({
      exclusive: ["public"],
      text: { en: "Encrypt; this is what happens anyway.", id: "Enkripsi; memang itu yang terjadi." },
    }),
    public: switchFlag({
      text: { en: "Do not encrypt: everybody can read it.", id: "Jangan enkripsi: siapa saja dapat membaca." },
    }),
    name: nameFlag({ text: { en: "Your name for it.", id: "Nama dari Anda untuknya." } }),
    ttl: durationFlag({ text: { en: "How long it is kept.", id: "Berapa lama disimpan." } }),
    "shares-out": pathFlag({
      text: {
        en: "Also split your key, two of three, and write the shares here.",
        id: "Bagi juga kunci Anda, dua dari tiga, dan tulis bagiannya di sini.",
      },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Uploaded>> {
    const { flags, argv } = await this.parse(UploadCommand);
    await keepMemorySmall();
    const paths = argv.map(String);
    const passphraseFile = flags["passphrase-file"];
    const { client } = await openNetwork(this.context, { passphraseFile });
    const input: UploadInput =
      paths.length === 1 && paths[0] === "-"
        ? { stream: this.ui.input(), fileName: flags.name ?? "stdin" }
        : { paths: paths.map((path) => resolve(this.ui.terminal.folder, path)) };
    // Standard input cannot be read a second time.
    this.canResume = "paths" in input;
    const options = {
      isPublic: flags.public,
      ...(flags.name === undefined ? {} : { name: flags.name }),
      ...(flags.ttl === undefined ? {} : { ttlMs: flags.ttl }),
    };
    const title = this.ui.say(texts.working, { what: paths.join(", ") });
    const result = await this.#send(client, input, { ...options, title });
    const shares = flags["shares-out"] === undefined ? [] : await this.#split(flags["shares-out"], passphraseFile);
    return toResult(result, shares);
  }

  /**
   * Two steps for the user: the bytes are safe on nodes of two zones, and the log has taken the publication.
   * @throws DSDN_COMMANDS_UPLOAD_NOT_PUBLISHED
   */
  async #send(client: Client, input: UploadInput, { title, ...options }: UploadOptions & { readonly title: string }) {
    const durable = Promise.withResolvers<number>();
    let show: (progress: UploadProgress) => void = () => {};
    let obstacle: UploadProgress["obstacle"];
    const uploading = client.storage.upload(input, {
      ...options,
      signal: this.signal,
      onProgress: (progress) => {
        ({ obstacle } = progress);
        show(progress);
      },
      onStage: (stage) => stage === "durable" && durable.resolve(this.clock.monotonicMs()),
    });
    // It may fail before the step is drawn, which tells of it.
    uploading.catch(() => {});
    await this.ui.progress.run(title, (step) => {
      show = ({ doneBytes, totalBytes }) => step.update(doneBytes, totalBytes);
      return Promise.race([durable.promise, uploading]);
    });
    return this.ui.progress.run(this.ui.say(texts.publishing), async (step) => {
      show = (progress) => step.note(progress.obstacle === undefined ? "" : this.#waitsFor(progress));
      const result = await uploading;
      await this.#keepReceipt(result);
      if (result.stage === "published") return result;
      throw fail(commandErrors.uploadNotPublished, {
        name: result.name ?? result.object,
        seconds: Math.round((this.clock.monotonicMs() - (await durable.promise)) / 1000),
        state: this.#waitsFor({ obstacle }),
        command: this.canResume ? this.commandLine : `dsdn stat ${result.object}`,
      });
    });
  }

  #waitsFor({ obstacle }: Pick<UploadProgress, "obstacle">): string {
    return describeLogWait(obstacle, this.ui.say);
  }

  async #split(out: string, passphraseFile: string | undefined): Promise<readonly string[]> {
    const { keeper, files } = openAccountAccess(this.context, { passphraseFile });
    const { account } = await keeper.open();
    const set = await keeper.split({ threshold: 2, total: 3 });
    const folder = resolve(this.ui.terminal.folder, out);
    const facts = {
      folder,
      network: labelOfNetwork(this.context),
      subject: account.fingerprint,
      createdMs: this.clock.nowMs(),
    };
    return writeShares(set, facts, files);
  }

  /** The receipt lies beside the account, so that `dsdn verify receipt <cid>` finds it. */
  async #keepReceipt(result: UploadResult): Promise<void> {
    const folder = receiptsFolder(this.ui.terminal);
    const disk = systemDisk();
    await disk.makeFolder(folder);
    // Two programs that store the same content at once have one receipt.
    await writeShared(disk, join(folder, `${result.object}.json`), toUtf8(JSON.stringify(result.receipt)));
  }

  protected override view(summary: Uploaded, say: Say): readonly Block[] {
    const { name, object, files, sizeBytes, replicas, zones, stage, sentBytes, isPublic, shares } = summary;
    return [
      say(isPublic ? texts.donePublic : texts.done, {
        name: name ?? object,
        files,
        size: formatBytes(sizeBytes),
        replicas,
        zones,
      }),
      {
        more: [
          {
            pairs: [
              [say(texts.cid), object],
              [say(texts.replicas), say(texts.where, { replicas, zones })],
              [say(texts.stage), statusWord(stage, say)],
              [say(texts.sent), formatBytes(sentBytes)],
              ...(sentBytes < sizeBytes ? [[say(texts.kept), formatBytes(sizeBytes - sentBytes)] as const] : []),
              [say(texts.secrecy), say(isPublic ? texts.everybody : texts.owner)],
            ],
          },
        ],
      },
      ...shares.map((path) => say(texts.shares, { path })),
      { essential: object },
      nextStep(["get", name ?? object]),
    ];
  }
}

function toResult(result: UploadResult, shares: readonly string[]): CommandResult<Uploaded> {
  const { object, name, isPublic, files, sizeBytes, sentBytes, replicas, zones, stage, outcome } = result;
  const { inclusion } = result.receipt;
  return {
    summary: { object, name, isPublic, files, sizeBytes, sentBytes, replicas, zones, stage, shares },
    details: {
      chunks: result.chunks,
      sentChunks: result.sentChunks,
      storedBytes: result.storedBytes,
      durableAfterMs: result.durableAfterMs,
      publishedAfterMs: result.publishedAfterMs ?? null,
      references: {
        position: outcome?.position ?? null,
        blobCommitment: outcome?.blobCommitment ?? null,
        author: result.author,
        sequence: result.sequence,
        inclusion: inclusion === undefined ? null : proofFacts(inclusion),
      },
    },
    audit: [
      { step: "seal and send", chunks: result.sentChunks, bytes: sentBytes },
      { step: "durable", afterMs: result.durableAfterMs, zones, replicas },
      { step: "published", afterMs: result.publishedAfterMs ?? null },
      { step: "proven in the state", height: inclusion?.height ?? null },
    ],
  };
}

/** Without the leaf, which names every chunk; the receipt has it. */
function proofFacts({ height, stateRoot, owner, proof }: Inclusion) {
  return { height, stateRoot, owner, proof };
}
