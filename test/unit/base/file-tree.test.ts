import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { systemFileTree } from "../../../src/base/index.ts";

const root = mkdtempSync(join(tmpdir(), "dsdn-tree-"));
afterAll(() => rmSync(root, { recursive: true }));
const tree = systemFileTree();

async function readAll(path: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of tree.read(path)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test("kinds are told apart without following links", async () => {
  const folder = join(root, "kinds");
  mkdirSync(join(folder, "folder"), { recursive: true });
  writeFileSync(join(folder, "file"), "12345");
  symlinkSync("/etc/passwd", join(folder, "link"));
  symlinkSync("loop", join(folder, "loop"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const entries = await tree.list(folder, 10);
  expect(entries.map(({ name, kind }) => [name, kind])).toEqual([
    ["file", "file"],
    ["folder", "folder"],
    ["link", "link"],
    ["loop", "link"],
    ["pipe", "special"],
  ]);
  expect(entries[0]?.sizeBytes).toBe(5);
  expect(await tree.readLink(join(folder, "link"))).toBe("/etc/passwd");
  expect(await tree.find(join(folder, "none"))).toBeUndefined();
  expect(await tree.find(join(folder, "file", "below"))).toBeUndefined();
});

test("a listing stops one past its limit", async () => {
  const folder = join(root, "many");
  mkdirSync(folder);
  for (let n = 0; n < 10; n++) writeFileSync(join(folder, String(n)), "");
  expect(await tree.list(folder, 4)).toHaveLength(5);
});

test("a file is read whole, in pieces", async () => {
  const path = join(root, "large");
  writeFileSync(path, "x".repeat(600_000));
  expect((await readAll(path)).length).toBe(600_000);
});

test.each(["link", "loop", "pipe", "folder"])("B2: a %s is never read as a file", async (name) => {
  await expect(readAll(join(root, "kinds", name))).rejects.toMatchObject({ code: "DSDN_BASE_FILE_FAILED" });
});

test.each([
  ["grows", (path: string) => appendFileSync(path, "y")],
  ["shrinks", (path: string) => writeFileSync(path, "z")],
])("B3: a file that %s while it is read is an error", async (_name, change) => {
  const path = join(root, "moving");
  writeFileSync(path, "x".repeat(600_000));
  const reading = async () => {
    for await (const _piece of tree.read(path)) change(path);
  };
  await expect(reading()).rejects.toMatchObject({ code: "DSDN_BASE_FILE_CHANGED" });
});

test("many paths at once are what each of them is alone", async () => {
  const paths = ["link", "loop", "pipe", "folder", "nothing"].map((name) => join(root, "kinds", name));
  paths.push(join(root, "large"), join(root, "large", "below a file"));
  writeFileSync(join(root, "large"), "x");
  expect(tree.findAll(paths)).toEqual(await Promise.all(paths.map((path) => tree.find(path))));
});
