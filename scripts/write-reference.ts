// Writes the pages of docs/ that follow from the code: troubleshooting/ from the rooms' errors, api-reference/ from the
// command classes and the description of the HTTP interface. `--check` writes nothing and ends with 1 when a page is not
// what it would write; test/docs/reference.test.ts runs that. The library has its own: write-library-reference.ts.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { commandFile, findCommandFiles } from "./build.ts";
import { listErrors } from "./list-errors.ts";
import { readManifest } from "./read-manifest.ts";
import { writeCommands } from "./reference/commands.ts";
import { writeHttp } from "./reference/http.ts";
import { settlePages } from "./reference/settle-pages.ts";
import { writeTroubleshooting } from "./reference/troubleshooting.ts";
import { root } from "./rooms.ts";

const load = (path: string) => import(pathToFileURL(join(root, path)).href) as Promise<unknown>;
const errors = await listErrors(load);
const sources = new Map(findCommandFiles().map(({ id, path }) => [id, path]));
const manifest = await readManifest({
  version: "",
  ids: [...sources.keys()],
  fileOf: commandFile,
  load: (id) => load(sources.get(id) ?? ""),
});

settlePages(
  (language) => [
    ...writeTroubleshooting(errors, language),
    ...writeCommands(manifest, language),
    ...writeHttp(language),
  ],
  ["troubleshooting", "api-reference/commands"],
);
