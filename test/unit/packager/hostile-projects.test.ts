import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, linkSync, mkdirSync, openSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  baseErrors,
  type Disk,
  DsdnError,
  type FileTree,
  fail,
  systemDisk,
  systemFileTree,
  type TreeEntry,
} from "../../../src/base/index.ts";
import { type ProjectChoice, packProject, writePackage } from "../../../src/packager/index.ts";
import { deps, outcome, pack, project } from "./projects.ts";

const PAGE = { "index.html": "" };

test.each([
  ["B1: to a key outside", "/etc/passwd"],
  ["B1: to a folder outside", "../.."],
  ["B2: to itself", "link"],
  ["inside", "index.html"],
])("a link %s is refused by name", async (_name, target) => {
  const root = project(PAGE);
  symlinkSync(target, join(root, "link"));
  const error = await outcome(root);
  expect([error.code, error.facts["path"]]).toEqual(["DSDN_PACKAGER_FILE_REFUSED", "link"]);
});

test("B2: a FIFO is refused without waiting for a writer", async () => {
  const root = project(PAGE);
  execFileSync("mkfifo", [join(root, "pipe")]);
  expect(await outcome(root)).toMatchObject({ code: "DSDN_PACKAGER_FILE_REFUSED", facts: { path: "pipe" } });
});

test("B2: a socket is refused", async () => {
  const root = project(PAGE);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(root, "s.sock"), resolve));
  const error = await outcome(root);
  await new Promise((resolve) => server.close(resolve));
  expect(error).toMatchObject({ code: "DSDN_PACKAGER_FILE_REFUSED", facts: { path: "s.sock" } });
});

test.each([
  "con",
  "aux.txt",
  "nul",
  "trailing.",
  "a:b",
  "x\u007fy",
  "what?",
  "tab\tname",
  "line\nbreak",
  "back\\slash",
])("B4: the name %j is refused", async (name) => {
  expect((await outcome(project({ ...PAGE, [name]: "x" }))).code).toBe("DSDN_PACKAGER_FILE_REFUSED");
});

test("B4: a name that is not UTF-8 is refused", async () => {
  const root = project(PAGE);
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff])]), "x");
  expect((await outcome(root)).code).toBe("DSDN_PACKAGER_FILE_REFUSED");
});

test.each([
  ["case", "Logo.svg", "logo.svg"],
  ["composition", "caf\u00e9.txt", "cafe\u0301.txt"],
])("B4: two names that differ only in %s are refused", async (_name, first, second) => {
  expect((await outcome(project({ ...PAGE, [first]: "1", [second]: "2" }))).code).toBe("DSDN_PACKAGER_FILE_REFUSED");
});

test("B4: a name of 255 bytes is packed", async () => {
  expect((await outcome(project({ ...PAGE, ["n".repeat(255)]: "x" }))).code).toBe("static");
});

test("B8: a sparse file of a tebibyte is refused before it is read", async () => {
  const root = project(PAGE);
  const file = openSync(join(root, "huge.bin"), "w");
  ftruncateSync(file, 2 ** 40);
  closeSync(file);
  expect(await outcome(root)).toMatchObject({ code: "DSDN_PACKAGER_TOO_LARGE", facts: { what: "bytes" } });
});

test("B8: a thousand folders inside folders are refused", async () => {
  const root = project(PAGE);
  mkdirSync(join(root, ...Array.from({ length: 1000 }, () => "d")), { recursive: true });
  expect(await outcome(root)).toMatchObject({ code: "DSDN_PACKAGER_TOO_LARGE", facts: { limit: 64 } });
});

/** A disk with `count` empty files beside an index.html, without making them. */
function crowdedTree(count: number): FileTree {
  const file = (name: string): TreeEntry => ({ name, kind: "file", sizeBytes: 0, mtimeMs: 0, mode: 0o644 });
  const real = systemFileTree();
  return {
    ...real,
    find: async (path) =>
      path.endsWith("index.html")
        ? file("index.html")
        : path === "/crowd"
          ? { ...file("crowd"), kind: "folder" }
          : undefined,
    list: async (_folder, limit) =>
      Array.from({ length: Math.min(count, limit + 1) }, (_, n) => file(n === 0 ? "index.html" : `f${n}`)),
    read: async function* () {},
  };
}

test.each([
  [20_001, "files"],
  [200_000, "entries"],
])("B8: %d files are refused", async (count, what) => {
  await expect(packProject({ path: "/crowd" }, { tree: crowdedTree(count) })).rejects.toMatchObject({
    code: "DSDN_PACKAGER_TOO_LARGE",
    facts: { what },
  });
});

