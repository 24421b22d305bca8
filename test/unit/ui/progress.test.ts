import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../../src/base/index.ts";
import { createUi } from "../../../src/ui/index.ts";
import { widthOf } from "../../../src/ui/layout.ts";
import { composeLine } from "../../../src/ui/live-line.ts";
import { createPaceMeter, describePace, type Pace } from "../../../src/ui/pace.ts";
import { createStyle } from "../../../src/ui/style.ts";
import { canShowUnicode, symbolsOf } from "../../../src/ui/symbols.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const mebibyte = 1024 * 1024;
const half: Pace = { done: 24 * mebibyte, total: 48 * mebibyte, unit: "bytes", perMs: (6 * mebibyte) / 1000 };
const wide = { columns: 120, language: "en", symbols: symbolsOf(true) } as const;
const uploading = { title: "Uploading photos", pace: half, note: "", elapsedMs: 4000 };

describe("the pace of a step", () => {
  test("is told as share, amount, rate and time left, in both languages", () => {
    expect(describePace(half, "en")).toEqual({
      share: "50%",
      amount: "24.0 MiB of 48.0 MiB",
      rate: "6.0 MiB/s",
      left: "about 4.0 s left",
    });
    expect(describePace(half, "id")).toMatchObject({ amount: "24.0 MiB dari 48.0 MiB", left: "sekitar 4.0 s lagi" });
  });

  test("is counted by the piece where bytes say nothing", () => {
    const pace: Pace = { done: 30, total: 120, unit: "items", perMs: 0.01 };
    expect(describePace(pace, "en")).toEqual({
      share: "25%",
      amount: "30 of 120",
      rate: "10/s",
      left: "about 9.0 s left",
    });
  });

  test("names no rate and no time before they can be known, and no share without a total", () => {
    expect(describePace({ done: 0, total: 10, unit: "bytes", perMs: undefined }, "en")).toEqual({
      share: "0%",
      amount: "0 B of 10 B",
      rate: "",
      left: "",
    });
    expect(describePace({ done: 5, total: undefined, unit: "bytes", perMs: 1 }, "en")).toMatchObject({
      share: "",
      left: "",
    });
  });

  test("is that of the last seconds: what a resumed transfer skips at once does not promise a quick end", async () => {
    const clock = new VirtualClock();
    const meter = createPaceMeter("bytes", () => clock.monotonicMs());
    meter.update(0, 1000 * mebibyte);
    meter.update(500 * mebibyte, 1000 * mebibyte);
    for (let second = 1; second <= 30; second += 1) {
      await clock.advance(1000);
      meter.update((500 + second) * mebibyte, 1000 * mebibyte);
    }
    expect((meter.read()?.perMs ?? 0) * 1000).toBeCloseTo(mebibyte, -4);
  });

  test("slows down while nothing moves", async () => {
    const clock = new VirtualClock();
    const meter = createPaceMeter("bytes", () => clock.monotonicMs());
    expect(meter.read()).toBeUndefined();
    meter.update(0, 100);
    await clock.advance(1000);
    meter.update(50, 100);
    expect(meter.read()?.perMs).toBeCloseTo(0.05);
    await clock.advance(4000);
    expect(meter.read()?.perMs).toBeCloseTo(0.01);
  });
});

