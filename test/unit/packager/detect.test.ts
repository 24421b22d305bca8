import { utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { detectProject, type ProjectChoice, packProject } from "../../../src/packager/index.ts";
import { wasmOf } from "../../wasm-modules.ts";
import { deps, project } from "./projects.ts";

const HANDLER = "export default { fetch(request) { return new Response('hi') } }";
const BUILD = JSON.stringify({ scripts: { build: "vite build" } });

async function detect(files: Record<string, string | Uint8Array>, below = "", choice: ProjectChoice = {}) {
  const { type, site, entry } = await detectProject(join(project(files), below), deps, choice);
  return { type, site, entry };
}

test.each<[string, Record<string, string>, object]>([
  ["a folder with an index.html is a site", { "index.html": "" }, { type: "static", site: "", entry: undefined }],
  [
    "pages below public are the site",
    { "public/index.html": "" },
    { type: "static", site: "public", entry: undefined },
  ],
  [
    "a site with api/index.ts is a site with a program",
    { "index.html": "", "api/index.ts": HANDLER },
    { type: "web_app", site: "", entry: "api/index.ts" },
  ],
  [
    "a Vite project is its dist, not its sources",
    { "index.html": "", "src/main.ts": "", "package.json": BUILD, "dist/index.html": "" },
    { type: "static", site: "dist", entry: undefined },
  ],
  [
    "a built site may have an API beside it",
    { "package.json": BUILD, "build/index.html": "", "api/index.js": HANDLER },
    { type: "web_app", site: "build", entry: "api/index.js" },
  ],
  [
    "a default export in src/index.ts answers requests",
    { "src/index.ts": HANDLER },
    { type: "web_app", site: undefined, entry: "src/index.ts" },
  ],
  ["worker.js is a handler", { "worker.js": HANDLER }, { type: "web_app", site: undefined, entry: "worker.js" }],
  [
    "a handler in a project with a build step is taken as it lies there",
    { "package.json": BUILD, "src/index.ts": HANDLER },
    { type: "web_app", site: undefined, entry: "src/index.ts" },
  ],
  [
    "a default function called main is a batch",
    { "index.ts": "export default async function main(input: unknown) {}" },
    { type: "batch", site: undefined, entry: "index.ts" },
  ],
  ["main.js is a batch", { "main.js": "dsdn.write('x')" }, { type: "batch", site: undefined, entry: "main.js" }],
])("%s", async (_name, files, expected) => {
  expect(await detect(files)).toEqual(expected);
});

test("a script file is a batch, unless it answers requests", async () => {
  expect((await detect({ "job.mjs": "dsdn.write('x')" }, "job.mjs")).type).toBe("batch");
  expect((await detect({ "job.ts": HANDLER }, "job.ts")).type).toBe("web_app");
  expect((await detect({ "job.ts": "export default () => Response.json(1)" }, "job.ts")).type).toBe("web_app");
});

test.each<[string, Record<string, string>, string, string]>([
  ["an empty folder", {}, "", "DSDN_PACKAGER_NOT_RECOGNISED"],
  ["a folder of pictures", { "a.png": "" }, "", "DSDN_PACKAGER_NOT_RECOGNISED"],
  ["a path that is not there", {}, "nowhere", "DSDN_PACKAGER_PROJECT_MISSING"],
  ["a file that is no script", { "a.txt": "" }, "a.txt", "DSDN_PACKAGER_NOT_RECOGNISED"],
  ["a Vite project that was not built", { "index.html": "", "package.json": BUILD }, "", "DSDN_PACKAGER_NEEDS_BUILD"],
  [
    "a framework project that was not built",
    { "src/index.js": "render()", "package.json": BUILD },
    "",
    "DSDN_PACKAGER_NEEDS_BUILD",
  ],
])("%s is refused", async (_name, files, below, code) => {
  await expect(packProject({ path: join(project(files), below) }, deps)).rejects.toMatchObject({ code });
});

test("a package.json that is not JSON, or is hostile, counts as none", async () => {
  for (const text of ["{", "null", "[1]", '{"scripts":null}', '{"__proto__":{"scripts":{"build":"x"}}}']) {
    expect((await detect({ "index.html": "", "package.json": text })).type).toBe("static");
  }
});

const command = wasmOf({ exports: ["memory", "_start"] });
const reactor = wasmOf({ exports: ["_initialize", "handle"] });
const component = wasmOf({ component: "wasi:http/incoming-handler@0.2.3" });

test.each<[string, Record<string, string | Uint8Array>, object]>([
  ["main.py is a batch", { "main.py": "print(1)" }, { kind: "python", mode: "batch", entry: "main.py" }],
  [
    "a lone script in Python is a batch",
    { "tool.py": "print(1)" },
    { kind: "python", mode: "batch", entry: "tool.py" },
  ],
  [
    "app.py with a fetch at its top serves",
    { "app.py": "async def fetch(request):\n  pass\n" },
    { kind: "python", mode: "service", type: "web_app" },
  ],
  ["a WASI command is a batch", { "tool.wasm": command }, { kind: "wasi", mode: "batch", entry: "tool.wasm" }],
  ["a WASI reactor serves", { "app.wasm": reactor }, { kind: "wasi", mode: "service", type: "web_app" }],
  [
    "a WASI reactor that offers only run is a batch",
    { "app.wasm": wasmOf({ exports: ["_initialize", "run"] }) },
    { kind: "wasi", mode: "batch" },
  ],
  ["a component that answers HTTP serves", { "app.wasm": component }, { kind: "component", mode: "service" }],
  [
    "what cargo built for WASI is the program",
    { "Cargo.toml": "", "src/main.rs": "", "target/wasm32-wasip1/release/tool.wasm": command },
    { kind: "wasi", entry: "target/wasm32-wasip1/release/tool.wasm" },
  ],
  [
    "the release build of AssemblyScript is the program",
    {
      "asconfig.json": "{}",
      "package.json": BUILD,
      "build/release.wasm": command,
      "build/debug.wasm": command,
    },
    { kind: "wasi", entry: "build/release.wasm" },
  ],
  ["a model is served", { "model.onnx": "x", "README.md": "" }, { kind: "model", type: "ai", entry: "model.onnx" }],
  ["a lone model of any name too", { "iris.onnx": "x" }, { kind: "model", type: "ai", entry: "iris.onnx" }],
  [
    "a site keeps a WebAssembly file as its own",
    { "index.html": "", "app.wasm": command },
    { kind: "static", site: "" },
  ],
  ["a script goes before a foreign file", { "main.js": "1", "tool.py": "" }, { kind: "js", entry: "main.js" }],
])("%s", async (_name, files, expected) => {
  expect(await detectProject(project(files), deps)).toMatchObject(expected);
});

test.each<[string, Record<string, string | Uint8Array>, string[]]>([
  ["two scripts in Python", { "a.py": "", "b.py": "" }, ["--entry a.py", "--entry b.py"]],
  ["a site with a program in Python", { "index.html": "", "main.py": "" }, ["--site .", "--entry main.py"]],
  ["a script and a model", { "main.js": "1", "model.onnx": "" }, ["--entry main.js", "--entry model.onnx"]],
  [
    "two frameworks",
    { "astro.config.mjs": "", "next.config.js": "", "package.json": "{}" },
    ["--site dist", "--site out"],
  ],
])("%s are ambiguous, and the error says which flags choose", async (_name, files, flags) => {
  const root = project(files);
  const error: unknown = await detectProject(root, deps).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "DSDN_PACKAGER_AMBIGUOUS" });
  for (const flag of flags) expect((error as { facts: { choices: string } }).facts.choices).toContain(flag);
  const asked: string[] = [];
  const choose = async (candidates: readonly { flags: string }[]) => {
    asked.push(...candidates.map((candidate) => candidate.flags));
    return candidates[1] as never;
  };
  await detectProject(root, { ...deps, choose });
  expect(asked).toEqual(flags);
});

