import { fail } from "../base/index.ts";
import { countShares, SHARE_BYTES } from "./celestia/share.ts";
import { daErrors } from "./errors.ts";

/** @source celestia-app x/blob/types/payforblob.go and pkg/appconsts: gas of a pay-for-blobs transaction */
const GAS_PER_BLOB_BYTE = 8;
const GAS_PER_BLOB = 700;
const GAS_FIXED = 75_000;
/** Default lowest gas price a Celestia node asks for, in utia. @source celestia-app pkg/appconsts */
export const DEFAULT_GAS_PRICE_UTIA = 0.004;
const UTIA_PER_TIA = 1_000_000;
const HOURS_PER_DAY = 24;
const DAYS_PER_MONTH = 30;
/** Below this many days of posting the account is to be filled. */
const ALERT_DAYS = 7;

/** Gas of one transaction that carries blobs of these sizes in share version 0. */
export function estimateGas(blobSizesBytes: readonly number[]): number {
  const shares = blobSizesBytes.reduce((sum, sizeBytes) => sum + countShares(sizeBytes), 0);
  return shares * SHARE_BYTES * GAS_PER_BLOB_BYTE + blobSizesBytes.length * GAS_PER_BLOB + GAS_FIXED;
}

export interface DaCostInput {
  /** Sizes of the blobs of one transaction. */
  readonly blobSizesBytes: readonly number[];
  readonly transactionsPerHour: number;
  /** Default DEFAULT_GAS_PRICE_UTIA. */
  readonly gasPriceUtia?: number;
  /** A setting: no price is fetched. */
  readonly usdPerTia: number;
}

export interface DaAmount {
  readonly tia: number;
  readonly usd: number;
}

export interface DaCost {
  readonly gas: number;
  readonly perTransaction: DaAmount;
  readonly perDay: DaAmount;
  /** 30 days. */
  readonly perMonth: DaAmount;
}

/** What posting costs. An estimate: gas price and TIA price move, and unused gas is not given back. @throws DSDN_DA_BLOB_EMPTY */
export function estimateDaCost(input: DaCostInput): DaCost {
  const { blobSizesBytes, transactionsPerHour, usdPerTia } = input;
  if (blobSizesBytes.length === 0 || blobSizesBytes.some((size) => size <= 0)) throw fail(daErrors.blobEmpty, {});
  const gas = estimateGas(blobSizesBytes);
  const feeUtia = Math.ceil(gas * (input.gasPriceUtia ?? DEFAULT_GAS_PRICE_UTIA));
  const amount = (transactions: number): DaAmount => {
    const tia = (feeUtia * transactions) / UTIA_PER_TIA;
    return { tia, usd: tia * usdPerTia };
  };
  const daily = transactionsPerHour * HOURS_PER_DAY;
  return { gas, perTransaction: amount(1), perDay: amount(daily), perMonth: amount(daily * DAYS_PER_MONTH) };
}

export interface DaBalanceReport {
  readonly balanceTia: number;
  /** How long the balance pays for posting at this rate; Infinity when nothing is posted. */
  readonly daysLeft: number;
  /** True when less than the threshold, or less than a week of posting, is left. */
  readonly needsFunds: boolean;
}

/** Judges the balance of the posting account. @param alertBelowTia - lowest balance that needs no attention. */
export function judgeBalance(
  balanceUtia: bigint,
  limits: { readonly costPerDayTia: number; readonly alertBelowTia: number },
): DaBalanceReport {
  const balanceTia = Number(balanceUtia) / UTIA_PER_TIA;
  const daysLeft = limits.costPerDayTia > 0 ? balanceTia / limits.costPerDayTia : Number.POSITIVE_INFINITY;
  return { balanceTia, daysLeft, needsFunds: balanceTia < limits.alertBelowTia || daysLeft < ALERT_DAYS };
}
