import { basename, dirname, join, resolve } from "node:path";
import { type Disk, type FileTree, fail, writeDurable } from "../../base/index.ts";
import { readProjectSource } from "../detection/project-source.ts";
import { packagerErrors } from "../errors.ts";
import { type InitDeps, type InitOptions, type InitResult, withAgents } from "./init-project.ts";

export interface InitFromOptions extends Pick<InitOptions, "agents"> {
  /** A folder or an archive: `.zip`, `.tar`, `.tar.gz`, `.tgz`. */
  readonly from: string;
  /** Where the project goes: a folder that is empty or not there yet. */
  readonly folder: string;
}

const FILE_MODE = 0o644;
const STAGING = ".dsdn-init";

/**
 * Makes a project of a folder or an archive. All of it is judged and read before anything is written; then it is
 * written beside its place and moved there, so that an interruption leaves the place as it was.
 *
 * @throws DSDN_PACKAGER_SOURCE_UNKNOWN, DSDN_PACKAGER_SOURCE_REFUSED, _DAMAGED, DSDN_PACKAGER_FOLDER_TAKEN,
 *   DSDN_PACKAGER_FILE_REFUSED, DSDN_BASE_FILE_FAILED, DSDN_BASE_FILE_CHANGED
 */
export async function initFrom(
  options: InitFromOptions,
  deps: InitDeps,
): Promise<InitResult & { readonly skipped: readonly string[] }> {
  const folder = resolve(options.folder);
  const isThere = await checkTarget(folder, deps);
  const { files: found, skipped } = await readProjectSource(resolve(options.from), deps.tree);
  const files = await withAgents(found, options, deps);
  const staging = isThere ? join(folder, STAGING) : join(dirname(folder), `.${basename(folder)}${STAGING}`);
  await stage(staging, files, deps.disk);
  try {
    if (isThere) await moveUp(staging, folder, deps.disk);
    else await deps.disk.rename(staging, folder);
  } catch (error) {
    await deps.disk.removeFolder(staging);
    throw error;
  }
  await deps.disk.syncFolder(dirname(folder));
  return { folder, files: [...files.keys()], skipped };
}

/** True when the folder is there, and empty but for what an interrupted run left. */
async function checkTarget(folder: string, { tree }: { readonly tree: FileTree }): Promise<boolean> {
  const target = await tree.find(folder);
  if (target === undefined) return false;
  if (target.kind !== "folder") {
    throw fail(packagerErrors.fileRefused, { path: folder, reason: "it is there already and is not a folder" });
  }
  const found = (await tree.list(folder, 2)).find(({ name, kind }) => name !== STAGING || kind !== "folder");
  if (found !== undefined) throw fail(packagerErrors.folderTaken, { path: folder, found: found.name });
  return true;
}

async function stage(staging: string, files: ReadonlyMap<string, Uint8Array>, disk: Disk): Promise<void> {
  await disk.removeFolder(staging);
  try {
    for (const [path, bytes] of files) {
      await disk.makeFolder(join(staging, path, ".."));
      await writeDurable(disk, join(staging, path), bytes, FILE_MODE);
    }
  } catch (error) {
    await disk.removeFolder(staging);
    throw error;
  }
}

/** The folder may be the one a terminal stands in, so it stays and its content is moved into it. */
async function moveUp(staging: string, folder: string, disk: Disk): Promise<void> {
  const moved: string[] = [];
  try {
    for (const { name } of await disk.list(staging)) {
      await disk.rename(join(staging, name), join(folder, name));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved) await disk.removeFolder(join(folder, name));
    throw error;
  }
  await disk.removeFolder(staging);
}
