// Writes the pages of docs/ that follow from the code: troubleshooting/ from the rooms' errors, api-reference/ from the
// command classes and the description of the HTTP interface.
// `--check` writes nothing and ends with 1 when a page is not what it would write; test/docs/reference.test.ts runs that.
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { commandFile, findCommandFiles } from "./build.ts";
import { listErrors } from "./list-errors.ts";
import { readManifest } from "./read-manifest.ts";
import { writeCommands } from "./reference/commands.ts";
import { writeHttp } from "./reference/http.ts";
import { languages, type Page } from "./reference/markdown.ts";
import { writeTroubleshooting } from "./reference/troubleshooting.ts";
import { root } from "./rooms.ts";

/** Folders below docs/<language> that hold generated pages and nothing else. */
const folders = ["troubleshooting", "api-reference"];

const load = (path: string) => import(pathToFileURL(join(root, path)).href) as Promise<unknown>;
const errors = await listErrors(load);
const sources = new Map(findCommandFiles().map(({ id, path }) => [id, path]));
const manifest = await readManifest({
  version: "",
  ids: [...sources.keys()],
  fileOf: commandFile,
  load: (id) => load(sources.get(id) ?? ""),
});
const wanted = new Map<string, string>();
for (const language of languages) {
  const pages: readonly Page[] = [
    ...writeTroubleshooting(errors, language),
    ...writeCommands(manifest, language),
    ...writeHttp(language),
  ];
  for (const { path, text } of pages) wanted.set(`docs/${language}/${path}`, text);
}
const present = languages.flatMap((language) =>
  folders.flatMap((folder) => globSync(`docs/${language}/${folder}/**/*.md`, { cwd: root })),
);
const superfluous = present.map((path) => path.replaceAll("\\", "/")).filter((path) => !wanted.has(path));
const stale = [...wanted].filter(([path, text]) => !existsSync(join(root, path)) || read(path) !== text);

if (process.argv.includes("--check")) {
  const names = [...superfluous, ...stale.map(([path]) => path)];
  for (const name of names) console.error(`${name} is not what the code says; run: node scripts/write-reference.ts`);
  process.exitCode = names.length === 0 ? 0 : 1;
} else {
  for (const path of superfluous) rmSync(join(root, path));
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}
