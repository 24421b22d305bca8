import type { Address, DeploymentId, ObjectId } from "../../protocol/index.ts";
import { limits } from "../../protocol/index.ts";
import type { Rule, RuleContext } from "../context.ts";
import type { DataRecord } from "../entities.ts";
import { findHeld, publish } from "./object-rules.ts";
import { ownerOf } from "./session-rules.ts";
import { isFinal } from "./workload-placing.ts";

/**
 * The node that runs a workload keeps or forgets something under a name for the program: the last word counts. The
 * bytes are an object that becomes the deployment's owner's, within the owner's quota and the bounds of a
 * deployment. What was there before is given up, unless the owner had it anyway or another name needs it.
 */
export const dataWritten: Rule<"DataWritten"> = (context, { author, body }) => {
  const { tables, nowMs } = context;
  const workload = tables.workload.find(body.workload);
  if (workload === undefined) return "workload-unknown";
  if (isFinal(workload)) return "workload-final";
  if (workload.node !== author) return "not-assigned";
  const { deployment, owner } = workload;
  const key = `${deployment}/${body.name}`;
  const before = tables.data.find(key);
  const { content } = body;
  if (content === null) {
    if (before !== undefined) forget(context, before);
    return undefined;
  }
  const others = tables.data.listBy("deployment", deployment).filter(({ name }) => name !== body.name);
  const usedBytes = others.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (others.length >= limits.dataNames || usedBytes + content.sizeBytes > limits.dataBytes) return "data-limit";
  if (before?.object === content.object && findHeld(context, content.object, owner) !== undefined) return undefined;
  const isOwners = findHeld(context, content.object, owner) !== undefined;
  if (!isOwners) {
    const refused = publish(context, { content, owner, createdMs: nowMs, expiresMs: null });
    if (refused !== undefined) return refused;
  }
  if (before !== undefined && before.object !== content.object) forget(context, before);
  const { object, sizeBytes } = content;
  const isLent = isOwners && !isKeptByData(context, object, owner);
  tables.data.put(key, { deployment, owner, name: body.name, object, sizeBytes, isLent, writtenMs: nowMs });
  return undefined;
};

/** Forgets every name of a deployment. */
export function forgetData(context: RuleContext, deployment: DeploymentId): void {
  for (const data of context.tables.data.listBy("deployment", deployment)) forget(context, data);
}

/** True when the object is there because a program wrote it. */
function isKeptByData({ tables }: RuleContext, object: ObjectId, owner: Address): boolean {
  return tables.data.listBy("holding", `${object}/${owner}`).some(({ isLent }) => !isLent);
}

function forget(context: RuleContext, data: DataRecord): void {
  const { tables, nowMs } = context;
  tables.data.remove(`${data.deployment}/${data.name}`);
  const holding = `${data.object}/${data.owner}`;
  if (data.isLent || tables.data.idsBy("holding", holding).size > 0) return;
  const held = findHeld(context, data.object, data.owner);
  if (held === undefined) return;
  const owner = ownerOf(context, data.owner);
  tables.owner.put(owner.address, { ...owner, usedBytes: Math.max(0, owner.usedBytes - held.sizeBytes) });
  tables.object.put(holding, { ...held, deletedMs: nowMs, isCounted: false });
}
