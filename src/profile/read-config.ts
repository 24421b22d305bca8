import { fail, systemDisk, systemFileTree } from "../base/index.ts";
import { profileErrors } from "./errors.ts";
import { configLimits, parseConfig, type UserConfig } from "./user-config.ts";

/**
 * What the user's file says; undefined when there is none.
 * @throws DSDN_PROFILE_CONFIG_INVALID, DSDN_PROFILE_FILE_EXPOSED
 */
export async function readConfig(path: string): Promise<UserConfig | undefined> {
  if (!(await isThereAlone(path))) return undefined;
  const bytes = await systemDisk().findRange(path, 0, configLimits.bytes + 1);
  return bytes === undefined ? undefined : parseConfig(bytes, path);
}

/**
 * True when the file is there, and then only its owner can read and change it; false when there is none.
 * @throws DSDN_PROFILE_FILE_EXPOSED
 */
export async function isThereAlone(path: string): Promise<boolean> {
  const entry = await systemFileTree().find(path);
  if (entry === undefined) return false;
  // Windows has no such bits; the access list of the user's folder protects the file there.
  const isPrivate = process.platform === "win32" || (entry.mode & 0o077) === 0;
  if (entry.kind !== "file" || !isPrivate) throw fail(profileErrors.fileExposed, { path });
  return true;
}
