import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Terminal } from "../../ui/index.ts";

/** The folder of everything `dsdn` keeps for its user: DSDN_HOME, or `.dsdn` in the user's home. Absolute. */
export function homeFolder(terminal: Pick<Terminal, "env" | "folder">): string {
  const asked = terminal.env["DSDN_HOME"];
  return asked ? resolve(terminal.folder, asked) : join(homedir(), ".dsdn");
}

/** The folder of the account's key and of what is known about its shares. */
export function keysFolder(terminal: Pick<Terminal, "env" | "folder">): string {
  return join(homeFolder(terminal), "keys");
}

/** The folder of receipts of uploads, one file an object. */
export function receiptsFolder(terminal: Pick<Terminal, "env" | "folder">): string {
  return join(homeFolder(terminal), "receipts");
}
