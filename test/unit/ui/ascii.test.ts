import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { listErrors } from "../../../scripts/list-errors.ts";
import { root } from "../../../scripts/rooms.ts";

// An old Windows console shows nothing else, and neither does a pipe into a program that expects a code page.
const isAscii = (text: string) => /^[\t -~]*$/.test(text);

test("every error says its text in ASCII, in both languages", async () => {
  const errors = await listErrors((path) => import(pathToFileURL(join(root, path)).href));
  expect(errors.length).toBeGreaterThan(200);
  const others = errors.filter(({ spec }) => !Object.values(spec.text).every(isAscii));
  expect(others.map(({ spec }) => spec.code)).toEqual([]);
});

test("what commands and the screen say is ASCII, but for the signs that are chosen by what the terminal has", () => {
  const paths = globSync("src/{commands,ui}/**/*.ts", { cwd: root }).filter((path) => !path.endsWith("symbols.ts"));
  expect(paths.length).toBeGreaterThan(100);
  const lines = paths.flatMap((path) => {
    const text = readFileSync(join(root, path), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    return text.split("\n").map((line) => [path, line.replace(/(^|\s)\/\/ .*$/, "")] as const);
  });
  expect(lines.filter(([, line]) => !isAscii(line))).toEqual([]);
});
