import { DsdnError } from "../../../base/index.ts";
import type { Client } from "../../../client/index.ts";

/**
 * Ends runs or versions, one after the other. What ended by itself before the log had the request is nothing that went
 * wrong: it is left out.
 *
 * @returns those the request ends, and whether the log has taken each of them.
 * @throws DSDN_CLIENT_*
 */
export async function cancelEach<Row extends { readonly workload: string }>(
  client: { readonly deployments: Pick<Client["deployments"], "cancel"> },
  rows: readonly Row[],
  signal: AbortSignal,
): Promise<{ readonly ended: readonly Row[]; readonly isDone: boolean }> {
  const ended: Row[] = [];
  let isDone = true;
  for (const row of rows) {
    try {
      isDone = (await client.deployments.cancel(row.workload, signal)).isDone && isDone;
      ended.push(row);
    } catch (error) {
      if (!(await hasEndedBefore(error))) throw error;
    }
  }
  return { ended, isDone };
}

async function hasEndedBefore(error: unknown): Promise<boolean> {
  if (!(error instanceof DsdnError)) return false;
  const { clientErrors } = await import("../../../client/index.ts");
  return error.code === clientErrors.eventRejected.code && error.facts["reason"] === "workload-final";
}
