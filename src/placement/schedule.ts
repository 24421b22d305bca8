import {
  type DeploymentId,
  idBytes,
  type KeyId,
  type ScheduleRule,
  type WorkloadId,
  type WorkloadSpec,
} from "../protocol/index.ts";
import { type PlacementNode, rankNodes } from "./rank.ts";

export interface RefusedNode {
  readonly node: KeyId;
  readonly rule: ScheduleRule;
}

export interface SchedulableWorkload {
  readonly id: WorkloadId;
  /** When its sealed part names nodes, only these can open it. */
  readonly spec: Pick<WorkloadSpec, "classPreference" | "sealed" | "tier">;
  /** Nodes on which it already failed. */
  readonly failedNodes: readonly KeyId[];
}

/** The node that runs the workload, or every candidate with the rule that refused it. */
export type Schedule = { readonly node: KeyId } | { readonly refused: readonly RefusedNode[] };

/**
 * The node that should run a workload. Deterministic. A preference for a class holds while an eligible node of it
 * exists and is dropped otherwise; of these, a spot workload takes one with the fewest workloads. A node on which the
 * workload failed is never chosen, nor one that cannot open what was sealed to others.
 */
export function schedule(nodes: readonly PlacementNode[], workload: SchedulableWorkload): Schedule {
  const failed = new Set(workload.failedNodes);
  const sealedTo = new Set(workload.spec.sealed?.nodes.map(({ node }) => node));
  const ruleAgainst = (node: PlacementNode): ScheduleRule | undefined => {
    if (!node.isActive) return "not-active";
    if (sealedTo.size > 0 && !sealedTo.has(node.id)) return "not-sealed-to";
    return failed.has(node.id) ? "failed-before" : undefined;
  };
  const judged = nodes.map((node) => ({ node, rule: ruleAgainst(node) }));
  const eligible = judged.flatMap(({ node, rule }) => (rule === undefined ? [node] : []));
  const preferred = preferredOf(eligible, workload.spec);
  const fitting = workload.spec.tier === "spot" ? leastBusy(preferred) : preferred;
  const [best] = rankNodes(fitting, "schedule", idBytes(workload.id));
  if (best !== undefined) return { node: best.id };
  return { refused: judged.flatMap(({ node, rule }) => (rule === undefined ? [] : [{ node: node.id, rule }])) };
}

/** Nodes a sealed part is opened by: one that runs the workload and two more, should it be lost. */
const SEALED_TO = 3;

/**
 * The nodes to seal a deployment's secrets or package key to, best first: active ones in distinct zones while zones
 * last, data centres before others when those are preferred. The same for all versions of a deployment, so
 * that few nodes ever learn its secrets. Pure: the same nodes in any order give the same answer.
 */
export function chooseSealedNodes(
  nodes: readonly PlacementNode[],
  { id, spec }: { readonly id: DeploymentId; readonly spec: Pick<WorkloadSpec, "classPreference"> },
): readonly KeyId[] {
  const active = nodes.filter(({ isActive }) => isActive);
  const preferred = preferredOf(active, spec);
  const rank = (some: readonly PlacementNode[]) => rankNodes(some, "schedule", idBytes(id));
  const ranked = [...rank(preferred), ...rank(active.filter((node) => !preferred.includes(node)))];
  const firstOfZone = ranked.filter(({ zone }, at) => ranked.findIndex((other) => other.zone === zone) === at);
  const others = ranked.filter((node) => !firstOfZone.includes(node));
  return [...firstOfZone, ...others].slice(0, SEALED_TO).map(({ id: node }) => node);
}

function preferredOf<N extends PlacementNode>(
  eligible: readonly N[],
  { classPreference }: Pick<WorkloadSpec, "classPreference">,
): readonly N[] {
  const preferred = eligible.filter((node) => node.class === classPreference);
  return preferred.length > 0 ? preferred : eligible;
}

function leastBusy(nodes: readonly PlacementNode[]): readonly PlacementNode[] {
  const fewest = nodes.reduce((least, { workloads = 0 }) => Math.min(least, workloads), Number.MAX_SAFE_INTEGER);
  return nodes.filter(({ workloads = 0 }) => workloads === fewest);
}
