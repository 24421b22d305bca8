import { resolve } from "node:path";
import { baseErrors, fail } from "../../base/index.ts";
import type { Account, SessionCredential } from "../../keys/index.ts";
import type { CommandContext } from "./base-command.ts";
import type { Target } from "./config/destination.ts";
import { isThereAlone } from "./config/read-config.ts";
import type { KnownNetwork } from "./config/user-config.ts";
import { networkErrors } from "./network-errors.ts";
import { readSecretFile } from "./secrets.ts";

/** Holds the text of a session. */
const SESSION_VARIABLE = "DSDN_SESSION";
/** Names a file with the text of a session. */
const SESSION_FILE_VARIABLE = "DSDN_SESSION_FILE";

/**
 * The session this run acts with in place of the account: of DSDN_SESSION, of the file DSDN_SESSION_FILE names, or else
 * of the file that is kept for the network.
 *
 * @throws DSDN_COMMANDS_SESSION_TWICE, DSDN_COMMANDS_FILE_EXPOSED, DSDN_BASE_FILE_MISSING, DSDN_KEYS_SESSION_INVALID
 */
export async function findSessionCredential(
  { ui }: Pick<CommandContext, "ui">,
  known?: KnownNetwork | undefined,
): Promise<SessionCredential | undefined> {
  const { env, folder } = ui.terminal;
  const text = env[SESSION_VARIABLE] || undefined;
  const file = env[SESSION_FILE_VARIABLE] || undefined;
  const kept = known?.sessionFile ?? undefined;
  if (text === undefined && file === undefined && kept === undefined) return undefined;
  if (text !== undefined && file !== undefined) throw fail(networkErrors.sessionTwice, {});
  const { parseSessionCredential } = await import("../../keys/index.ts");
  if (text !== undefined) return parseSessionCredential(text, SESSION_VARIABLE);
  const path = resolve(folder, file ?? kept ?? "");
  if (!(await isThereAlone(path))) throw fail(baseErrors.fileMissing, { path });
  return parseSessionCredential(await readSecretFile(ui, path), path);
}

/** The account as that session has it; undefined when there is none. Errors as `findSessionCredential`. */
export async function findLentAccount(
  context: Pick<CommandContext, "ui">,
  known: KnownNetwork | undefined,
): Promise<Account | undefined> {
  const credential = await findSessionCredential(context, known);
  if (credential === undefined) return undefined;
  const { openLentAccount } = await import("../../keys/index.ts");
  return openLentAccount(credential);
}

/**
 * The network the session of the environment was granted on, for a command that names none: a session is good there and
 * nowhere else. Undefined without one, and for one that does not say where its network is reached.
 */
export async function findSessionTarget(context: Pick<CommandContext, "ui">): Promise<Target | undefined> {
  const credential = await findSessionCredential(context);
  if (credential === undefined || credential.ingresses.length === 0) return undefined;
  const { ingresses, network: networkId } = credential;
  const known = { ingresses, networkId, tokenFile: null, sessionFile: null, caFile: null, isInsecure: false };
  return { name: null, urls: ingresses, known, isSaid: true };
}
