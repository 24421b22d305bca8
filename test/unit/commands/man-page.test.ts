import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { writeManPage } from "../../../scripts/man-page.ts";
import type { CommandEntry } from "../../../src/commands/framework/manifest.ts";

const text = (en: string) => ({ en, id: en });
const hostile = ".so /etc/passwd 'quoted' \\fBbold\\fR -dash ~/x^y \"z\"";
const entry: CommandEntry = {
  id: "dev start",
  file: "x.js",
  summary: text("Starts it."),
  description: text(hostile),
  examples: [{ command: "dev start --nodes 9 --data ~/net", text: text("'A larger one.") }],
  args: [{ name: "folder", text: text("Where."), isRequired: true, isMultiple: true, choices: ["a", "b"] }],
  flags: [{ name: "nodes", char: "n", text: text("How many."), takesValue: true, isRequired: true, default: "6" }],
};
const page = writeManPage({ version: "1.2.3", commands: [entry], topics: {} });

test("every command stands in the page with its arguments, flags, defaults and examples", () => {
  expect(page).toContain('.TH DSDN 1 "" "dsdn 1.2.3"');
  expect(page).toContain('.SS "dsdn dev start <folder...>"');
  expect(page).toContain("\\fB\\-n\\fR, \\fB\\-\\-nodes\\fR \\fIvalue\\fR");
  expect(page).toContain("How many. (required, default: 6)");
  expect(page).toContain("dsdn dev start \\-\\-nodes 9 \\-\\-data \\(ti/net");
});

test("no text is taken for a request: lines that begin with a dot are ours", () => {
  const requests = page.split("\n").filter((line) => /^[.']/.test(line));
  expect(requests.filter((line) => !/^\.(TH|SH|SS|PP|TP|B|I|RS|RE|EX|EE)\b/.test(line))).toEqual([]);
});

test.skipIf(spawnSync("mandoc", ["-h"]).error !== undefined)(
  "mandoc finds no fault but the date we do not give (skipped without mandoc)",
  () => {
    const { stdout } = spawnSync("mandoc", ["-T", "lint", "-W", "warning"], { input: page, encoding: "utf8" });
    expect(stdout.split("\n").filter((line) => line !== "" && !line.includes("missing date"))).toEqual([]);
    const drawn = execFileSync("mandoc", ["-T", "utf8"], { input: page, encoding: "utf8" });
    // Bold is drawn by printing a character over itself.
    const plain = drawn
      .split("\u0008")
      .map((part, index, parts) => (index < parts.length - 1 ? part.slice(0, -1) : part));
    expect(plain.join("").replace(/\s+/g, " ")).toContain(".so /etc/passwd 'quoted' \\fBbold\\fR -dash ~/x^y \"z\"");
  },
);
