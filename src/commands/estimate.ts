import { resolve } from "node:path";
import { systemRandom } from "../base/index.ts";
import { type Estimate, estimate } from "../client/index.ts";
import type { Block, CommandResult, Say } from "../ui/index.ts";
import { formatBytes } from "../ui/index.ts";
import { BaseCommand, type CommandTexts, nextStep, pathArg } from "./framework/index.ts";

const texts = {
  what: { en: "{files} file(s), {size}; {stored} stored", id: "{files} berkas, {size}; {stored} tersimpan" },
  storage: { en: "Storage a month", id: "Penyimpanan sebulan" },
  bandwidth: { en: "Bandwidth a month", id: "Lalu lintas sebulan" },
  total: { en: "Total a month", id: "Jumlah sebulan" },
  rate: {
    en: "At {rate} USD a NUSA, an assumed rate; price and rate may vary.",
    id: "Dengan {rate} USD per NUSA, kurs andaian; harga dan kurs dapat berubah.",
  },
} as const;

/** Says what keeping files would cost. */
export default class EstimateCommand extends BaseCommand<Estimate> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Say what keeping files would cost a month.", id: "Perkirakan biaya menyimpan berkas per bulan." },
    examples: [{ command: "estimate ./photos", text: { en: "Nothing is sent.", id: "Tidak ada yang dikirim." } }],
  };
  static override readonly args = {
    path: pathArg({ required: true, text: { en: "File or folder.", id: "Berkas atau folder." } }),
  };

  async run(): Promise<CommandResult<Estimate>> {
    const { args } = await this.parse(EstimateCommand);
    const path = resolve(this.ui.terminal.folder, args.path);
    const summary = await estimate([path], { signal: this.signal }, { random: systemRandom() });
    return { summary, details: {}, audit: [] };
  }

  protected override view(summary: Estimate, say: Say): readonly Block[] {
    const { files, sizeBytes, storedBytes, usdPerNusa } = summary;
    const price = ({ usd, nusa }: { usd: number; nusa: number }) => `${usd.toFixed(6)} USD (${nusa.toFixed(4)} NUSA)`;
    return [
      say(texts.what, { files, size: formatBytes(sizeBytes), stored: formatBytes(storedBytes) }),
      {
        pairs: [
          [say(texts.storage), price(summary.storagePerMonth)],
          [say(texts.bandwidth), price(summary.bandwidthPerMonth)],
          [say(texts.total), price(summary.totalPerMonth)],
        ],
      },
      say(texts.rate, { rate: usdPerNusa }),
      { essential: summary.totalPerMonth.usd.toFixed(6) },
      nextStep(["upload", "<path>"]),
    ];
  }
}
