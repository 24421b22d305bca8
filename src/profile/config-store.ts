import { acquireFileLock, type Clock, systemDisk, systemRandom, toUtf8, writeDurable } from "../base/index.ts";
import { homeFolder, type Place } from "./home.ts";
import { configPath, emptyConfig } from "./load-config.ts";
import { readConfig } from "./read-config.ts";
import { type UserConfig, writeConfig } from "./user-config.ts";

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
    const changed = change((await readConfig(path)) ?? emptyConfig);
    await writeDurable(disk, path, toUtf8(writeConfig(changed)), 0o600);
    return changed;
  } finally {
    await lock.release();
  }
}
