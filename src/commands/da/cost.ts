import { fail, silentLogger } from "../../base/index.ts";
import { type PostingCost, type PostingRate, priceOfPosting } from "../../client/index.ts";
import { type Block, type CommandResult, formatBytes, type Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  devnetFolderFlag,
  nextStep,
  numberFlag,
  textFlag,
} from "../framework/index.ts";

interface Cost extends PostingCost {
  readonly blobBytes: number;
  readonly transactionsPerHour: number;
  readonly usdPerTia: number;
  readonly balanceTia: number | null;
  /** What the rate was measured on; null when it was given. */
  readonly measured: PostingRate | null;
}

const texts = {
  endless: { en: "no end of", id: "tak terbatas" },
  measuring: { en: "Measuring the log", id: "Mengukur log" },
  given: {
    en: "At {rate} postings an hour of {size} each:",
    id: "Untuk {rate} kiriman per jam, masing-masing {size}:",
  },
  measured: {
    en: "At the rate of heights {from} to {to}: {rate} postings an hour of {size} each",
    id: "Dengan laju ketinggian {from} sampai {to}: {rate} kiriman per jam, masing-masing {size}",
  },
  span: { en: "Span", id: "Rentang" },
  posting: { en: "A posting", id: "Satu kiriman" },
  day: { en: "A day", id: "Sehari" },
  month: { en: "A month", id: "Sebulan" },
  balance: { en: "Balance", id: "Saldo" },
  left: { en: "{balance} TIA, enough for {days} days", id: "{balance} TIA, cukup untuk {days} hari" },
  alert: {
    en: "The posting account needs funds: less than {limit} TIA or less than a week is left.",
    id: "Akun pengirim perlu diisi: tersisa kurang dari {limit} TIA atau kurang dari seminggu.",
  },
  basis: {
    en: "{gas} gas at {price} utia each, 1 TIA = {usd} USD. Both prices are settings and may vary.",
    id: "{gas} gas dengan {price} utia per gas, 1 TIA = {usd} USD. Kedua harga berasal dari setelan dan dapat berubah.",
  },
} as const;

const MEASURED_HEIGHTS = 100;
const DEFAULT_ALERT_TIA = 1;
/** No price is fetched; a round number that nobody takes for today's. */
const DEFAULT_USD_PER_TIA = "1";

