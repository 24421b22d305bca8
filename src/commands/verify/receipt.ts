import { join, resolve } from "node:path";
import { fail, fromUtf8, systemDisk } from "../../base/index.ts";
import type { ReceiptReport } from "../../client/index.ts";
import { type Block, type CommandResult, formatBytes, formatTime, type Say } from "../../ui/index.ts";
import { BaseCommand, type CommandTexts, commandErrors, pathArg, receiptsFolder } from "../framework/index.ts";

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
    id: "ya: {chunks} potongan, masing-masing dikonfirmasi dua zona ({nodes} node, {zones})",
  },
  durablePart: {
    en: "not proven here: {durable} of {chunks} chunks carry acknowledgements of two zones; the others were stored before",
    id: "tidak terbukti di sini: {durable} dari {chunks} potongan punya konfirmasi dua zona; lainnya tersimpan sebelumnya",
  },
  published: { en: "published", id: "terbit" },
  publishedYes: {
    en: "stated: log height {height}, blob {blob}, event {event}; `dsdn verify state` checks the log",
    id: "dinyatakan: ketinggian log {height}, blob {blob}, peristiwa {event}; `dsdn verify state` memeriksa lognya",
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
      en: "Checks the owner's signature on the publish request and the signature of every node that stored a part. Receipts of uploads made here are kept, so the CID is enough.",
      id: "Memeriksa tanda tangan pemilik pada permintaan terbit dan tanda tangan setiap node yang menyimpan. Tanda terima unggahan dari sini disimpan, jadi CID saja cukup.",
    },
    examples: [
      { command: "verify receipt receipt.json", text: { en: "A file.", id: "Sebuah berkas." } },
      { command: "verify receipt bafyrei...", text: { en: "An upload made here.", id: "Unggahan dari sini." } },
    ],
  };
  static override readonly args = {
    receipt: pathArg({
      required: true,
      text: { en: "File of the receipt, or the CID.", id: "Berkas tanda terima, atau CID." },
    }),
  };

  async run(): Promise<CommandResult<Verified>> {
    const { args } = await this.parse(VerifyReceiptCommand);
    const { path, bytes } = await this.#find(args.receipt);
    const { verifyReceipt } = await import("../../client/index.ts");
    const report = verifyReceipt(parse(bytes));
    const { isDurable, durableChunks, published } = report;
    return {
      summary: { path, ...report },
      details: { references: { author: report.author, nodes: report.nodes } },
      audit: [
        { step: "accepted", author: report.author },
        { step: "durable", isDurable, durableChunks, chunks: report.chunks },
        { step: "published", ...published },
      ],
    };
  }

  async #find(named: string): Promise<{ path: string; bytes: Uint8Array }> {
    const disk = systemDisk();
    const { terminal } = this.ui;
    const places = [resolve(terminal.folder, named)];
    if (/^[a-z0-9]+$/.test(named)) places.push(join(receiptsFolder(terminal), `${named}.json`));
    for (const path of places) {
      const bytes = await disk.findRange(path, 0, RECEIPT_BYTES_MAX).catch(() => undefined);
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
        ],
      },
      { essential: published !== null ? "published" : isDurable ? "durable" : "accepted" },
    ];
  }
}

/** What is no JSON is no receipt either, and is refused as such. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch {
    return undefined;
  }
}
