import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { externalPackages } from "../../scripts/build.ts";
import { developmentReasons, runtimeReasons } from "../../scripts/dependency-reasons.ts";
import { ENTRY_PEERS } from "../../scripts/pack.ts";
import { importsOf, root } from "../../scripts/rooms.ts";
import { writeDependencies } from "../../scripts/write-dependency-docs.ts";

const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const runtime = Object.keys({ ...own.dependencies, ...own.optionalDependencies }).filter(
  (name) => !name.startsWith("node-"),
);

test("every package has its reason and every reason its package", () => {
  expect(Object.keys(runtimeReasons).sort()).toEqual(runtime.sort());
  expect(Object.keys(developmentReasons).sort()).toEqual(Object.keys(own.devDependencies).sort());
});

test("the pages in both languages are the ones of the manifest", () => {
  for (const language of ["en", "id"] as const) {
    const page = readFileSync(join(root, "docs", language, "dependencies.md"), "utf8");
    expect(page, "run: node scripts/write-dependency-docs.ts").toBe(writeDependencies(language, externalPackages));
  }
});

test("every package of the program is used by it, and nothing else is", () => {
  const nameOf = (specifier: string) => /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[1] ?? specifier;
  const sources = globSync("src/**/*.ts", { cwd: root }).map((path) => readFileSync(join(root, path), "utf8"));
  const imported = sources.flatMap(importsOf).filter((specifier) => !/^(\.|node:)/.test(specifier));
  const used = new Set(imported.map(nameOf));
  // An interpreter is no module of ours: its files are found by name and handed to the process that runs it.
  const engines = sources
    .filter((text) => text.includes("EnginePackage"))
    .flatMap((text) => [...text.matchAll(/^ {2}name: "([^"]+)",$/gm)].map((match) => match[1] ?? ""));
  const brought = Object.keys(ENTRY_PEERS);
  expect([...used].filter((name) => !runtime.includes(name) && !brought.includes(name))).toEqual([]);
  expect(runtime.filter((name) => !used.has(name) && !engines.includes(name))).toEqual([]);
});

test("versions are exact", () => {
  const versions = Object.values({ ...own.dependencies, ...own.optionalDependencies, ...own.devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
});
