import { resolve } from "node:path";
import { baseErrors, fail } from "../base/index.ts";
import type { SessionCredential } from "../keys/index.ts";
import { profileErrors } from "./errors.ts";
import type { Place } from "./home.ts";
import { isThereAlone } from "./read-config.ts";
import { readText } from "./read-text.ts";
import type { KnownNetwork } from "./user-config.ts";

/** Holds the text of a session. */
const SESSION_VARIABLE = "DSDN_SESSION";
/** Names a file with the text of a session. */
const SESSION_FILE_VARIABLE = "DSDN_SESSION_FILE";

/**
 * The session a program acts with in place of the account: of DSDN_SESSION, of the file DSDN_SESSION_FILE names, or else
 * of the file that is kept for the network.
 *
 * @throws DSDN_PROFILE_SESSION_TWICE, DSDN_PROFILE_FILE_EXPOSED, DSDN_PROFILE_CONFIG_INVALID, DSDN_BASE_FILE_MISSING,
 *   DSDN_KEYS_SESSION_INVALID
 */
export async function findSessionCredential(
  { env, folder }: Place,
  known?: KnownNetwork | undefined,
): Promise<SessionCredential | undefined> {
  const text = env[SESSION_VARIABLE] || undefined;
  const file = env[SESSION_FILE_VARIABLE] || undefined;
  const kept = known?.sessionFile ?? undefined;
  if (text === undefined && file === undefined && kept === undefined) return undefined;
  if (text !== undefined && file !== undefined) throw fail(profileErrors.sessionTwice, {});
  const { parseSessionCredential } = await import("../keys/index.ts");
  if (text !== undefined) return parseSessionCredential(text, SESSION_VARIABLE);
  const path = resolve(folder, file ?? kept ?? "");
  if (!(await isThereAlone(path))) throw fail(baseErrors.fileMissing, { path });
  return parseSessionCredential(await readText(path), path);
}
