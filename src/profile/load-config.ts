import { join } from "node:path";
import { systemDisk } from "../base/index.ts";
import { homeFolder, type Place } from "./home.ts";
import type { UserConfig } from "./user-config.ts";

/** What the user keeps, as it was when the program started. */
export interface LoadedConfig {
  readonly path: string;
  /** @throws DSDN_PROFILE_CONFIG_INVALID, DSDN_PROFILE_FILE_EXPOSED: a bad file stops only those that need it */
  get(): UserConfig;
}

/** Nothing is kept. */
export const emptyConfig: UserConfig = { settings: {}, networks: new Map() };

/** The file of everything one user keeps. Absolute. */
export function configPath(terminal: Place): string {
  return join(homeFolder(terminal), "config.json");
}

/** A user who keeps nothing. */
export function nothingKept(terminal: Place): LoadedConfig {
  return { path: configPath(terminal), get: () => emptyConfig };
}

/** Reads the user's file; nothing is kept when there is none. It never throws: `get` does. */
export async function loadConfig(terminal: Place): Promise<LoadedConfig> {
  const path = configPath(terminal);
  try {
    if ((await systemDisk().findSize(path)) === undefined) return nothingKept(terminal);
    // Read only when there is something to read: every start of the program comes by here.
    const { readConfig } = await import("./read-config.ts");
    const config = (await readConfig(path)) ?? emptyConfig;
    return { path, get: () => config };
  } catch (error) {
    return {
      path,
      get: () => {
        throw error;
      },
    };
  }
}
