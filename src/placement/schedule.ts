import { idBytes, type KeyId, type WorkloadId, type WorkloadSpec } from "../protocol/index.ts";
import { type PlacementNode, rankNodes } from "./rank.ts";

/** Why a node was not given a workload. */
export type ScheduleRule = "not-active" | "failed-before";

export interface RefusedNode {
  readonly node: KeyId;
  readonly rule: ScheduleRule;
}

export interface SchedulableWorkload {
  readonly id: WorkloadId;
  readonly spec: Pick<WorkloadSpec, "classPreference">;
  /** Nodes on which it already failed. */
  readonly failedNodes: readonly KeyId[];
}

/** The node that runs the workload, or every candidate with the rule that refused it. */
export type Schedule = { readonly node: KeyId } | { readonly refused: readonly RefusedNode[] };

/**
 * The node that should run a workload. Deterministic. A preference for a data centre holds while an eligible
 * data-centre node exists and is dropped otherwise; a node on which the workload failed is never chosen.
 */
export function schedule(nodes: readonly PlacementNode[], workload: SchedulableWorkload): Schedule {
  const failed = new Set(workload.failedNodes);
  const eligible = nodes.filter((node) => node.isActive && !failed.has(node.id));
  const preferred =
    workload.spec.classPreference === "datacentre" ? eligible.filter((node) => node.class === "datacentre") : [];
  const [best] = rankNodes(preferred.length > 0 ? preferred : eligible, "schedule", idBytes(workload.id));
  if (best !== undefined) return { node: best.id };
  return {
    refused: nodes.map((node) => ({ node: node.id, rule: node.isActive ? "failed-before" : "not-active" })),
  };
}
