import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { toShellLine } from "../../../src/commands/framework/shell-words.ts";

const hostile = [
  "plain",
  "./a/b.txt",
  "two words",
  "it's",
  "$(touch x)",
  "`id`",
  "a\\b",
  "",
  "*",
  "--flag=a b",
  '"',
  "!",
];

test("a shell reads the line back as the very words", () => {
  const line = toShellLine(["printf", "%s\\0", ...hostile], "linux");
  expect(execFileSync("sh", ["-c", line]).toString().split("\0").slice(0, -1)).toEqual(hostile);
});

test("what needs no quotes has none", () => {
  expect(toShellLine(["dsdn", "upload", "./photos", "--ttl", "30d"], "linux")).toBe("dsdn upload ./photos --ttl 30d");
});

test("quotes are double on Windows", () => {
  expect(toShellLine(["dsdn", "upload", "my photos"], "win32")).toBe('dsdn upload "my photos"');
});
