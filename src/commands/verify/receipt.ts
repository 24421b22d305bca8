import { join, resolve } from "node:path";
import { type Disk, fail, fromUtf8, systemDisk } from "../../base/index.ts";
import type { ReceiptReport } from "../../client/index.ts";
import { type Block, type CommandResult, formatBytes, formatTime, type Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  nextStep,
  pathArg,
  receiptsFolder,
  rootFlag,
} from "../framework/index.ts";

interface Verified extends ReceiptReport {
  readonly path: string;
}

const texts = {
  sound: {
    en: "The receipt is sound: every signature in it is right.",
    id: "Tanda terima sah: semua tanda tangan di dalamnya benar.",
  },
  object: { en: "Object", id: "Objek" },
  objectFacts: { en: "{object} ({size})", id: "{object} ({size})" },
  network: { en: "Network", id: "Jaringan" },
  accepted: { en: "accepted", id: "diterima" },
  acceptedFacts: {
    en: "yes: asked for by session {author} at {time}",
    id: "ya: diminta sesi {author} pada {time}",
  },
  durable: { en: "durable", id: "aman" },
  durableYes: {
    en: "yes: {chunks} chunk(s), each acknowledged in two zones ({nodes} nodes, {zones})",
    id: "ya: {chunks} potongan, masing-masing diakui dua zona ({nodes} node, {zones})",
  },
  durablePart: {
    en: "not proven here: {durable} of {chunks} chunks carry acknowledgements of two zones; the others were stored before",
    id: "tidak terbukti di sini: {durable} dari {chunks} potongan punya pengakuan dua zona; lainnya tersimpan sebelumnya",
  },
  published: { en: "published", id: "terbit" },
  publishedYes: {
    en: "stated: log height {height}, blob {blob}, event {event}; `dsdn verify state` checks the log",
    id: "dinyatakan: ketinggian log {height}, blob {blob}, peristiwa {event}; `dsdn verify state` memeriksa lognya",
  },
  inclusion: { en: "inclusion", id: "inklusi" },
  inclusionYes: {
    en: "proven: {owner} holds the object in the state of height {height}, under state root {root}",
    id: "terbukti: {owner} memegang objek itu di keadaan pada ketinggian {height}, di bawah akar keadaan {root}",
  },
  inclusionNo: {
    en: "no proof in this receipt",
    id: "tidak ada bukti di tanda terima ini",
  },
  log: { en: "on the log", id: "di log" },
  logYes: {
    en: "proven: the request is in that blob, under data root {root} of {chain} height {height}",
    id: "terbukti: permintaannya ada di blob itu, di bawah akar data {root} milik {chain} ketinggian {height}",
  },
  dataRootBelieved: {
    en: "The data root itself is the word of an ingress too: any node of {chain} shows that of height {height}.",
    id: "Akar data itu juga hanya pernyataan sebuah ingress: node {chain} mana pun menunjukkan akar pada ketinggian {height}.",
  },
  rootGiven: {
    en: "That state root is the one you gave. It is as good as your source for it: a replay of the log, or a role of your own.",
    id: "Akar keadaan itu sama dengan yang Anda berikan. Nilainya sebaik sumber Anda: log yang diputar ulang, atau peran milik sendiri.",
  },
  rootBelieved: {
    en: "The state root itself is the word of an ingress: believe it only as far as you replay the log (`dsdn verify state`).",
    id: "Akar keadaan itu sendiri hanya pernyataan sebuah ingress: percayai hanya sejauh Anda memutar ulang log (`dsdn verify state`).",
  },
  publishedNo: {
    en: "not yet when the receipt was written",
    id: "belum saat tanda terima ditulis",
  },
} as const;

const RECEIPT_BYTES_MAX = 512 * 1024 * 1024;

