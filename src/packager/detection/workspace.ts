import { dirname, join } from "node:path";
import type { FileTree } from "../../base/index.ts";
import { readJsonFile } from "../read-text.ts";
import { isFile } from "./detection.ts";

/** Folders above a project that may be its workspace's. */
const LEVELS = 8;

/** The folder of the workspace a project belongs to; undefined when it stands alone. */
export async function findWorkspace(root: string, tree: FileTree): Promise<string | undefined> {
  for (const folder of foldersAbove(root)) {
    if (await isFile(join(folder, "pnpm-workspace.yaml"), tree)) return folder;
    if ((await readJsonFile(join(folder, "package.json"), tree))["workspaces"] !== undefined) return folder;
  }
  return undefined;
}

/**
 * The first of the npm packages that is installed nowhere Node would look for it; without names, `node_modules` when
 * there is none at all. Undefined when everything is there, or a package manager keeps packages elsewhere (PnP).
 */
export async function findMissingPackage(
  root: string,
  names: readonly string[],
  tree: FileTree,
): Promise<string | undefined> {
  const folders = [root, ...foldersAbove(root)];
  const has = async (path: string) => {
    for (const folder of folders) if ((await tree.find(join(folder, path))) !== undefined) return true;
    return false;
  };
  if ((await has(".pnp.cjs")) || (await has(".pnp.js"))) return undefined;
  if (!(await has("node_modules"))) return names[0] ?? "node_modules";
  for (const name of names) if (!(await has(join("node_modules", name)))) return name;
  return undefined;
}

function foldersAbove(root: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(root); folders.length < LEVELS && folder !== folders.at(-1); folder = dirname(folder)) {
    folders.push(folder);
  }
  return folders;
}
