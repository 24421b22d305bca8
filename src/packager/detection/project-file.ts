import { join } from "node:path";
import { type FileTree, fail, readFirstBytes } from "../../base/index.ts";
import { intentErrors, PROJECT_FILE, type ProjectFile, readProjectFile } from "../../intent/index.ts";

/** One piece more than a project's file may have, so that a longer one is seen to be longer. */
const FILE_BYTES = 64 * 1024 + 1;

/** How the file is called by mistake. */
const MISNAMED = "dsdn.yml";

/**
 * What a project's `dsdn.yaml` says; nothing when the path is no folder that has one. A link in its place is refused,
 * wherever it leads.
 *
 * @param path - absolute
 * @throws DSDN_INTENT_*, DSDN_BASE_FILE_FAILED
 */
export async function findProjectFile(path: string, tree: FileTree): Promise<ProjectFile> {
  const place = join(path, PROJECT_FILE);
  const kind = (await tree.find(place))?.kind;
  // Passed over, what its author meant by it would be passed over too.
  const isMisnamed = kind === undefined && (await tree.find(join(path, MISNAMED))) !== undefined;
  if (isMisnamed) throw fail(intentErrors.fileMisnamed, { file: MISNAMED, expected: PROJECT_FILE });
  if (kind === undefined) return {};
  if (kind !== "file") throw fail(intentErrors.fileNotRegular, { file: PROJECT_FILE });
  return readProjectFile(await readFirstBytes(tree.read(place), FILE_BYTES));
}
