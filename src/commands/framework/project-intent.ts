import { join } from "node:path";
import { readFirstBytes, systemFileTree } from "../../base/index.ts";
import type { ProjectFile, ProjectFlags } from "../../intent/index.ts";
import type { BuildWish } from "./build-flags.ts";
import { nameOf } from "./deployment-name.ts";

/** What the user said with flags and in the project's file. */
export interface SaidIntent {
  readonly flags: ProjectFlags;
  readonly file: ProjectFile;
}

/** One piece more than a project's file may have, so that a longer one is seen to be longer. */
const FILE_BYTES = 64 * 1024 + 1;

/**
 * What was said about a project: the flags, and its `dsdn.yaml` when the path is a folder that has one as a regular
 * file. A link is not followed.
 *
 * @param path - absolute
 * @throws DSDN_INTENT_*, DSDN_BASE_FILE_FAILED
 */
export async function readSaidIntent(path: string, wish: BuildWish): Promise<SaidIntent> {
  const { type, priority, visibility, name, entry, site, schedule, args } = wish;
  const flags = { type, priority, visibility, name, entry, site, schedule, args };
  const tree = systemFileTree();
  const { PROJECT_FILE, readProjectFile } = await import("../../intent/index.ts");
  const place = join(path, PROJECT_FILE);
  const isThere = (await tree.find(place))?.kind === "file";
  return { flags, file: isThere ? await readProjectFile(await readFirstBytes(tree.read(place), FILE_BYTES)) : {} };
}

/** What is left for detection to find, given what was said. */
export function choiceOf({ flags, file }: SaidIntent) {
  return {
    type: flags.type ?? file.type?.value,
    entry: flags.entry ?? file.entry?.value,
    site: flags.site ?? file.site?.value,
  };
}

/** The deployment's name: a flag before the project's file before the folder's own name. @param path - absolute */
export function chooseName(path: string, { flags, file }: SaidIntent): string {
  return flags.name ?? file.name?.value ?? nameOf(path);
}
