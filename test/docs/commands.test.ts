import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
import type { Manifest } from "../../src/commands/framework/manifest.ts";
// Builds the program when a source is newer than it.
import "../cli/script.ts";

const { manifest } = (await import(pathToFileURL(join(root, "dist/manifest.js")).href)) as { manifest: Manifest };

/** The pages people read from start to end, as one line: not the reference, not the catalogue of errors. */
const readPages = (language: string, pattern: string) =>
  globSync(pattern, { cwd: join(root, "docs", language) })
    .map((page) => readFileSync(join(root, "docs", language, page), "utf8"))
    .join("\n")
    .replaceAll(/\s+/g, " ");

test.each(["en", "id"])("every command is told of where its work is explained (%s)", (language) => {
  const text = readPages(language, "{quickstart,guides/*,tutorials/*}.md");
  const isTold = (id: string) => new RegExp(`\\bdsdn (--\\S+ )*${id}(?![\\w-])`).test(text);
  expect(manifest.commands.map(({ id }) => id).filter((id) => !isTold(id))).toEqual([]);
});

test.each(["en", "id"])("every flag is told of on some page, not by --help alone (%s)", (language) => {
  const text = readPages(language, "{*,guides/*,tutorials/*}.md");
  const has = (flag: string) => new RegExp(`(^|[^\\w-])${flag}(?![\\w-])`).test(text);
  const missing = manifest.commands.flatMap(({ id, flags }) =>
    flags
      .filter(({ name, char }) => !has(`--${name}`) && (char === undefined || !has(`-${char}`)))
      .map(({ name }) => `${id} --${name}`),
  );
  expect(missing).toEqual([]);
});
