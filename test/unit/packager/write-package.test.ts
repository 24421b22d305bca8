import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { systemDisk } from "../../../src/base/index.ts";
import { comparePackages, packageDigest, packageSize, signPackage, writePackage } from "../../../src/packager/index.ts";
import { hexId, type KeyId } from "../../../src/protocol/index.ts";
import { bytesOf, deps, pack, project } from "./projects.ts";

const disk = systemDisk();
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
const scratch = () => {
  const folder = mkdtempSync(join(tmpdir(), "dsdn-written-"));
  folders.push(folder);
  return folder;
};
const signer = { deployer: hexId<KeyId>(new Uint8Array(32).fill(7)), sign: () => new Uint8Array(64).fill(9) };

const files = {
  "public/index.html": "<h1>hello</h1>",
  "public/é/z.css": "a{}",
  "public/a.txt": "",
  "api/index.ts": "import { x } from './x.ts'; export default { fetch: () => new Response(x) }",
  "api/x.ts": "export const x = 'y';",
};

describe("a package", () => {
  test("is the same, bit for bit, from two folders with other paths, times, modes and order of making", async () => {
    const first = project(files);
    const second = join(scratch(), "a longer way", "down here", "other-name");
    mkdirSync(second, { recursive: true });
    for (const [path, text] of Object.entries(files).reverse()) {
      mkdirSync(join(second, path, ".."), { recursive: true });
      writeFileSync(join(second, path), text, { mode: 0o600 });
      utimesSync(join(second, path), 12345, 12345);
    }
    const third = join(scratch(), "copied");
    cpSync(first, third, { recursive: true });
    const out = scratch();
    const archives: Buffer[] = [];
    for (const [index, root] of [first, second, third].entries()) {
      const built = await pack(root);
      await writePackage(built, join(out, `${index}.tar`), { ...deps, disk });
      archives.push(readFileSync(join(out, `${index}.tar`)));
      expect(packageDigest(built)).toBe(packageDigest(await pack(first)));
    }
    expect(archives[0]?.length).toBeGreaterThan(1000);
    expect(archives[1]?.equals(archives[0] ?? Buffer.alloc(0))).toBe(true);
    expect(archives[2]?.equals(archives[0] ?? Buffer.alloc(0))).toBe(true);
  });

  test("lies in a folder as it would be uploaded, with the manifest that is signed", async () => {
    const built = await pack(project(files));
    const out = join(scratch(), "inside");
    await writePackage(built, out, { ...deps, disk });
    const names = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1));
    expect(names.toSorted()).toEqual(["manifest.dsdn", ...built.files.map(({ path }) => path)].toSorted());
    expect(readFileSync(join(out, "site/index.html"), "utf8")).toBe("<h1>hello</h1>");
    const digest = createHash("sha256")
      .update(readFileSync(join(out, "manifest.dsdn")))
      .digest("hex");
    expect(digest).toBe(packageDigest(built));
  });

  test("replaces an archive of its own name and nothing else", async () => {
    const built = await pack(project(files));
    const folder = scratch();
    const write = (name: string) => writePackage(built, join(folder, name), { ...deps, disk });
    await write("app.dsdn.tar");
    await write("app.dsdn.tar");
    writeFileSync(join(folder, "mine.tar"), "mine");
    mkdirSync(join(folder, "full"));
    writeFileSync(join(folder, "full", "x"), "");
    writeFileSync(join(folder, "secret"), "kept");
    symlinkSync(join(folder, "secret"), join(folder, "link.dsdn.tar"));
    symlinkSync(join(folder, "full"), join(folder, "link"));
    for (const name of ["mine.tar", "full", "secret", "link.dsdn.tar", "link"]) {
      await expect(write(name)).rejects.toMatchObject({ code: "DSDN_PACKAGER_FOLDER_TAKEN" });
    }
    expect(readFileSync(join(folder, "mine.tar"), "utf8")).toBe("mine");
    expect(readFileSync(join(folder, "secret"), "utf8")).toBe("kept");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("written by several programs at once is one of theirs, whole", async () => {
    const folder = scratch();
    const packages = await Promise.all(
      ["one", "two", "three"].map((text) => pack(project({ "index.html": text.repeat(100_000), "a.txt": text }))),
    );
    const alone: Buffer[] = [];
    for (const [index, built] of packages.entries()) {
      const path = join(folder, `${index}.dsdn.tar`);
      await writePackage(built, path, { ...deps, disk });
      alone.push(readFileSync(path));
    }
    const path = join(folder, "app.dsdn.tar");
    await Promise.all(packages.map((built) => writePackage(built, path, { ...deps, disk })));
    expect(alone.some((bytes) => bytes.equals(readFileSync(path)))).toBe(true);
    expect(readdirSync(folder)).toHaveLength(4);
  });

  test("B3: of files that changed meanwhile is not written, and leaves nothing behind", async () => {
    const root = project(files);
    const built = await pack(root);
    writeFileSync(join(root, "public/index.html"), "<h1>HELLO</h1>");
    const folder = scratch();
    const written = writePackage(built, join(folder, "app.dsdn.tar"), { ...deps, disk });
    await expect(written).rejects.toMatchObject({ code: "DSDN_BASE_FILE_CHANGED" });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("written beside a site is no part of the next one", async () => {
    const root = project({ "index.html": "x" });
    const first = await pack(root);
    await writePackage(first, join(root, "app.dsdn.tar"), { ...deps, disk });
    const second = await pack(root);
    expect(packageDigest(second)).toBe(packageDigest(first));
    expect(second.skipped).toContainEqual({ path: "app.dsdn.tar", reason: "package" });
  });
});

describe("two packages", () => {
  test("differ by the files that were added, changed and removed", async () => {
    const before = await pack(project({ "index.html": "1", "same.txt": "s", "gone.txt": "g" }));
    const after = await pack(project({ "index.html": "2", "same.txt": "s", "new.txt": "n" }));
    const signed = new Uint8Array(await bytesOf(await signPackage(before, signer)));
    expect(comparePackages(after, signed)).toEqual({
      added: ["site/new.txt"],
      changed: ["site/index.html"],
      removed: ["site/gone.txt"],
      unchanged: 1,
    });
    expect(comparePackages(before, signed)).toEqual({ added: [], changed: [], removed: [], unchanged: 3 });
  });

  test("are compared only with what is a package", async () => {
    const built = await pack(project({ "index.html": "1" }));
    expect(() => comparePackages(built, new Uint8Array(40))).toThrow(
      expect.objectContaining({ code: "DSDN_PROTOCOL_NOT_CANONICAL" }),
    );
  });
});

test("the size that is told is what signing and sending take", async () => {
  const built = await pack(project(files));
  const signed = await signPackage(built, signer);
  const sum = [...built.files, signed].reduce((total, { size }) => total + size, 0);
  expect(packageSize(built)).toBe(sum);
});