/** Estimates what posting to the log costs. */
export default class DaCostCommand extends BaseCommand<Cost> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Estimate what posting to the log costs a day and a month.",
      id: "Perkirakan biaya mengirim ke log per hari dan per bulan.",
    },
    description: {
      en: "Size and rate are measured on the newest 100 heights unless both are given. On a devnet nothing is paid: the numbers say what the same traffic would cost on Celestia.",
      id: "Ukuran dan laju diukur pada 100 ketinggian terbaru bila tidak disebut keduanya. Di devnet tidak ada yang dibayar: angkanya adalah biaya lalu lintas yang sama di Celestia.",
    },
    examples: [
      { command: "da cost --tia-usd 4.20", text: { en: "At today's price.", id: "Dengan harga hari ini." } },
      {
        command: "da cost --blob-bytes 65536 --per-hour 600",
        text: { en: "Another rate.", id: "Laju yang lain." },
      },
    ],
  };
  static override readonly flags = {
    "tia-usd": textFlag({
      default: DEFAULT_USD_PER_TIA,
      text: { en: "USD for one TIA; 1 unless said.", id: "USD untuk satu TIA; 1 bila tak disebut." },
    }),
    "gas-price": textFlag({
      text: {
        en: "utia for one gas; the node's usual unless said.",
        id: "utia per gas; harga lazim bila tak disebut.",
      },
    }),
    "blob-bytes": numberFlag({
      min: 1,
      max: 8 * 1024 * 1024,
      text: { en: "Bytes of a posting.", id: "Byte satu kiriman." },
    }),
    "per-hour": numberFlag({ min: 0, max: 1_000_000, text: { en: "Postings an hour.", id: "Kiriman per jam." } }),
    "alert-below": numberFlag({
      default: DEFAULT_ALERT_TIA,
      text: {
        en: "Balance in TIA that calls for funds; 1 unless said.",
        id: "Saldo TIA yang perlu diisi; 1 bila tak disebut.",
      },
    }),
    data: devnetFolderFlag,
  };

  async run(): Promise<CommandResult<Cost>> {
    const { flags } = await this.parse(DaCostCommand);
    const usdPerTia = parseDecimal("--tia-usd", flags["tia-usd"]);
    const gasPriceUtia = flags["gas-price"] === undefined ? undefined : parseDecimal("--gas-price", flags["gas-price"]);
    const { "blob-bytes": size, "per-hour": rate, "alert-below": alertBelowTia } = flags;
    const isGiven = size !== undefined && rate !== undefined;
    const found = isGiven ? undefined : await this.#measure(flags.data);
    const blobBytes = size ?? (found?.measured.averageBlobBytes || 1);
    const transactionsPerHour = rate ?? found?.measured.transactionsPerHour ?? 0;
    const basis = { blobBytes, transactionsPerHour, usdPerTia };
    const balanceTia = found?.balanceTia;
    const cost = priceOfPosting({ ...basis, gasPriceUtia, balanceTia, alertBelowTia });
    if (cost.needsFunds) this.ui.remark(this.ui.say(texts.alert, { limit: alertBelowTia }));
    const summary = { ...basis, ...cost, balanceTia: balanceTia ?? null, measured: found?.measured ?? null };
    return { summary, details: { gas: cost.gas, gasPriceUtia: cost.gasPriceUtia }, audit: [] };
  }

  async #measure(data: string | undefined) {
    const { findLogSubject } = await import("../framework/index.ts");
    const { measurePosting, reportLog } = await import("../../client/index.ts");
    const subject = await findLogSubject(this.context, data);
    const deps = { clock: this.clock, log: silentLogger() };
    const { signal } = this;
    return this.ui.progress.run(this.ui.say(texts.measuring), async () => {
      const { account } = await reportLog(subject, deps, signal);
      const measured = await measurePosting(subject, { heights: MEASURED_HEIGHTS, signal }, deps);
      return { measured, balanceTia: account?.balanceTia };
    });
  }

  protected override view(cost: Cost, say: Say): readonly Block[] {
    const { blobBytes, transactionsPerHour, measured, balanceTia, daysLeft } = cost;
    const facts = { rate: Math.round(transactionsPerHour), size: formatBytes(blobBytes) };
    const title =
      measured === null
        ? say(texts.given, facts)
        : say(texts.measured, { ...facts, from: measured.fromHeight, to: measured.toHeight });
    const days = daysLeft === undefined || !Number.isFinite(daysLeft) ? say(texts.endless) : Math.floor(daysLeft);
    const balance =
      balanceTia === null ? [] : [[say(texts.balance), say(texts.left, { balance: balanceTia, days })] as const];
    return [
      title,
      {
        head: [say(texts.span), "USD", "TIA"],
        rows: [
          [say(texts.posting), usd(cost.perTransaction.usd), tia(cost.perTransaction.tia)],
          [say(texts.day), usd(cost.perDay.usd), tia(cost.perDay.tia)],
          [say(texts.month), usd(cost.perMonth.usd), tia(cost.perMonth.tia)],
        ],
      },
      ...(balance.length === 0 ? [] : [{ pairs: balance }]),
      say(texts.basis, { gas: cost.gas, price: cost.gasPriceUtia, usd: cost.usdPerTia }),
      { essential: String(cost.perMonth.usd) },
      nextStep(["da", "status"]),
    ];
  }
}

function usd(value: number): string {
  return value >= 1 ? value.toFixed(2) : value.toPrecision(2);
}

function tia(value: number): string {
  return value.toFixed(6);
}

/** A price in plain decimals. @throws DSDN_COMMANDS_VALUE_INVALID */
function parseDecimal(name: string, text: string): number {
  const value = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw fail(commandErrors.valueInvalid, { name, value: `'${text.slice(0, 40)}'`, expected: "0.004 | 4.20 | 12" });
}
