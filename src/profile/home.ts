import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Where a program runs: its environment, and its working folder as an absolute path. */
export interface Place {
  readonly env: { readonly [name: string]: string | undefined };
  readonly folder: string;
}

/** The folder of everything `dsdn` keeps for its user: DSDN_HOME, or `.dsdn` in the user's home. Absolute. */
export function homeFolder({ env, folder }: Place): string {
  const asked = env["DSDN_HOME"];
  return asked ? resolve(folder, asked) : join(homedir(), ".dsdn");
}
