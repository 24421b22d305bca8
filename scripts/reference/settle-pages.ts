import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../rooms.ts";
import { type Language, languages, type Page } from "./markdown.ts";

/**
 * Writes the pages of both languages and removes those below `folders` that are no more; with `--check` it only names
 * what is not as it should be and lets the process end with 1.
 *
 * @param folders - below docs/<language>; they hold generated pages and nothing else.
 */
export function settlePages(makePages: (language: Language) => readonly Page[], folders: readonly string[] = []): void {
  const wanted = new Map<string, string>();
  for (const language of languages) {
    for (const { path, text } of makePages(language)) wanted.set(`docs/${language}/${path}`, text);
  }
  const present = languages.flatMap((language) =>
    folders.flatMap((folder) => globSync(`docs/${language}/${folder}/**/*.md`, { cwd: root })),
  );
  const superfluous = present.map((path) => path.replaceAll("\\", "/")).filter((path) => !wanted.has(path));
  const stale = [...wanted].filter(([path, text]) => !existsSync(join(root, path)) || read(path) !== text);
  if (process.argv.includes("--check")) {
    const names = [...superfluous, ...stale.map(([path]) => path)];
    const script = process.argv[1]?.replaceAll("\\", "/").replace(/^.*\/scripts\//, "scripts/");
    for (const name of names) console.error(`${name} is not what the code says; run: node ${script}`);
    if (names.length > 0) process.exitCode = 1;
    return;
  }
  for (const path of superfluous) rmSync(join(root, path));
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}
