import type { DeploymentId, KeyId, WorkloadId } from "../../protocol/index.ts";
import { limits } from "../../protocol/index.ts";
import type { Rule, RuleContext } from "../context.ts";
import type { DeploymentRecord, WorkloadRecord } from "../entities.ts";
import type { Rejection } from "../reasons.ts";
import { compareText } from "../votes.ts";
import { forgetData } from "./data-rules.ts";
import { findHeld } from "./object-rules.ts";
import { authorise } from "./session-rules.ts";
import { isFinal } from "./workload-placing.ts";
import { end, makeCurrent, retireReplaced, revive } from "./workload-turns.ts";

/** The owner ends a deployment with all its versions and aliases. Its id, and so its URL, stays the owner's. */
export const deploymentRemoved: Rule<"DeploymentRemoved"> = (context, { author, body }) => {
  const deployment = findOwned(context, author, body.deployment);
  if (typeof deployment === "string") return deployment;
  const { tables, nowMs } = context;
  for (const workload of tables.workload.listBy("deployment", deployment.id)) {
    if (!isFinal(workload)) end(context, workload, "cancelled");
  }
  tables.job.remove(deployment.id);
  forgetData(context, deployment.id);
  for (const { domain } of tables.domain.listBy("deployment", deployment.id)) {
    tables.domain.remove(`${domain}/${deployment.id}`);
  }
  tables.deployment.put(deployment.id, { ...deployment, removedMs: nowMs, current: null, aliases: [] });
  return undefined;
};

/**
 * The owner gives the deployment's requests to one of its versions: a preview, or one from before. A version that still
 * runs takes them at once; one that ended is started again and takes them when it answers.
 */
export const deploymentPromoted: Rule<"DeploymentPromoted"> = (context, { author, body }) => {
  const deployment = findOwned(context, author, body.deployment);
  if (typeof deployment === "string") return deployment;
  const workload = findStartable(context, deployment, body.workload);
  if (typeof workload === "string") return workload;
  const turns = deployment.turns + 1;
  context.tables.deployment.put(deployment.id, { ...deployment, turns, latest: workload.id });
  const promoted = { ...workload, turn: turns };
  context.tables.workload.put(workload.id, promoted);
  if (workload.status === "running") makeCurrent(context, promoted);
  else revive(context, promoted);
  return undefined;
};

/** The owner names a version, or the current one whichever it is; a version that is named goes on running. */
export const aliasSet: Rule<"AliasSet"> = (context, { author, body }) => {
  const deployment = findOwned(context, author, body.deployment);
  if (typeof deployment === "string") return deployment;
  const others = deployment.aliases.filter(({ name }) => name !== body.alias);
  if (others.length >= limits.deploymentAliases) return "alias-limit";
  const workload = body.workload === null ? null : findStartable(context, deployment, body.workload);
  if (typeof workload === "string") return workload;
  const aliases = [...others, { name: body.alias, workload: body.workload }];
  aliases.sort((left, right) => compareText(left.name, right.name));
  context.tables.deployment.put(deployment.id, { ...deployment, aliases });
  if (workload !== null) revive(context, workload);
  retireReplaced(context, deployment.id);
  return undefined;
};

export const aliasRemoved: Rule<"AliasRemoved"> = (context, { author, body }) => {
  const deployment = findOwned(context, author, body.deployment);
  if (typeof deployment === "string") return deployment;
  const aliases = deployment.aliases.filter(({ name }) => name !== body.alias);
  if (aliases.length === deployment.aliases.length) return "alias-unknown";
  context.tables.deployment.put(deployment.id, { ...deployment, aliases });
  retireReplaced(context, deployment.id);
  return undefined;
};

/** The deployment when the author may change it, or why not. */
export function findOwned(context: RuleContext, author: KeyId, id: DeploymentId): DeploymentRecord | Rejection {
  const { session, reason } = authorise(context, author, "deploy");
  if (session === undefined) return reason;
  const deployment = context.tables.deployment.find(id);
  if (deployment === undefined || deployment.removedMs !== null) return "deployment-unknown";
  return deployment.owner === session.wallet ? deployment : "not-owner";
}

/** The deployment's version when it runs or can be started again, or why not. */
function findStartable(context: RuleContext, deployment: DeploymentRecord, id: WorkloadId): WorkloadRecord | Rejection {
  const workload = context.tables.workload.find(id);
  if (workload === undefined || workload.deployment !== deployment.id) return "workload-unknown";
  if (workload.spec.mode === "batch") return "workload-kind";
  if (workload.status === "refused") return "workload-final";
  // Its package must still be there: nodes drop what nobody holds.
  if (isFinal(workload) && findHeld(context, workload.package, deployment.owner) === undefined) return "object-unknown";
  return workload;
}
