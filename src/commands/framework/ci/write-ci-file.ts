import { dirname, join } from "node:path";
import { fail, systemDisk, systemFileTree, toUtf8, writeDurable } from "../../../base/index.ts";
import { chooseName, readSaidIntent } from "../deploying/project-intent.ts";
import { commandErrors } from "../errors.ts";
import type { CiHost } from "./ci-file.ts";
import { findRepository, type Repository } from "./git-host.ts";
import { GITHUB_FILE, githubWorkflow } from "./github.ts";
import { GITLAB_FILE, gitlabPipeline } from "./gitlab.ts";

const kinds = {
  github: { file: GITHUB_FILE, write: githubWorkflow },
  gitlab: { file: GITLAB_FILE, write: gitlabPipeline },
} as const;

/** Where a pipeline file goes. */
export interface CiPlace {
  readonly host: CiHost;
  /** Absolute. */
  readonly path: string;
  readonly repository: Repository;
}

/**
 * The place of a project's pipeline file: hosts look for it in the repository's own folder, wherever the project lies.
 *
 * @param folder - of the project, absolute; it need not be there yet
 * @throws DSDN_COMMANDS_FILE_EXISTS when anything is there already, or a link on the way
 */
export async function findCiPlace(folder: string, host: CiHost): Promise<CiPlace> {
  const repository = await findRepository(folder);
  const tree = systemFileTree();
  const parts = kinds[host].file.split("/");
  for (const [index] of parts.entries()) {
    const path = join(repository.root, ...parts.slice(0, index + 1));
    const kind = (await tree.find(path))?.kind;
    const isWay = kind === "folder" && index < parts.length - 1;
    if (kind !== undefined && !isWay) throw fail(commandErrors.fileExists, { path });
  }
  return { host, path: join(repository.root, ...parts), repository };
}

/** The host whose pipeline a project could have: its remotes name it and no file is there yet. */
export async function findCiOffer(folder: string): Promise<CiPlace | undefined> {
  const { host } = await findRepository(folder);
  if (host === undefined) return undefined;
  return findCiPlace(folder, host).catch(() => undefined);
}

/**
 * Writes the pipeline file of the project in `folder`, which is there by now.
 * @throws DSDN_INTENT_*, DSDN_COMMANDS_FILE_EXISTS when the project brought one along
 */
export async function writeCiFile(
  { host, path, repository }: CiPlace,
  { folder, version }: { readonly folder: string; readonly version: string },
): Promise<void> {
  await findCiPlace(folder, host);
  const name = chooseName(folder, await readSaidIntent(folder, { path: folder }));
  const text = kinds[host].write({ name, project: repository.below, version });
  const disk = systemDisk();
  await disk.makeFolder(dirname(path));
  await writeDurable(disk, path, toUtf8(text), 0o644);
}
