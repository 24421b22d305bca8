import { describe, expect, it } from "vitest";
import { estimateGas } from "../../../src/da/cost.ts";
import { daErrors, estimateDaCost, judgeBalance } from "../../../src/da/index.ts";

describe("the cost of posting", () => {
  it("counts whole shares, 8 gas a byte, 700 a blob and 75,000 a transaction", () => {
    expect(estimateGas([1])).toBe(512 * 8 + 700 + 75_000);
    expect(estimateGas([478])).toBe(estimateGas([1]));
    expect(estimateGas([479])).toBe(2 * 512 * 8 + 700 + 75_000);
    expect(estimateGas([1, 479])).toBe(3 * 512 * 8 + 2 * 700 + 75_000);
  });

  it("is given in TIA and USD for a transaction, a day and a month", () => {
    const cost = estimateDaCost({ blobSizesBytes: [1], transactionsPerHour: 10, gasPriceUtia: 1, usdPerTia: 2 });
    const tia = 79_796 / 1_000_000;
    expect(cost.perTransaction).toEqual({ tia, usd: tia * 2 });
    expect(cost.perDay.tia).toBeCloseTo(tia * 240, 9);
    expect(cost.perMonth.usd).toBeCloseTo(tia * 240 * 30 * 2, 9);
  });

  it("rounds the fee up to whole utia and uses the default gas price", () => {
    const cost = estimateDaCost({ blobSizesBytes: [1], transactionsPerHour: 1, usdPerTia: 1 });
    expect(cost.perTransaction.tia).toBe(Math.ceil(79_796 * 0.004) / 1_000_000);
  });

  it("is refused for nothing", () => {
    const input = { transactionsPerHour: 1, usdPerTia: 1 };
    for (const blobSizesBytes of [[], [0], [5, -1]]) {
      expect(() => estimateDaCost({ ...input, blobSizesBytes })).toThrow(
        expect.objectContaining({ code: daErrors.blobEmpty.code }),
      );
    }
  });
});

describe("the balance", () => {
  it("needs funds below the threshold or with less than a week left", () => {
    const limits = { costPerDayTia: 1, alertBelowTia: 5 };
    expect(judgeBalance(20_000_000n, limits)).toEqual({ balanceTia: 20, daysLeft: 20, needsFunds: false });
    expect(judgeBalance(6_900_000n, limits).needsFunds).toBe(true);
    expect(judgeBalance(4_000_000n, { ...limits, costPerDayTia: 0.001 }).needsFunds).toBe(true);
    expect(judgeBalance(5_000_000n, { ...limits, costPerDayTia: 0 })).toMatchObject({
      daysLeft: Number.POSITIVE_INFINITY,
      needsFunds: false,
    });
  });
});
