import { fail } from "../../../base/index.ts";
import type { Client } from "../../../client/index.ts";
import { nameArg } from "../flags.ts";
import { deploymentErrors } from "./deployment-errors.ts";

type Details = Awaited<ReturnType<Client["deployments"]["get"]>>;

/** The argument that says which deployment a command is about. */
export const deploymentArg = () =>
  nameArg({ required: true, text: { en: "Name of the deployment.", id: "Nama deployment." } });

/**
 * A deployment that is there to be used: one that was removed is shown by `dsdn status` and `dsdn versions` only.
 * @throws DSDN_COMMANDS_DEPLOYMENT_REMOVED, DSDN_CLIENT_DEPLOYMENT_UNKNOWN
 */
export async function getDeployment(client: Client, name: string, signal: AbortSignal): Promise<Details> {
  const details = await client.deployments.get(name, signal);
  if (details.isRemoved) throw fail(deploymentErrors.deploymentRemoved, { name });
  return details;
}
