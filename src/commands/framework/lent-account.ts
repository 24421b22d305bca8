import { resolve } from "node:path";
import { baseErrors, fail } from "../../base/index.ts";
import type { Account, SessionCredential } from "../../keys/index.ts";
import type { CommandContext } from "./base-command.ts";
import { isThereAlone } from "./config/read-config.ts";
import { networkErrors } from "./network-errors.ts";
import { readSecretFile } from "./secrets.ts";

/** Holds the text of a session. */
const SESSION_VARIABLE = "DSDN_SESSION";
/** Names a file with the text of a session. */
const SESSION_FILE_VARIABLE = "DSDN_SESSION_FILE";

/**
 * The session this run acts with in place of the account: of DSDN_SESSION, or of the file DSDN_SESSION_FILE names.
 *
 * @throws DSDN_COMMANDS_SESSION_TWICE, DSDN_COMMANDS_FILE_EXPOSED, DSDN_BASE_FILE_MISSING, DSDN_KEYS_SESSION_INVALID
 */
export async function findSessionCredential({
  ui,
}: Pick<CommandContext, "ui">): Promise<SessionCredential | undefined> {
  const { env, folder } = ui.terminal;
  const text = env[SESSION_VARIABLE] || undefined;
  const file = env[SESSION_FILE_VARIABLE] || undefined;
  if (text === undefined && file === undefined) return undefined;
  if (text !== undefined && file !== undefined) throw fail(networkErrors.sessionTwice, {});
  const { parseSessionCredential } = await import("../../keys/index.ts");
  if (text !== undefined) return parseSessionCredential(text, SESSION_VARIABLE);
  const path = resolve(folder, file ?? "");
  if (!(await isThereAlone(path))) throw fail(baseErrors.fileMissing, { path });
  return parseSessionCredential(await readSecretFile(ui, path), path);
}

/** The account as that session has it; undefined when there is none. Errors as `findSessionCredential`. */
export async function findLentAccount(context: Pick<CommandContext, "ui">): Promise<Account | undefined> {
  const credential = await findSessionCredential(context);
  if (credential === undefined) return undefined;
  const { openLentAccount } = await import("../../keys/index.ts");
  return openLentAccount(credential);
}
