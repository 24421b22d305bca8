import { type DaCost, DEFAULT_GAS_PRICE_UTIA, estimateDaCost, judgeBalance } from "../../da/index.ts";

export interface PostingPrices {
  readonly blobBytes: number;
  readonly transactionsPerHour: number;
  readonly usdPerTia: number;
  readonly gasPriceUtia?: number | undefined;
  /** What the posting account holds, when that is known. */
  readonly balanceTia?: number | undefined;
  readonly alertBelowTia: number;
}

export interface PostingCost extends DaCost {
  readonly gasPriceUtia: number;
  /** Infinity when nothing is posted. */
  readonly daysLeft: number | undefined;
  readonly needsFunds: boolean;
}

/** What posting costs at a rate, and how long the balance lasts. @throws DSDN_DA_BLOB_EMPTY */
export function priceOfPosting(prices: PostingPrices): PostingCost {
  const { blobBytes, transactionsPerHour, usdPerTia, balanceTia, alertBelowTia } = prices;
  const gasPriceUtia = prices.gasPriceUtia ?? DEFAULT_GAS_PRICE_UTIA;
  const cost = estimateDaCost({ blobSizesBytes: [blobBytes], transactionsPerHour, usdPerTia, gasPriceUtia });
  if (balanceTia === undefined) return { ...cost, gasPriceUtia, daysLeft: undefined, needsFunds: false };
  const limits = { costPerDayTia: cost.perDay.tia, alertBelowTia };
  const { daysLeft, needsFunds } = judgeBalance(BigInt(Math.round(balanceTia * 1e6)), limits);
  return { ...cost, gasPriceUtia, daysLeft, needsFunds };
}