test("B9: a file that may not be read is an error that names it", async () => {
  const real = systemFileTree();
  const root = project({ ...PAGE, "closed.txt": "x" });
  const denied: FileTree = {
    ...real,
    read: (path) => (path.endsWith("closed.txt") ? real.read(join(root, "gone.txt")) : real.read(path)),
  };
  const error: unknown = await packProject({ path: root }, { tree: denied }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(DsdnError);
  expect(error).toMatchObject({ code: "DSDN_BASE_FILE_FAILED", facts: { action: "read" } });
});

test("B1: an import that leaves the project is refused", async () => {
  const outside = project({ "secret.js": "export default 'secret'" });
  const above = `../${outside.slice(outside.lastIndexOf("/") + 1)}/secret.js`;
  const root = project({ "main.js": `import s from "${above}"; dsdn.write(s)` });
  expect((await outcome(root)).code).toBe("DSDN_PACKAGER_OUTSIDE_PROJECT");
});

test("B1: an import through a link that leaves the project is refused", async () => {
  const outside = project({ "secret.js": "export default 'secret'" });
  const root = project({ "main.js": 'import s from "./inner.js"; dsdn.write(s)' });
  symlinkSync(join(outside, "secret.js"), join(root, "inner.js"));
  expect((await outcome(root)).code).toBe("DSDN_PACKAGER_OUTSIDE_PROJECT");
});

test("an import of an absolute path outside the project is refused", async () => {
  const root = project({ "main.js": 'import s from "/etc/hostname"; dsdn.write(s)' });
  expect((await outcome(root)).code).toMatch(/^DSDN_PACKAGER_(OUTSIDE_PROJECT|BUILD_FAILED)$/);
});

test.each<[string, string, Record<string, string>, ProjectChoice]>([
  ["the folder of a site", "public", {}, {}],
  ["the output of a build", "dist", { "package.json": '{"devDependencies":{"vite":"*"}}' }, {}],
  ["the folder of a program", "api", PAGE, {}],
  ["the folder of a chosen entry", "inner", PAGE, { entry: "inner/index.ts" }],
  ["a folder above a chosen site", "inner", PAGE, { site: "inner/sub" }],
  [
    "a folder above a set output",
    "inner",
    { "vite.config.js": "export default { build: { outDir: 'inner/sub' } }" },
    {},
  ],
])("B1: %s that is a link to the outside is refused", async (_name, link, files, choice) => {
  const handler = "export default { fetch: () => new Response('x') }";
  const outside = project({ "index.html": "secret", "index.ts": handler, "sub/index.html": "secret" });
  const root = project(files);
  symlinkSync(outside, join(root, link));
  await expect(packProject({ path: root, choice }, deps)).rejects.toMatchObject({
    code: "DSDN_PACKAGER_FILE_REFUSED",
    facts: { path: link },
  });
});

test.each(["main.py", "model.onnx", "tool.wasm"])(
  "B1: a program called %s that is a link is not taken",
  async (name) => {
    const root = project({});
    symlinkSync("/etc/hostname", join(root, name));
    expect((await outcome(root)).code).toBe("DSDN_PACKAGER_NOT_RECOGNISED");
  },
);

test("B1: a link beside a Python program is refused", async () => {
  const root = project({ "main.py": "print(1)" });
  symlinkSync("/etc/passwd", join(root, "data.txt"));
  expect(await outcome(root)).toMatchObject({ code: "DSDN_PACKAGER_FILE_REFUSED", facts: { path: "data.txt" } });
});

test("B2: a hard link is a file like any other", async () => {
  const root = project(PAGE);
  linkSync(join(root, "index.html"), join(root, "copy.html"));
  expect((await pack(root)).manifest.files.map(({ path }) => path)).toEqual(["site/copy.html", "site/index.html"]);
});

test("B5: what is secret or foreign beside a Python program stays out of its package", async () => {
  const root = project({
    "main.py": "import part",
    "part.py": "",
    "requirements.txt": "",
    ".env": "A=1",
    "key.pem": "x",
    ".venv/bin/python": "",
    "__pycache__/part.pyc": "",
    ".git/config": "",
  });
  const built = await pack(root);
  const paths = built.manifest.files.map(({ path }) => path);
  expect(paths).toEqual(["program/main.py", "program/part.py", "program/requirements.txt"]);
  expect(built.manifest.entry).toBe("program/main.py");
  const skipped = built.skipped.map(({ path }) => path);
  expect(skipped).toEqual([".env", ".git", ".venv", "__pycache__", "key.pem"]);
});

test("B9: a disk that is full halfway leaves no part of a package", async () => {
  const real = systemDisk();
  const removed: string[] = [];
  const full: Disk = {
    ...real,
    append: async (path) =>
      Promise.reject(fail(baseErrors.fileFailed, { action: "append to", path, reason: "ENOSPC" })),
    remove: async (path) => {
      removed.push(path);
      await real.remove(path);
    },
  };
  const out = join(project({}), "app.dsdn.tar");
  const written = writePackage(await pack(project(PAGE)), out, { ...deps, disk: full });
  await expect(written).rejects.toMatchObject({ code: "DSDN_BASE_FILE_FAILED", facts: { reason: "ENOSPC" } });
  expect(removed).toHaveLength(1);
  expect(removed[0]).toMatch(/\/app\.dsdn\.tar\.[0-9a-f]{16}\.tmp$/);
});
