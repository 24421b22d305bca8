import { deploymentIdOf, type KeyId, type WorkloadId, workloadIdOf } from "../../protocol/index.ts";
import { countValidators, isValidator, type Rule, type RuleContext } from "../context.ts";
import { isEndpointUrl } from "../endpoints.ts";
import type { WorkloadRecord } from "../entities.ts";
import type { Rejection } from "../reasons.ts";
import { compareText } from "../votes.ts";
import { findHeld, publish } from "./object-rules.ts";
import { authorise } from "./session-rules.ts";
import { isFinal, placeWorkload, retryOrFail } from "./workload-placing.ts";
import {
  approvalsNeeded,
  end,
  forgetOldRuns,
  makeCurrent,
  newWorkload,
  placeOrAsk,
  setCurrent,
} from "./workload-turns.ts";

/** What an output may have beyond its plain bytes: sealing, listing, manifest. */
const OUTPUT_OVERHEAD_BYTES = 1024 * 1024;

/** The owner deploys a package it has published: the first or a further version of a deployment. */
export const workloadSubmitted: Rule<"WorkloadSubmitted"> = (context, { author, sequence, body }) => {
  const { tables, nowMs } = context;
  const { session, reason } = authorise(context, author, "deploy");
  if (session === undefined) return reason;
  const owner = session.wallet;
  if (body.deployment !== deploymentIdOf(owner, body.name)) return "deployment-id";
  if (findHeld(context, body.package, owner) === undefined) return "object-unknown";
  const { input } = body.spec;
  if (input !== null && body.spec.mode !== "batch") return "workload-kind";
  if (input !== null && findHeld(context, input, owner) === undefined) return "object-unknown";
  const { preview, start } = body;
  const isBatch = body.spec.mode === "batch";
  if (preview !== null && isBatch) return "workload-kind";
  if (start !== "now" && !isBatch) return "workload-kind";
  if (preview !== null && preview.expiresMs !== null && preview.expiresMs <= nowMs) return "preview-expired";
  const known = tables.deployment.find(body.deployment);
  if (start === "aside" && known?.removedMs !== null) return "deployment-unknown";
  const isWanted = preview === null && start !== "aside";
  const id = workloadIdOf(author, sequence, body.package);
  const number = (known?.versions ?? 0) + 1;
  const turn = isWanted ? (known?.turns ?? 0) + 1 : 0;
  tables.deployment.put(body.deployment, {
    id: body.deployment,
    owner,
    name: body.name,
    createdMs: known?.createdMs ?? nowMs,
    removedMs: null,
    versions: number,
    turns: Math.max(turn, known?.turns ?? 0),
    latest: isWanted ? id : (known?.latest ?? null),
    current: known?.current ?? null,
    aliases: known?.aliases ?? [],
  });
  const workload = newWorkload(context, {
    id,
    deployment: body.deployment,
    owner,
    number,
    turn,
    preview,
    package: body.package,
    spec: body.spec,
  });
  if (start === "later") tables.workload.put(id, { ...workload, status: "held" });
  else placeOrAsk(context, workload);
  if (isBatch) forgetOldRuns(context, body.deployment);
  return undefined;
};

/** A validator found the package sound. Its last word counts; after the decision words change nothing. */
export const workloadApproved: Rule<"WorkloadApproved"> = (context, { author, body }) => {
  const voted = openVote(context, author, body.workload);
  if (typeof voted === "string") return voted;
  if (voted.status !== "pending") return undefined;
  const approvals = [...voted.approvals, author].sort(compareText);
  const approved = { ...voted, approvals };
  if (approvals.length >= approvalsNeeded(context)) placeWorkload(context, approved);
  else context.tables.workload.put(voted.id, approved);
  return undefined;
};

/** A validator found the package unsound. The workload is refused once an approval cannot come about any more. */
export const workloadRefused: Rule<"WorkloadRefused"> = (context, { author, body }) => {
  const voted = openVote(context, author, body.workload);
  if (typeof voted === "string") return voted;
  if (voted.status !== "pending") return undefined;
  const refusals = [...voted.refusals, { validator: author, reason: body.reason }].sort((left, right) =>
    compareText(left.validator, right.validator),
  );
  const isDecided = countValidators(context) - refusals.length < approvalsNeeded(context);
  const decision: Partial<WorkloadRecord> = isDecided
    ? { status: "refused", reason: body.reason, statusMs: context.nowMs }
    : {};
  context.tables.workload.put(voted.id, { ...voted, refusals, ...decision });
  return undefined;
};

