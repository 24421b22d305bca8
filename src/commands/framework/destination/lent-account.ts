import type { Account } from "../../../keys/index.ts";
import { findSessionCredential, type KnownNetwork } from "../../../profile/index.ts";
import type { CommandContext } from "../base-command.ts";
import type { Target } from "../config/destination.ts";

/** The account as that session has it; undefined when there is none. Errors as `findSessionCredential`. */
export async function findLentAccount(
  context: Pick<CommandContext, "ui">,
  known: KnownNetwork | undefined,
): Promise<Account | undefined> {
  const credential = await findSessionCredential(context.ui.terminal, known);
  if (credential === undefined) return undefined;
  const { openLentAccount } = await import("../../../keys/index.ts");
  return openLentAccount(credential);
}

/**
 * The network the session of the environment was granted on, for a command that names none: a session is good there and
 * nowhere else. Undefined without one, and for one that does not say where its network is reached.
 */
export async function findSessionTarget(context: Pick<CommandContext, "ui">): Promise<Target | undefined> {
  const credential = await findSessionCredential(context.ui.terminal);
  if (credential === undefined || credential.ingresses.length === 0) return undefined;
  const { ingresses, network: networkId } = credential;
  const known = { ingresses, networkId, tokenFile: null, sessionFile: null, caFile: null, isInsecure: false };
  return { name: null, urls: ingresses, known, isSaid: true };
}