/** Checks the receipt of an upload without any network. */
export default class VerifyReceiptCommand extends BaseCommand<Verified> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Check an upload's receipt, without any network.",
      id: "Periksa tanda terima unggahan, tanpa jaringan.",
    },
    description: {
      en: "Checks the owner's signature on the publish request, the signature of every node that stored a part, and the proofs that the request is on the log and the object in the network's state. The root of that state is believed only as far as you replay the log. Receipts of uploads made here are kept, so the CID is enough.",
      id: "Memeriksa tanda tangan pemilik pada permintaan terbit dan tanda tangan setiap node yang menyimpan, serta bukti bahwa permintaannya ada di log dan objeknya ada di keadaan jaringan. Akar keadaan itu hanya layak dipercaya sejauh Anda memutar ulang log. Tanda terima unggahan dari sini disimpan, jadi CID saja cukup.",
    },
    examples: [
      { command: "verify receipt receipt.json", text: { en: "A file.", id: "Sebuah berkas." } },
      { command: "verify receipt bafyrei...", text: { en: "An upload made here.", id: "Unggahan dari sini." } },
      {
        command: "verify receipt bafyrei... --state-root 5f2c...",
        text: { en: "Against a state root you trust.", id: "Terhadap akar keadaan yang Anda percayai." },
      },
    ],
  };
  static override readonly args = {
    receipt: pathArg({
      required: true,
      text: { en: "File of the receipt, or the CID.", id: "Berkas tanda terima, atau CID." },
    }),
  };

  static override readonly flags = {
    "state-root": rootFlag({
      text: {
        en: "Root of the proof's height that you trust, from a replay or a role of your own.",
        id: "Akar pada ketinggian bukti yang Anda percayai, dari pemutaran ulang atau peran milik sendiri.",
      },
    }),
  };

  async run(): Promise<CommandResult<Verified>> {
    const { args, flags } = await this.parse(VerifyReceiptCommand);
    const { path, bytes } = await this.#find(args.receipt);
    const { verifyReceipt } = await import("../../client/index.ts");
    const report = verifyReceipt(parse(bytes), { stateRoot: flags["state-root"] });
    const { isDurable, durableChunks, published, inclusion, availability } = report;
    return {
      summary: { path, ...report },
      details: { references: { author: report.author, nodes: report.nodes, inclusion, availability } },
      audit: [
        { step: "accepted", author: report.author },
        { step: "durable", isDurable, durableChunks, chunks: report.chunks },
        { step: "published", ...published },
        { step: "inclusion", ...inclusion },
        { step: "availability", ...availability },
      ],
    };
  }

  async #find(named: string): Promise<{ path: string; bytes: Uint8Array }> {
    const disk = systemDisk();
    const { terminal } = this.ui;
    const places = [resolve(terminal.folder, named)];
    if (/^[a-z0-9]+$/.test(named)) places.push(join(receiptsFolder(terminal), `${named}.json`));
    for (const path of places) {
      const size = await disk.findSize(path).catch(() => undefined);
      const bytes = size === undefined || size > RECEIPT_BYTES_MAX ? undefined : await findFile(disk, path);
      if (bytes !== undefined) return { path, bytes };
    }
    throw fail(commandErrors.receiptMissing, { path: named });
  }

  protected override view(report: Verified, say: Say): readonly Block[] {
    const { object, network, author, createdMs, chunks, durableChunks, isDurable, nodes, zones, published } = report;
    const durable = isDurable
      ? say(texts.durableYes, { chunks, nodes: nodes.length, zones: zones.join(", ") })
      : say(texts.durablePart, { chunks, durable: durableChunks });
    return [
      say(texts.sound),
      {
        pairs: [
          [say(texts.object), say(texts.objectFacts, { object, size: formatBytes(report.sizeBytes) })],
          [say(texts.network), network],
          [say(texts.accepted), say(texts.acceptedFacts, { author: author.slice(0, 16), time: formatTime(createdMs) })],
          [say(texts.durable), durable],
          [
            say(texts.published),
            published === null ? say(texts.publishedNo) : say(texts.publishedYes, { ...published }),
          ],
          ...provenPairs(report, say),
        ],
      },
      ...trustNotes(report, say),
      { essential: published !== null ? "published" : isDurable ? "durable" : "accepted" },
      nextStep(["verify", "state"]),
    ];
  }
}

/** Roots are shortened; `-vv` has them whole. */
function provenPairs({ inclusion, availability }: ReceiptReport, say: Say): [string, string][] {
  const state =
    inclusion === null
      ? say(texts.inclusionNo)
      : say(texts.inclusionYes, {
          height: inclusion.height,
          root: inclusion.stateRoot.slice(0, 16),
          owner: `0x${inclusion.owner}`,
        });
  const log =
    availability === null
      ? say(texts.inclusionNo)
      : say(texts.logYes, {
          height: availability.height,
          root: availability.dataRoot.slice(0, 16),
          chain: availability.chainId,
        });
  return [
    [say(texts.log), log],
    [say(texts.inclusion), state],
  ];
}

/** What the proofs rest on. */
function trustNotes({ inclusion, availability }: ReceiptReport, say: Say): string[] {
  return [
    ...(inclusion === null ? [] : [say(inclusion.isRootGiven ? texts.rootGiven : texts.rootBelieved)]),
    ...(availability === null
      ? []
      : [say(texts.dataRootBelieved, { chain: availability.chainId, height: availability.height })]),
  ];
}

/** Undefined for a folder too. */
function findFile(disk: Disk, path: string): Promise<Uint8Array | undefined> {
  return disk.find(path).catch(() => undefined);
}

/** What is no JSON is no receipt either, and is refused as such. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch {
    return undefined;
  }
}