/** The workload with the standing votes of the other validators, or why the author has no vote. */
function openVote(context: RuleContext, author: KeyId, id: WorkloadId): WorkloadRecord | Rejection {
  if (!isValidator(context, author)) return "not-validator";
  const workload = context.tables.workload.find(id);
  if (workload === undefined) return "workload-unknown";
  const stands = (validator: KeyId) => validator !== author && isValidator(context, validator);
  return {
    ...workload,
    approvals: workload.approvals.filter(stands),
    refusals: workload.refusals.filter(({ validator }) => stands(validator)),
  };
}

/** The owner ends one version or run. */
export const workloadCancelled: Rule<"WorkloadCancelled"> = (context, { author, body }) => {
  const { session, reason } = authorise(context, author, "deploy");
  if (session === undefined) return reason;
  const workload = context.tables.workload.find(body.workload);
  if (workload === undefined) return "workload-unknown";
  if (workload.owner !== session.wallet) return "not-owner";
  if (isFinal(workload)) return "workload-final";
  end(context, workload, "cancelled");
  const deployment = context.tables.deployment.find(workload.deployment);
  if (deployment?.current === workload.id) setCurrent(context, deployment, null);
  return undefined;
};

/** The node that runs a workload tells how it goes. */
export const workloadStatus: Rule<"WorkloadStatus"> = (context, { author, body }) => {
  const workload = findAssigned(context, author, body.workload);
  if (typeof workload === "string") return workload;
  const { tables, nowMs } = context;
  if (body.output !== null && body.status !== "finished") return "workload-kind";
  if (body.status === "failed") {
    retryOrFail(context, workload, { node: author, reason: body.reason });
    return undefined;
  }
  if (body.status === "running") {
    if (workload.status === "assigned")
      tables.workload.put(workload.id, { ...workload, status: "running", statusMs: nowMs });
    return undefined;
  }
  if (workload.spec.mode !== "batch") return "workload-kind";
  const { output } = body;
  if (output !== null) {
    if (output.sizeBytes > 2 * workload.spec.limits.outputBytes + OUTPUT_OVERHEAD_BYTES) return "output-too-large";
    const refused = keepOutput(context, workload, output);
    if (refused !== undefined) return refused;
  }
  const finished = { ...workload, output: output?.object ?? null, reason: body.reason };
  end(context, finished, "finished");
  makeCurrent(context, finished);
  return undefined;
};

/** The output becomes an object of the deployment's owner. The same output of an earlier run is there already. */
function keepOutput(
  context: RuleContext,
  workload: WorkloadRecord,
  content: Parameters<typeof publish>[1]["content"],
): Rejection | undefined {
  if (findHeld(context, content.object, workload.owner) !== undefined) return undefined;
  return publish(context, { content, owner: workload.owner, createdMs: context.nowMs, expiresMs: null });
}

/** The node that runs a site or a program answers at this address: requests of the deployment go there. */
export const endpointPublished: Rule<"EndpointPublished"> = (context, { author, body }) => {
  const workload = findAssigned(context, author, body.workload);
  if (typeof workload === "string") return workload;
  if (workload.spec.mode === "batch") return "workload-kind";
  if (!isEndpointUrl(body.url)) return "endpoint";
  const statusMs = workload.status === "running" ? workload.statusMs : context.nowMs;
  context.tables.workload.put(workload.id, { ...workload, status: "running", url: body.url, statusMs });
  makeCurrent(context, workload);
  return undefined;
};

/** The workload when it runs on this node now, or why not. */
function findAssigned({ tables }: RuleContext, node: KeyId, id: WorkloadId): WorkloadRecord | Rejection {
  const workload = tables.workload.find(id);
  if (workload === undefined) return "workload-unknown";
  if (isFinal(workload)) return "workload-final";
  return workload.node === node ? workload : "not-assigned";
}
