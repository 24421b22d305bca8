import { join } from "node:path";
import type { FileTree } from "../../base/index.ts";
import { readJsonFile } from "../read-text.ts";
import { isFile } from "./detection.ts";
import { findFrameworks } from "./find-framework.ts";
import { readProjectJson } from "./project-json.ts";

/** Folders looked at, at the top of a workspace and one level below: `docs`, `apps/web`. */
const FOLDERS = 200;

/** The projects with a site in a workspace, as `apps/web (Astro)`; none when the folder is no workspace. */
export async function findWorkspaceProjects(root: string, tree: FileTree): Promise<string[]> {
  const { workspaces } = await readJsonFile(join(root, "package.json"), tree);
  if (workspaces === undefined && !(await isFile(join(root, "pnpm-workspace.yaml"), tree))) return [];
  const tops = await listFolders(root, "", tree);
  const folders = [...tops];
  for (const top of tops) folders.push(...(await listFolders(root, top, tree)));
  const found: string[] = [];
  for (const folder of folders.slice(0, FOLDERS)) {
    if (!(await isFile(join(root, folder, "package.json"), tree))) continue;
    const path = join(root, folder);
    const [match] = await findFrameworks(path, await readProjectJson(path, tree), tree);
    if (match !== undefined) found.push(`${folder} (${match.framework.name})`);
  }
  return found;
}

async function listFolders(root: string, below: string, tree: FileTree): Promise<string[]> {
  const entries = await tree.list(join(root, below), FOLDERS);
  const folders = entries.filter(({ kind, name }) => kind === "folder" && !/^\.|^node_modules$/.test(name));
  return folders.map(({ name }) => (below === "" ? name : `${below}/${name}`));
}
