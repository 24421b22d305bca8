import type { WorkloadId } from "../../protocol/index.ts";
import { countValidators, isValidator, type RuleContext } from "../context.ts";
import type { DeploymentRecord, WorkloadRecord, WorkloadStatus } from "../entities.ts";
import { isFinal, placeWorkload } from "./workload-placing.ts";

/** Validators that must approve. */
export function approvalsNeeded(context: RuleContext): number {
  const { approvalPermille } = context.genesis.governed;
  return Math.ceil((countValidators(context) * approvalPermille) / 1000);
}

/** What is told of a workload at its submission; the rest follows from what becomes of it. */
type Submitted = Pick<
  WorkloadRecord,
  "id" | "deployment" | "owner" | "number" | "turn" | "preview" | "package" | "spec"
>;

/** A workload as it is at its submission, before anybody has said or done anything about it. */
export function newWorkload({ nowMs }: RuleContext, submitted: Submitted): WorkloadRecord {
  return {
    ...submitted,
    status: "pending",
    node: null,
    attempts: 0,
    failedNodes: [],
    approvals: [],
    refusals: [],
    url: null,
    output: null,
    reason: "",
    submittedMs: nowMs,
    statusMs: nowMs,
  };
}

/** Puts a workload on a node, or asks the validators first when it is public and too few approve of it. */
export function placeOrAsk(context: RuleContext, workload: WorkloadRecord): void {
  const isPublic = workload.spec.intent.visibility === "public";
  const approvals = workload.approvals.filter((validator) => isValidator(context, validator)).length;
  if (!isPublic || approvals >= approvalsNeeded(context)) placeWorkload(context, workload);
  else context.tables.workload.put(workload.id, { ...workload, status: "pending", node: null });
}

/** Starts a version that has ended once more, as if it had just been submitted. One that goes on is left alone. */
export function revive(context: RuleContext, workload: WorkloadRecord): void {
  if (!isFinal(workload)) return;
  placeOrAsk(context, {
    ...workload,
    attempts: 0,
    failedNodes: [],
    refusals: [],
    reason: "",
    url: null,
    statusMs: context.nowMs,
  });
}

export function end({ tables, nowMs }: RuleContext, workload: WorkloadRecord, status: WorkloadStatus): void {
  // The node that ran it last still keeps what it wrote.
  const node = status === "finished" || status === "superseded" ? workload.node : null;
  tables.workload.put(workload.id, { ...workload, status, node, url: null, statusMs: nowMs });
}

/**
 * Told that a version answers. It gets the deployment's requests, unless one whose turn is later has them, and what it
 * replaces ends; a preview replaces earlier previews of its name only.
 */
export function makeCurrent(context: RuleContext, workload: WorkloadRecord): void {
  const { tables } = context;
  const deployment = tables.deployment.find(workload.deployment);
  if (deployment === undefined) return;
  const current = deployment.current === null ? undefined : tables.workload.find(deployment.current);
  if (workload.turn > 0 && (current === undefined || current.turn <= workload.turn)) {
    setCurrent(context, deployment, workload.id);
  }
  retireReplaced(context, workload.deployment);
}

export function setCurrent(
  { tables }: RuleContext,
  deployment: DeploymentRecord,
  current: WorkloadId | null,
): DeploymentRecord {
  const moved = { ...deployment, current };
  if (deployment.current !== current) tables.deployment.put(deployment.id, moved);
  return moved;
}

/** Ends the services of a deployment that neither its own address nor an alias nor a preview's address leads to. */
export function retireReplaced(context: RuleContext, id: DeploymentRecord["id"]): void {
  const { tables } = context;
  const deployment = tables.deployment.find(id);
  if (deployment === undefined) return;
  const pinned = new Set(deployment.aliases.map(({ workload }) => workload));
  const versions = tables.workload.listBy("deployment", id).filter(({ spec }) => spec.mode !== "batch");
  const currentTurn = versions.find((version) => version.id === deployment.current)?.turn ?? 0;
  /** The newest running preview of each name. */
  const shown = new Map<string, number>();
  for (const { turn, status, preview, number } of versions) {
    if (turn > 0 || status !== "running" || preview === null) continue;
    shown.set(preview.name, Math.max(number, shown.get(preview.name) ?? 0));
  }
  for (const version of versions) {
    if (isFinal(version) || pinned.has(version.id)) continue;
    const isReplaced =
      version.turn > 0
        ? version.turn < currentTurn
        : version.preview !== null && version.number < (shown.get(version.preview.name) ?? 0);
    if (isReplaced) end(context, version, "superseded");
  }
}

/** Runs of one batch that stay in the state; older ones that have ended go. */
const KEPT_RUNS = 50;

/** What ended long ago goes, so that runs do not grow the state without end; outputs stay the owner's objects. */
export function forgetOldRuns({ tables }: RuleContext, deployment: DeploymentRecord["id"]): void {
  const kept = tables.deployment.find(deployment);
  const runs = tables.workload
    .listBy("deployment", deployment)
    .filter(({ spec }) => spec.mode === "batch")
    .sort((left, right) => right.number - left.number);
  for (const run of runs.slice(KEPT_RUNS)) {
    if (isFinal(run) && run.id !== kept?.current && run.id !== kept?.latest) tables.workload.remove(run.id);
  }
}
