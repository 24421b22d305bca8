// Writes llms.txt, the map of the project for coding agents (https://llmstxt.org), from the command classes and the pages
// of docs/en. `--check` writes nothing and ends with 1 when the file is not what it would write; test/docs runs that.
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Manifest } from "../src/commands/framework/manifest.ts";
import { commandFile, findCommandFiles } from "./build.ts";
import { readManifest } from "./read-manifest.ts";
import { commandGroups } from "./reference/command-groups.ts";
import { root } from "./rooms.ts";

const FILE = join(root, "llms.txt");

/** A page of the documentation: where it lies, what it is called, and the first sentence of it. */
interface DocsPage {
  readonly path: string;
  readonly title: string;
  readonly about: string;
}

const SECTIONS: readonly { readonly title: string; readonly has: (path: string) => boolean }[] = [
  { title: "Start", has: (path) => /^docs\/en\/(quickstart|concepts|threat-model)\.md$/.test(path) },
  { title: "Tutorials", has: (path) => path.startsWith("docs/en/tutorials/") },
  { title: "Guides", has: (path) => path.startsWith("docs/en/guides/") },
  { title: "Reference", has: (path) => /^docs\/en\/(api-reference|troubleshooting)\//.test(path) },
  // What is left, as the format calls what can be skipped.
  { title: "Optional", has: () => true },
];

/** The file. @param pages - sorted by path */
function writeLlms(manifest: Manifest, pages: readonly DocsPage[]): string {
  let left = pages;
  const sections = SECTIONS.flatMap(({ title, has }) => {
    const own = left.filter(({ path }) => has(path));
    left = left.filter((page) => !own.includes(page));
    return own.length === 0 ? [] : [`## ${title}`, "", ...own.map(link), ""];
  });
  return [...INTRODUCTION, ...writeCommands(manifest), ...sections].join("\n");
}

const INTRODUCTION: readonly string[] = [
  "# dsdn",
  "",
  "> One command-line program and library that stores files encrypted and runs sites and programs on a network whose",
  "> whole state anyone can compute again from one log. `dsdn dev start -d` starts such a network on one machine.",
  "",
  "For programs and coding agents:",
  "",
  "- Every command takes `--json` and prints one document, `{summary, details, audit}` or `{error}`; what is followed comes",
  "  as one document a line. `dsdn schema <command>` prints its JSON Schema.",
  "- Exit codes: 0 done, 1 bug, 2 usage, 3 partly done or the program that was run failed, 10-19 this machine, 20-29 the",
  "  project, 30-39 the network, 40-49 a check failed, 130 interrupted. `dsdn explain <code>` explains an error.",
  "- Without a terminal nothing is asked. Secrets are never arguments: they come from a file or from standard input.",
  "- An interrupted upload, get or deploy goes on when it is run again: `error.facts.command` is the very command.",
  "- `dsdn init` writes an AGENTS.md into every new project. `dsdn <command> --help --json` describes a command.",
  "- Paths below are in the repository; every page stands in `docs/id` in Indonesian too.",
  "",
];

function writeCommands({ commands }: Manifest): string[] {
  let left = commands;
  return [
    "## Commands",
    "",
    ...commandGroups.flatMap(({ name, words }, index) => {
      const isLast = index === commandGroups.length - 1;
      const own = left.filter(({ id }) => isLast || words.includes(id.split(" ")[0] ?? ""));
      left = left.filter((entry) => !own.includes(entry));
      const path = `docs/en/api-reference/commands/${name}.md`;
      return own.map(({ id, summary }) => `- [dsdn ${id}](${path}#${anchor(id)}): ${summary.en}`);
    }),
    "",
  ];
}

function anchor(id: string): string {
  return `dsdn-${id.replaceAll(" ", "-")}`;
}

function link({ path, title, about }: DocsPage): string {
  return `- [${title}](${path})${about === "" ? "" : `: ${about}`}`;
}

/** A page for each error would be most of the file. */
const LEFT_OUT = /^docs\/en\/(index\.md|(troubleshooting|api-reference\/commands)\/(?!index\.md))/;

function readPages(): DocsPage[] {
  const paths = globSync("docs/en/**/*.md", { cwd: root }).map((path) => path.replaceAll("\\", "/"));
  return paths
    .filter((path) => !LEFT_OUT.test(path))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), "utf8");
      const [, title = path] = /^# (.+)$/m.exec(text) ?? [];
      const [, paragraph = ""] = /^# .+\n+((?:(?!```)[^#\n|].*\n?)+)/m.exec(text) ?? [];
      const [sentence = ""] = /^.+?[.:](?=\s|$)/s.exec(paragraph.replaceAll("\n", " ")) ?? [];
      const about = sentence.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/:$/, ".");
      return { path, title, about };
    });
}

const load = (path: string) => import(pathToFileURL(join(root, path)).href) as Promise<unknown>;
const sources = new Map(findCommandFiles().map(({ id, path }) => [id, path]));
const text = writeLlms(
  await readManifest({
    version: "",
    ids: [...sources.keys()],
    fileOf: commandFile,
    load: (id) => load(sources.get(id) ?? ""),
  }),
  readPages(),
);
const isCurrent = existsSync(FILE) && readFileSync(FILE, "utf8") === text;
if (!process.argv.includes("--check")) writeFileSync(FILE, text);
else if (!isCurrent) {
  console.error("llms.txt is not what the code and the documentation say; run: node scripts/write-llms.ts");
  process.exitCode = 1;
}
