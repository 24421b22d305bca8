import { type PlacementNode, schedule } from "../../placement/index.ts";
import type { KeyId } from "../../protocol/index.ts";
import type { RuleContext } from "../context.ts";
import type { NodeRecord, WorkloadRecord } from "../entities.ts";
import { compareText } from "../votes.ts";

/** After running this long a workload has proven itself: earlier failed attempts are forgotten. */
const STABLE_RUN_MS = 3_600_000;

/** Nothing more happens to a workload with one of these. */
export function isFinal(workload: WorkloadRecord): boolean {
  return !["pending", "approved", "assigned", "running"].includes(workload.status);
}

/** The node as placement sees it. */
export function toPlacementNode(node: NodeRecord): PlacementNode {
  return { id: node.id, class: node.class, zone: node.zone, isActive: node.status === "active" };
}

/** Puts an approved workload on a node; when none is free it waits for the next node that joins or returns. */
export function placeWorkload(context: RuleContext, workload: WorkloadRecord): void {
  const node = chooseNode(context, workload);
  const placed: Partial<WorkloadRecord> =
    node === undefined
      ? { status: "approved", node: null }
      : { status: "assigned", node, attempts: workload.attempts + 1 };
  context.tables.workload.put(workload.id, { ...workload, ...placed, url: null, statusMs: context.nowMs });
}

/** A node on which it has not failed yet, else any active node: attempts are bounded anyway. */
function chooseNode({ tables }: RuleContext, workload: WorkloadRecord): KeyId | undefined {
  const nodes = [...tables.node.values()].map((node) => ({
    ...toPlacementNode(node),
    workloads: tables.workload.idsBy("node", node.id).size,
  }));
  const fresh = schedule(nodes, workload);
  if ("node" in fresh) return fresh.node;
  const again = schedule(nodes, { ...workload, failedNodes: [] });
  return "node" in again ? again.node : undefined;
}

/** Places what waits for a node. */
export function placeWaiting(context: RuleContext): void {
  for (const workload of context.tables.workload.listBy("status", "approved")) {
    if (chooseNode(context, workload) !== undefined) placeWorkload(context, workload);
  }
}

/** Moves everything a lost node ran to other nodes. A run that had begun loses no attempt by it. */
export function releaseWorkloads(context: RuleContext, node: KeyId): void {
  for (const workload of context.tables.workload.listBy("node", node)) {
    const attempts = workload.status === "running" ? Math.max(0, workload.attempts - 1) : workload.attempts;
    retryOrFail(context, { ...workload, attempts }, { node, reason: "the node was lost" });
  }
}

/** Tries another node after a failure, until the attempts are used up. */
export function retryOrFail(
  context: RuleContext,
  workload: WorkloadRecord,
  failure: { readonly node: KeyId; readonly reason: string },
): void {
  const { tables, nowMs, genesis } = context;
  const isStable = workload.status === "running" && nowMs - workload.statusMs >= STABLE_RUN_MS;
  const failed: WorkloadRecord = {
    ...workload,
    attempts: isStable ? 0 : workload.attempts,
    failedNodes: isStable ? [failure.node] : withNode(workload.failedNodes, failure.node),
    reason: failure.reason,
    url: null,
  };
  if (failed.attempts < genesis.governed.workloadAttempts) placeWorkload(context, failed);
  else tables.workload.put(workload.id, { ...failed, status: "failed", node: null, statusMs: nowMs });
}

function withNode(nodes: readonly KeyId[], node: KeyId): KeyId[] {
  return nodes.includes(node) ? [...nodes] : [...nodes, node].sort(compareText);
}
