import type { Random } from "../../base/index.ts";
import { sealedSize } from "../../crypto/index.ts";
import { openSource } from "./sources.ts";

/** Prices of the network, in USD. */
export interface Prices {
  readonly storageUsdPerGbMonth: number;
  readonly bandwidthUsdPerGb: number;
  /** USD for one NUSA. */
  readonly usdPerNusa: number;
}

/** The price list the network is designed to; the rate of NUSA is an assumption until the oracle gives one. */
export const DESIGN_PRICES: Prices = {
  storageUsdPerGbMonth: 0.1,
  bandwidthUsdPerGb: 0.01,
  usdPerNusa: 0.05,
};

const GB = 1e9;
/** A listing entry with its key takes about this much. */
const ENTRY_BYTES = 300;

export interface Amount {
  readonly usd: number;
  readonly nusa: number;
}

export interface Estimate {
  readonly files: number;
  readonly sizeBytes: number;
  /** With seals and listing. Every replica is in the price. */
  readonly storedBytes: number;
  readonly storagePerMonth: Amount;
  /** One upload, and one full download a month. */
  readonly bandwidthPerMonth: Amount;
  readonly totalPerMonth: Amount;
  readonly usdPerNusa: number;
  /** The rate and the price may vary; said wherever the numbers are shown. */
  readonly mayVary: true;
}

/** What keeping the paths for a month would cost. Errors as `findTree`. */
export async function estimate(
  paths: readonly string[],
  options: { readonly prices?: Prices; readonly signal?: AbortSignal | undefined },
  deps: { readonly random: Random },
): Promise<Estimate> {
  const source = await openSource({ paths }, { random: deps.random, nowMs: 0, signal: options.signal });
  const sizes = source.entries.filter(({ type }) => type === "file").map(({ sizeBytes }) => sizeBytes ?? 0);
  const sealed = sizes.reduce((sum, size) => sum + sealedSize(size), 0);
  const storedBytes = sealed + source.entries.length * ENTRY_BYTES;
  return priceOf({ files: sizes.length, sizeBytes: sumOf(sizes), storedBytes }, options.prices);
}

/** What keeping public files of these sizes for a month would cost, such as those of a package. */
export function estimatePublic(sizes: readonly number[], prices?: Prices): Estimate {
  const sizeBytes = sumOf(sizes);
  return priceOf({ files: sizes.length, sizeBytes, storedBytes: sizeBytes + sizes.length * ENTRY_BYTES }, prices);
}

/** What keeping this many stored bytes for a month costs, every replica included. */
export function storagePrice(storedBytes: number, prices: Prices = DESIGN_PRICES): Amount {
  const usd = (storedBytes / GB) * prices.storageUsdPerGbMonth;
  return { usd, nusa: usd / prices.usdPerNusa };
}

function priceOf(
  stored: Pick<Estimate, "files" | "sizeBytes" | "storedBytes">,
  prices: Prices = DESIGN_PRICES,
): Estimate {
  const amount = (usd: number): Amount => ({ usd, nusa: usd / prices.usdPerNusa });
  const storage = storagePrice(stored.storedBytes, prices);
  const bandwidthUsd = (stored.storedBytes / GB) * prices.bandwidthUsdPerGb * 2;
  return {
    ...stored,
    storagePerMonth: storage,
    bandwidthPerMonth: amount(bandwidthUsd),
    totalPerMonth: amount(storage.usd + bandwidthUsd),
    usdPerNusa: prices.usdPerNusa,
    mayVary: true,
  };
}

function sumOf(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