describe("the line of a running step", () => {
  test("shows title, bar, share, rate, time left and amount where there is room", () => {
    expect(composeLine(uploading, wide)).toBe(
      "Uploading photos  ██████████░░░░░░░░░░  50%  6.0 MiB/s  about 4.0 s left  24.0 MiB of 48.0 MiB",
    );
  });

  test("keeps share, rate and time left at 60 columns", () => {
    const line = composeLine(uploading, { ...wide, columns: 57 });
    expect(line).toContain("50%  6.0 MiB/s  about 4.0 s left");
    expect(line).toMatch(/^Uploading photos {2}/);
  });

  test("is never wider than its terminal, whatever its title is", () => {
    const titles = ["x", "Uploading photos", `Mengunggah ${"日本語の写真".repeat(20)}`, "a".repeat(300)];
    for (const title of titles) {
      for (let columns = 8; columns <= 130; columns += 1) {
        for (const pace of [undefined, half, { ...half, total: undefined }]) {
          const line = composeLine(
            { title, pace, note: "durable in two zones", elapsedMs: 61_000 },
            { ...wide, columns },
          );
          expect(widthOf(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns);
        }
      }
    }
  });

  test("tells how long it has been waiting when nothing else is known, after two seconds", () => {
    const state = { title: "Waiting for nodes", pace: undefined, note: "starting" };
    expect(composeLine({ ...state, elapsedMs: 1900 }, wide)).toBe("Waiting for nodes  starting");
    expect(composeLine({ ...state, elapsedMs: 12_345 }, wide)).toBe("Waiting for nodes  12.0 s  starting");
  });

  test("is ASCII alone where the console has nothing else", () => {
    const line = composeLine(uploading, { ...wide, symbols: symbolsOf(false) });
    expect(line).toContain("##########..........");
    expect(line).toMatch(/^[ -~]*$/);
    expect(
      Object.values(symbolsOf(false))
        .flatMap((sign) => (typeof sign === "string" ? [sign] : sign.frames))
        .join(""),
    ).toMatch(/^[ -~]*$/);
  });
});

describe("the signs of a terminal", () => {
  test("are ASCII on the Linux console and on an old Windows console", () => {
    expect(canShowUnicode({ TERM: "linux" }, "linux")).toBe(false);
    expect(canShowUnicode({}, "win32")).toBe(false);
    expect(canShowUnicode({ TERM: "cygwin" }, "win32")).toBe(false);
  });

  test("are Unicode elsewhere", () => {
    expect(canShowUnicode({ TERM: "xterm-256color" }, "linux")).toBe(true);
    expect(canShowUnicode({}, "darwin")).toBe(true);
    expect(canShowUnicode({ WT_SESSION: "1" }, "win32")).toBe(true);
    expect(canShowUnicode({ TERM_PROGRAM: "vscode" }, "win32")).toBe(true);
  });
});

describe("steps in a pipe", () => {
  const run = async (level: 0 | 1, work: () => Promise<void>, signal = new AbortController().signal) => {
    const terminal = fakeTerminal();
    const ui = createUi(
      { language: "en", isJson: false, isQuiet: false, level, signal },
      { terminal, clock: new VirtualClock() },
    );
    await ui.progress.run("Sending", work).catch(() => {});
    return terminal;
  };

  test("say nothing unless -v asks, and then a plain line at each end", async () => {
    expect((await run(0, async () => {})).errors).toBe("");
    expect((await run(1, async () => {})).errors).toBe("Sending ...\nSending: done in 0 ms\n");
    expect((await run(1, async () => {})).output).toBe("");
  });

  test("tell a step that was stopped from one that failed", async () => {
    const stopped = AbortSignal.abort();
    expect((await run(1, () => Promise.reject(new Error("x")))).errors).toContain("Sending: failed after");
    expect((await run(1, () => Promise.reject(new Error("x")), stopped)).errors).toContain("Sending: stopped after");
  });
});

describe("colours", () => {
  const isOn = (env: { readonly [name: string]: string }, isTty = true) => createStyle(env, isTty).hasColours;

  test("are for terminals that have them and users who want them", () => {
    expect(isOn({ TERM: "xterm" })).toBe(true);
    expect(isOn({ TERM: "xterm" }, false)).toBe(false);
    expect(isOn({ TERM: "dumb" })).toBe(false);
    expect(isOn({ NO_COLOR: "1" })).toBe(false);
    expect(isOn({ NO_COLOR: "" })).toBe(true);
    expect(isOn({ FORCE_COLOR: "1" }, false)).toBe(true);
    expect(isOn({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(true);
    expect([isOn({ FORCE_COLOR: "0" }), isOn({ FORCE_COLOR: "false" })]).toEqual([false, false]);
  });

  test("of words are those that can be read on black and on white: none of yellow, green, cyan and blue", () => {
    const style = createStyle({ FORCE_COLOR: "1" }, true);
    const words = [style.bold("x"), style.bad("x"), style.note("x")].join("");
    const codes = words.split("\u001b[").flatMap((part) => /^(\d+)m/.exec(part)?.[1] ?? []);
    expect(codes.filter((code) => !["1", "22", "31", "35", "39"].includes(code))).toEqual([]);
  });
});