test("a choice decides: the entry, the folder of the site, the type", async () => {
  const files = {
    "index.html": "",
    "main.py": "",
    "www/index.html": "",
    "jobs/count.js": "1",
    "api/index.ts": HANDLER,
  };
  expect(await detect(files, "", { entry: "main.py" })).toMatchObject({ type: "batch", entry: "main.py" });
  expect(await detect(files, "", { entry: "./jobs/count.js" })).toMatchObject({
    type: "batch",
    entry: "jobs/count.js",
  });
  expect(await detect(files, "", { entry: "jobs/count.js", site: "www", type: "web_app" })).toEqual({
    type: "web_app",
    entry: "jobs/count.js",
    site: "www",
  });
  expect(await detect(files, "", { site: "www" })).toMatchObject({ type: "web_app", site: "www" });
  expect(await detect(files, "", { site: "www", type: "static" })).toMatchObject({ type: "static", entry: undefined });
  expect(await detect(files, "", { type: "batch" })).toMatchObject({ type: "batch", entry: "main.py" });
  expect(await detect(files, "", { type: "static" })).toMatchObject({ type: "static", site: "", entry: undefined });
});

test.each<[ProjectChoice, string]>([
  [{ entry: "../x.js" }, "DSDN_PACKAGER_OUTSIDE_PROJECT"],
  [{ entry: "/etc/passwd" }, "DSDN_PACKAGER_OUTSIDE_PROJECT"],
  [{ site: ".." }, "DSDN_PACKAGER_OUTSIDE_PROJECT"],
  [{ site: "nowhere" }, "DSDN_PACKAGER_PROJECT_MISSING"],
  [{ entry: "index.html" }, "DSDN_PACKAGER_NOT_RECOGNISED"],
  [{ type: "ai" }, "DSDN_PACKAGER_NOT_RECOGNISED"],
])("the choice %j is refused", async (choice, code) => {
  await expect(detect({ "index.html": "" }, "", choice)).rejects.toMatchObject({ code });
});

