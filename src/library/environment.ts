import { homedir } from "node:os";
import { join } from "node:path";

/** The environment of the program that uses the library. */
export function programEnvironment(): { readonly [name: string]: string | undefined } {
  return process.env;
}

/** The folder of everything `dsdn` keeps for this user: DSDN_HOME, or `.dsdn` in the user's home. */
export function homeFolder(): string {
  return programEnvironment()["DSDN_HOME"] || join(homedir(), ".dsdn");
}
