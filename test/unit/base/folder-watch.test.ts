import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type FileTree, systemFileTree, watchFolder } from "../../../src/base/index.ts";

/** A folder that is watched, and the paths that were told. */
async function watched(tree: FileTree = systemFileTree()) {
  const folder = await mkdtemp(join(tmpdir(), "dsdn-watch-"));
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

test("what comes into a new folder before that is watched is told of once it is", async () => {
  const tree = systemFileTree();
  const asked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const slow: FileTree = {
    ...tree,
    find: async (path) => {
      asked.resolve();
      await goOn.promise;
      return tree.find(path);
    },
  };
  const { told, at } = await watched(slow);
  await mkdir(at("new"));
  await asked.promise;
  await writeFile(at("new/page.html"), "new");
  told.clear();
  goOn.resolve();
  await expect.poll(() => [...told]).toEqual(["new"]);
});
