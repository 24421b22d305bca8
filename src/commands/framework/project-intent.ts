import { join } from "node:path";
import { fail, readFirstBytes, systemFileTree } from "../../base/index.ts";
import { nameOf, type ProjectFile, type ProjectFlags } from "../../intent/index.ts";
import type { BuildWish } from "./build-flags.ts";

/** What the user said with flags and in the project's file. */
export interface SaidIntent {
  readonly flags: ProjectFlags;
  readonly file: ProjectFile;
}

/** One piece more than a project's file may have, so that a longer one is seen to be longer. */
const FILE_BYTES = 64 * 1024 + 1;

/** How the file is called by mistake. */
const MISNAMED = "dsdn.yml";

/**
 * What was said about a project: the flags, and its `dsdn.yaml` when the path is a folder that has one. A link in its
 * place is refused, wherever it leads.
 *
 * @param path - absolute
 * @throws DSDN_INTENT_*, DSDN_BASE_FILE_FAILED
 */
export async function readSaidIntent(path: string, wish: BuildWish): Promise<SaidIntent> {
  const { type, priority, visibility, name, entry, site, schedule, args } = wish;
  const flags = { type, priority, visibility, name, entry, site, schedule, args };
  const tree = systemFileTree();
  const { intentErrors, PROJECT_FILE, readProjectFile } = await import("../../intent/index.ts");
  const place = join(path, PROJECT_FILE);
  const kind = (await tree.find(place))?.kind;
  // Passed over, what its author meant by it would be passed over too.
  if (kind !== undefined && kind !== "file") throw fail(intentErrors.fileNotRegular, { file: PROJECT_FILE });
  const isMisnamed = kind === undefined && (await tree.find(join(path, MISNAMED))) !== undefined;
  if (isMisnamed) throw fail(intentErrors.fileMisnamed, { file: MISNAMED, expected: PROJECT_FILE });
  const isThere = kind === "file";
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
