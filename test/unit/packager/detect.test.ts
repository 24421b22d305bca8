import { join } from "node:path";
import { expect, test } from "vitest";
import { detectProject } from "../../../src/packager/index.ts";
import { deps, project } from "./projects.ts";

const HANDLER = "export default { fetch(request) { return new Response('hi') } }";
const BUILD = JSON.stringify({ scripts: { build: "vite build" } });

async function detect(files: Record<string, string>, below = "") {
  const root = project(files);
  const { type, site, entry } = await detectProject(join(root, below), deps.tree);
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
  await expect(detect(files, below)).rejects.toMatchObject({ code });
});

test("a package.json that is not JSON, or is hostile, counts as none", async () => {
  for (const text of ["{", "null", "[1]", '{"scripts":null}', '{"__proto__":{"scripts":{"build":"x"}}}']) {
    expect((await detect({ "index.html": "", "package.json": text })).type).toBe("static");
  }
});
