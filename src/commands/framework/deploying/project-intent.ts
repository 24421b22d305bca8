import { systemFileTree } from "../../../base/index.ts";
import { nameOf, type ProjectFile, type ProjectFlags } from "../../../intent/index.ts";
import type { BuildWish } from "./build-flags.ts";

/** What the user said with flags and in the project's file. */
export interface SaidIntent {
  readonly flags: ProjectFlags;
  readonly file: ProjectFile;
}

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
  const { findProjectFile } = await import("../../../packager/index.ts");
  return { flags, file: await findProjectFile(path, systemFileTree()) };
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
