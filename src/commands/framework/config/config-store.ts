import {
  acquireFileLock,
  type Clock,
  fail,
  systemDisk,
  systemFileTree,
  systemRandom,
  toUtf8,
  writeDurable,
} from "../../../base/index.ts";
import type { Terminal } from "../../../ui/index.ts";
import { homeFolder } from "../home.ts";
import { networkErrors } from "../network-errors.ts";
import { configPath, emptyConfig } from "./load-config.ts";
import { configLimits, parseConfig, type UserConfig, writeConfig } from "./user-config.ts";

type Place = Pick<Terminal, "env" | "folder">;

/** Changes the file under a lock, so that two commands at once lose nothing. @returns what is kept now. */
export async function updateConfig(
  terminal: Place,
  deps: { readonly clock: Clock },
  change: (config: UserConfig) => UserConfig,
): Promise<UserConfig> {
  const disk = systemDisk();
  const path = configPath(terminal);
  await disk.makeFolder(homeFolder(terminal));
  const lock = await acquireFileLock({ path: `${path}.lock` }, { ...deps, random: systemRandom() });
  try {
    const changed = change(await readConfig(path));
    await writeDurable(disk, path, toUtf8(writeConfig(changed)), 0o600);
    return changed;
  } finally {
    await lock.release();
  }
}

/**
 * What the file says; nothing when there is none.
 * @throws DSDN_COMMANDS_CONFIG_INVALID, DSDN_COMMANDS_FILE_EXPOSED
 */
export async function readConfig(path: string): Promise<UserConfig> {
  if (!(await isThereAlone(path))) return emptyConfig;
  const bytes = await systemDisk().findRange(path, 0, configLimits.bytes + 1);
  return bytes === undefined ? emptyConfig : parseConfig(bytes, path);
}

/**
 * True when the file is there, and then only its owner can read and change it; false when there is none.
 * @throws DSDN_COMMANDS_FILE_EXPOSED
 */
export async function isThereAlone(path: string): Promise<boolean> {
  const entry = await systemFileTree().find(path);
  if (entry === undefined) return false;
  // Windows has no such bits; the access list of the user's folder protects the file there.
  const isPrivate = process.platform === "win32" || (entry.mode & 0o077) === 0;
  if (entry.kind !== "file" || !isPrivate) throw fail(networkErrors.fileExposed, { path });
  return true;
}
