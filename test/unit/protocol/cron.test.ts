import { Cron } from "croner";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileSchedule } from "../../../src/intent/index.ts";
import { findCron, jobSchedule, nextDue, z } from "../../../src/protocol/index.ts";

const UTC = [{ fromMs: 0, offsetMinutes: 0 }];
const at = (iso: string) => Date.parse(iso);

/** The next moments of a pattern in a time zone, as UTC texts. */
function moments(cron: string, timeZone: string, from: string, count: number): string[] {
  const { offsets } = compileSchedule({ value: { cron, timeZone }, place: "test" }, at(from));
  const pattern = findCron(cron);
  if (pattern === undefined) throw new Error(`not a pattern: ${cron}`);
  const found: string[] = [];
  let afterMs = at(from);
  while (found.length < count) {
    const next = nextDue(pattern, offsets, afterMs);
    if (next === undefined) break;
    found.push(new Date(next).toISOString().slice(0, 16));
    afterMs = next;
  }
  return found;
}

describe("a pattern", () => {
  test.each([
    "",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * 32 * *",
    "* * * 13 *",
    "* * * * 8",
    "5-1 * * * *",
    "*/0 * * * *",
    "a * * * *",
    "1,,2 * * * *",
    "1-2-3 * * * *",
    "-1 * * * *",
    "1.5 * * * *",
    "@daily",
    "* * L * *",
    "* * * * 1#2",
    "? * * * *",
    "*  * * * *",
    "0 0 31 2 *",
    "0 0 30 2 *",
    "0 0 31 4,6 *",
    `${"1,".repeat(60)}1 * * * *`,
  ])("%j is none", (text) => {
    expect(findCron(text)).toBeUndefined();
  });

  test.each([
    "* * * * *",
    "*/5 * * * *",
    "0 9-17/2 * * mon-fri",
    "0 0 1 JAN,jul *",
    "0 0 29 2 *",
    "0 0 * * 7",
    "5/10 * * * *",
  ])("%j is one", (text) => {
    expect(findCron(text)).toBeDefined();
  });

  test("29 February is found across the year 2100, which is no leap year", () => {
    expect(moments("0 0 29 2 *", "UTC", "2096-03-01T00:00Z", 1)).toEqual(["2104-02-29T00:00"]);
  });

  test("day or weekday is enough when both are restricted", () => {
    expect(moments("0 0 13 * 5", "UTC", "2026-11-10T00:00Z", 3)).toEqual([
      "2026-11-13T00:00",
      "2026-11-20T00:00",
      "2026-11-27T00:00",
    ]);
  });

  const field = (low: number, high: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.integer({ min: low, max: high }).map(String),
      fc
        .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))
        .map(([one, two]) => `${Math.min(one, two)}-${Math.max(one, two)}`),
      fc.integer({ min: 1, max: Math.min(20, high) }).map((step) => `*/${step}`),
      fc.array(fc.integer({ min: low, max: high }), { minLength: 2, maxLength: 4 }).map((list) => list.join(",")),
    );

  test("is due in UTC when another cron library says so", () => {
    const pattern = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6));
    const moment = fc.integer({ min: at("2000-01-01T00:00Z"), max: at("2099-12-31T00:00Z") });
    fc.assert(
      fc.property(pattern, moment, ([minute, hour, day, month, weekday], afterMs) => {
        // A step of one field of days is read differently by every library once both are restricted.
        fc.pre(!(day.startsWith("*/") || weekday.startsWith("*/")));
        const text = [minute, hour, day, month, weekday].join(" ");
        const read = findCron(text);
        const expected = new Cron(text, { timezone: "UTC" }).nextRun(new Date(afterMs))?.getTime();
        expect(read === undefined ? undefined : nextDue(read, UTC, afterMs)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("each moment lies after the one before, whatever the offsets", () => {
    const offsets = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 400_000 }), fc.integer({ min: -900, max: 900 })), { maxLength: 6 })
      .map((list) => [
        { fromMs: 0, offsetMinutes: 0 },
        ...[...new Map(list)]
          .sort(([left], [right]) => left - right)
          .map(([minute, offsetMinutes]) => ({
            fromMs: minute * 60_000,
            offsetMinutes,
          })),
      ]);
    fc.assert(
      fc.property(
        fc.tuple(field(0, 59), field(0, 23)),
        offsets,
        fc.nat(20_000_000_000),
        ([minute, hour], list, from) => {
          const read = findCron(`${minute} ${hour} * * *`);
          if (read === undefined) throw new Error("no pattern");
          let afterMs = from;
          for (let count = 0; count < 20; count++) {
            const next = nextDue(read, list, afterMs) ?? 0;
            expect(next).toBeGreaterThan(afterMs);
            expect(next % 60_000).toBe(0);
            afterMs = next;
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("a time zone", () => {
  test("without summer time is always the same hours away", () => {
    expect(moments("30 2 * * *", "Asia/Jakarta", "2026-11-21T00:00Z", 2)).toEqual([
      "2026-11-21T19:30",
      "2026-11-22T19:30",
    ]);
  });

  // Berlin: 2027-03-28 02:00 -> 03:00 (01:00 UTC), 2027-10-31 03:00 -> 02:00 (01:00 UTC).
  test("that skips an hour runs what was due in it at the moment it is skipped, once", () => {
    expect(moments("30 2 * * *", "Europe/Berlin", "2027-03-27T00:00Z", 3)).toEqual([
      "2027-03-27T01:30",
      "2027-03-28T01:00",
      "2027-03-29T00:30",
    ]);
    expect(moments("*/20 2 * * *", "Europe/Berlin", "2027-03-28T00:00Z", 2)).toEqual([
      "2027-03-28T01:00",
      "2027-03-29T00:00",
    ]);
  });

  test("that repeats an hour runs what is due in it the first time only", () => {
    expect(moments("30 2 * * *", "Europe/Berlin", "2027-10-30T00:00Z", 3)).toEqual([
      "2027-10-30T00:30",
      "2027-10-31T00:30",
      "2027-11-01T01:30",
    ]);
  });

  test("does not disturb what runs in every hour", () => {
    expect(moments("30 * * * *", "Europe/Berlin", "2027-03-28T00:00Z", 3)).toEqual([
      "2027-03-28T00:30",
      "2027-03-28T01:30",
      "2027-03-28T02:30",
    ]);
    expect(moments("30 * * * *", "Europe/Berlin", "2027-10-31T00:00Z", 3)).toEqual([
      "2027-10-31T00:30",
      "2027-10-31T01:30",
      "2027-10-31T02:30",
    ]);
  });

  test("of half an hour of summer time is followed too", () => {
    // Lord Howe Island: +11:00 in summer, +10:30 from 2027-04-04 02:00 on.
    expect(moments("0 12 * * *", "Australia/Lord_Howe", "2027-04-03T00:00Z", 2)).toEqual([
      "2027-04-03T01:00",
      "2027-04-04T01:30",
    ]);
  });

  test("is written out for ten years in whole minutes, so that no role asks its own machine", () => {
    const schedule = compileSchedule(
      { value: { cron: "@daily", timeZone: "Europe/Berlin" }, place: "test" },
      at("2026-11-21T00:00Z"),
    );
    expect(schedule).toMatchObject({ cron: "0 0 * * *", overlap: "skip", missed: "run-once" });
    expect(schedule.offsets.length).toBe(21);
    expect(schedule.offsets[1]).toEqual({ fromMs: at("2027-03-28T01:00Z"), offsetMinutes: 120 });
    expect(jobSchedule.safeDecode(z.encode(jobSchedule, schedule)).success).toBe(true);
  });

  test.each([
    [
      "offsets that go back",
      {
        offsets: [
          { fromMs: 60_000, offsetMinutes: 0 },
          { fromMs: 0, offsetMinutes: 0 },
        ],
      },
    ],
    ["offsets of half a minute", { offsets: [{ fromMs: 30_000, offsetMinutes: 0 }] }],
    ["no offsets", { offsets: [] }],
    ["an offset of a day", { offsets: [{ fromMs: 0, offsetMinutes: 1440 }] }],
    ["a pattern that never comes", { cron: "0 0 30 2 *" }],
    ["a time zone with a line feed", { timeZone: "UTC\n" }],
    ["another overlap rule", { overlap: "allow" }],
    ["one field more", { seconds: 1 }],
  ])("%s is no schedule for the log", (_name, change) => {
    const schedule = compileSchedule({ value: { cron: "0 0 * * *" }, place: "test" }, 0);
    expect(jobSchedule.safeDecode(schedule).success).toBe(true);
    expect(jobSchedule.safeDecode({ ...schedule, ...change } as never).success).toBe(false);
  });
});
