import { fail, systemDisk } from "../../../base/index.ts";
import type { LogAccess, LogSubject } from "../../../client/index.ts";
import type { CommandContext } from "../base-command.ts";
import { isElsewhereMeant } from "../config/destination.ts";
import { openDevnet } from "../devnet.ts";
import { commandErrors } from "../errors.ts";
import { openNetwork } from "./network.ts";

/** Where the log is read, and whether that is the devnet's own node. */
export interface FoundLog extends LogAccess {
  readonly isDevnet: boolean;
  /** DA_NAMESPACE and DA_NETWORK, where they are set. */
  readonly namespace: string | undefined;
  readonly chainId: string | undefined;
}

/**
 * The Celestia node of DA_RPC_URL, with the token of DA_AUTH_TOKEN or of the file DA_AUTH_TOKEN_FILE names; without
 * that, the devnet's.
 *
 * @throws DSDN_DA_TOKEN_MISSING, DSDN_DEVNET_NOT_RUNNING, DSDN_COMMANDS_LOG_UNKNOWN
 */
export async function findLog(context: CommandContext, data: string | undefined): Promise<FoundLog> {
  const { env } = context.ui.terminal;
  const url = env["DA_RPC_URL"];
  if (url === undefined || url === "") {
    const isElsewhere = isElsewhereMeant(context, data);
    const devnet = await openDevnet(context, data).catch((error: unknown) => {
      if (isElsewhere) throw fail(commandErrors.logUnknown, {}, { cause: error });
      throw error;
    });
    return { url: devnet.daUrl, token: devnet.daToken, isDevnet: true, namespace: undefined, chainId: undefined };
  }
  const { loadLogToken } = await import("../../../client/index.ts");
  const token = await loadLogToken(
    { value: env["DA_AUTH_TOKEN"], file: env["DA_AUTH_TOKEN_FILE"] },
    { disk: systemDisk() },
  );
  return { url, token, isDevnet: false, namespace: env["DA_NAMESPACE"], chainId: env["DA_NETWORK"] };
}

/**
 * The log that is meant: DA_NAMESPACE and DA_NETWORK when both are set, otherwise that of the network in use.
 * Errors as `findLog` and `openNetwork`.
 */
export async function findLogSubject(context: CommandContext, data: string | undefined): Promise<LogSubject> {
  const { url, token, namespace, chainId } = await findLog(context, data);
  if (namespace !== undefined && chainId !== undefined) return { url, token, namespace, chainId };
  const { client } = await openNetwork(context, { data });
  const { logSubjectOf } = await import("../../../client/index.ts");
  const own = logSubjectOf({ url, token }, (await client.network(context.signal)).genesis);
  return { ...own, namespace: namespace ?? own.namespace, chainId: chainId ?? own.chainId };
}
