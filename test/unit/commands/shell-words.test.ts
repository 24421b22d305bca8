import { execFileSync, spawnSync } from "node:child_process";
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

test("what could steer a terminal is not in the line, and bash and zsh read it back all the same", () => {
  const words = ["a\u001b[2Jb", "it's\u009b31m\\x", "left\u202eright7", "\u001b]0;title\u0007", "two\nlines\t!"];
  const line = toShellLine(["printf", "%s\\0", ...words], "linux");
  expect(line).toMatch(/^[\x20-\x7e]*$/);
  for (const shell of ["bash", "zsh"]) {
    if (spawnSync(shell, ["--version"]).status !== 0) continue;
    expect(execFileSync(shell, ["-c", line]).toString().split("\0").slice(0, -1), shell).toEqual(words);
  }
  expect(toShellLine(["a\u001b[2J"], "win32")).toBe('"a\\u001b[2J"');
});

test("what needs no quotes has none", () => {
  expect(toShellLine(["dsdn", "upload", "./photos", "--ttl", "30d"], "linux")).toBe("dsdn upload ./photos --ttl 30d");
});

test("quotes are double on Windows", () => {
  expect(toShellLine(["dsdn", "upload", "my photos"], "win32")).toBe('dsdn upload "my photos"');
});
