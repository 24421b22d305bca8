import { join } from "node:path";
import { homeFolder } from "../../profile/index.ts";
import type { Terminal } from "../../ui/index.ts";

export { homeFolder };

/** The folder of the account's key and of what is known about its shares. */
export function keysFolder(terminal: Pick<Terminal, "env" | "folder">): string {
  return join(homeFolder(terminal), "keys");
}

/** The folder of receipts of uploads, one file an object. */
export function receiptsFolder(terminal: Pick<Terminal, "env" | "folder">): string {
  return join(homeFolder(terminal), "receipts");
}
