import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type FileTree, systemFileTree, watchFolder } from "../../../src/base/index.ts";

/** A folder that is watched, and the paths that were told. */
async function watched(tree: FileTree = systemFileTree(), folders: readonly string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), "dsdn-watch-"));
  for (const path of folders) await mkdir(join(folder, path));
  const told = new Set<string>();
  const options = {
    folder,
    isIgnored: (path: string) => path === "ignored",
    onChange: (path: string) => told.add(path),
  };
  const watching = await watchFolder(options, { tree });
  onTestFinished(async () => {
    watching.close();
    await rm(folder, { recursive: true });
  });
  return { told, at: (path: string) => join(folder, path) };
}

test("tells of files in the folder and in new folders below it, and not of what is ignored", async () => {
  const { told, at } = await watched();
  await mkdir(at("ignored"));
  await writeFile(at("ignored/a.txt"), "a");
  await mkdir(at("new"));
  await expect.poll(() => [...told]).toEqual(["new"]);
  await writeFile(at("b.txt"), "b");
  await expect.poll(() => [...told]).toContain("b.txt");
  expect([...told].filter((path) => path.startsWith("ignored"))).toEqual([]);
});

/** Files that cannot be looked at before `goOn`, and how often they were asked for. */
function heldTree() {
  const tree = systemFileTree();
  const waiting = Promise.withResolvers<void>();
  let asked = 0;
  const find: FileTree["find"] = async (path) => {
    asked += 1;
    await waiting.promise;
    return tree.find(path);
  };
  return { tree: { ...tree, find }, asked: () => asked, goOn: waiting.resolve };
}

test("what comes into a new folder before that is watched is told of once it is", async () => {
  const { tree, asked, goOn } = heldTree();
  const { told, at } = await watched(tree);
  await mkdir(at("new"));
  await expect.poll(asked).toBe(1);
  await writeFile(at("new/page.html"), "new");
  told.clear();
  goOn();
  await expect.poll(() => [...told]).toEqual(["new"]);
});

test("a folder that is removed and made again at once is watched like a new one", async () => {
  const { tree, asked, goOn } = heldTree();
  const { told, at } = await watched(tree, ["old"]);
  await rm(at("old"), { recursive: true });
  await mkdir(at("old"));
  // Its end, as the folder above and it itself tell of that, and its beginning.
  await expect.poll(asked).toBeGreaterThan(1);
  goOn();
  await expect.poll(() => [...told]).toContain("old");
  told.clear();
  const write = async () => {
    await writeFile(at("old/page.html"), "new");
    return [...told];
  };
  await expect.poll(write).toContain("old/page.html");
});

test("a folder that is found gone late, after it was made again, stays watched", async () => {
  const tree = systemFileTree();
  const found: unknown[] = [];
  const late = Promise.withResolvers<void>();
  const find: FileTree["find"] = async (path) => {
    const entry = await tree.find(path);
    if (basename(path) === "old" && basename(dirname(path)) !== "old" && found.push(entry?.kind) === 1)
      await late.promise;
    return entry;
  };
  const { told, at } = await watched({ ...tree, find }, ["old"]);
  await rm(at("old"), { recursive: true });
  await expect.poll(() => found).toEqual([undefined]);
  await mkdir(at("old"));
  await expect.poll(() => found).toEqual([undefined, "folder"]);
  await new Promise((resolve) => setImmediate(resolve));
  told.clear();
  late.resolve();
  await expect.poll(() => [...told]).toContain("old");
  const write = async () => {
    await writeFile(at("old/page.html"), "new");
    return [...told];
  };
  await expect.poll(write).toContain("old/page.html");
});

test("a folder that goes away while the one above it is looked through ends the watch of no other", async () => {
  const tree = systemFileTree();
  let isGone = false;
  const list: FileTree["list"] = async (folder, limit) => {
    const entries = await tree.list(folder, limit);
    if (basename(folder) === "above" && !isGone) {
      isGone = true;
      await rm(join(folder, "passing"), { recursive: true });
    }
    return entries;
  };
  const { told, at } = await watched({ ...tree, list }, ["above", "above/passing", "above/staying"]);
  expect(isGone).toBe(true);
  await writeFile(at("above/staying/page.html"), "new");
  await expect.poll(() => [...told]).toContain("above/staying/page.html");
});
