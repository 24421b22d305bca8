import type { DeploymentDetails, WorkloadRow } from "../../protocol/index.ts";

/** True while a node runs the version or is starting it. */
export const runsOrStarts = ({ status }: Pick<WorkloadRow, "status">): boolean =>
  status === "running" || status === "assigned";

/**
 * The version that has the deployment's requests, or is about to: one that was just deployed answers before the log, which
 * takes a block for it, calls it the current one. Undefined when there is none.
 */
export function findServing({
  workloads,
  latest,
  current,
}: Pick<DeploymentDetails, "workloads" | "latest" | "current">): WorkloadRow | undefined {
  const newest = workloads.find(({ workload }) => workload === latest);
  return newest !== undefined && runsOrStarts(newest) ? newest : workloads.find(({ workload }) => workload === current);
}