test.each<[string, Uint8Array, string]>([
  ["text", Buffer.from("hello, this is no module"), "no WebAssembly"],
  ["a module cut in the middle", command.subarray(0, command.length - 3), "cut off"],
  ["the preamble of another version", Uint8Array.of(0, 0x61, 0x73, 0x6d, 9, 0, 0, 0), "no WebAssembly"],
  ["a module with nothing to start", wasmOf({ exports: ["add"] }), "_start"],
  ["a module that wants a browser", wasmOf({ exports: ["_start"], imports: ["env"] }), "imports env"],
  ["a component for the command line", wasmOf({ component: "wasi:cli/run@0.2.0" }), "wasi:http/incoming-handler"],
])("WebAssembly that is %s is refused with its reason", async (_name, bytes, reason) => {
  const error: unknown = await detectProject(project({ "a.wasm": bytes }), deps).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "DSDN_PACKAGER_PROGRAM_UNFIT", facts: { path: "a.wasm" } });
  expect((error as { facts: { reason: string } }).facts.reason).toContain(reason);
});

test.each(["folder", "file"])("a WASI command serves by the rules of CGI when the user says so: a %s", async (what) => {
  const folder = project({ "tool.wasm": command });
  const path = what === "folder" ? folder : join(folder, "tool.wasm");
  expect(await detectProject(path, deps, { type: "web_app" })).toMatchObject({ kind: "wasi", mode: "service" });
});

test("a program that has yet to be compiled, or changed since, is compiled by its language's own command", async () => {
  const built = { "target/wasm32-wasip1/release/tool.wasm": command };
  const rust = { "Cargo.toml": "[package]", "src/main.rs": "fn main() {}" };
  const cargo = "cargo build --release --target wasm32-wasip1";
  const build = async (files: Record<string, string | Uint8Array>) => {
    const found = await detectProject(project(files), deps);
    return [found.framework, found.build?.output, found.build?.command.argv.join(" ")];
  };
  expect(await build(rust)).toEqual(["Rust", "missing", cargo]);
  expect(await build({ ...rust, ...built })).toEqual(["Rust", "current", cargo]);
  const changed = project({ ...rust, ...built });
  const later = Date.now() / 1000 + 10;
  utimesSync(join(changed, "src/main.rs"), later, later);
  await expect(packProject({ path: changed }, deps)).rejects.toMatchObject({
    code: "DSDN_PACKAGER_OUTPUT_OLDER",
    facts: { output: "target/wasm32-wasip1/release/tool.wasm", command: cargo },
  });
  const json = JSON.stringify({ scripts: { "asbuild:release": "asc assembly/index.ts --target release" } });
  const script = { "asconfig.json": "{}", "assembly/index.ts": "", "package.json": json };
  expect(await build(script)).toEqual(["AssemblyScript", "missing", "npm run asbuild:release"]);
  expect(await build({ "asconfig.json": "{}" })).toEqual([
    "AssemblyScript",
    "missing",
    "npm exec --no -- asc assembly/index.ts --target release",
  ]);
});

test.each<[string, Record<string, string>, string]>([
  ["Go", { "go.mod": "module a", "main.go": "package main" }, "GOOS=wasip1"],
  ["C", { "main.c": "int main() {}", Makefile: "" }, "clang"],
  ["C++", { "main.cpp": "int main() {}" }, "clang++"],
])("sources in %s that were not compiled are told how that is done", async (language, files, command) => {
  const error: unknown = await detectProject(project(files), deps).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "DSDN_PACKAGER_NOT_COMPILED", facts: { language } });
  expect((error as { facts: { command: string } }).facts.command).toContain(command);
});
