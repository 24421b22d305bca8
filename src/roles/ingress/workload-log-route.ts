import { fail, type HttpRequest, type HttpResponse, type Route } from "../../base/index.ts";
import type { SiteProxy } from "../../net/index.ts";
import { ingressRawPaths, parseWorkloadId } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { ingressErrors } from "./errors.ts";

interface WorkloadLogDeps {
  readonly replica: Replica;
  readonly proxy: SiteProxy;
}

/** The log of a run, from the node that runs it. */
export function workloadLogRoute(deps: WorkloadLogDeps): Route {
  return { method: "GET", path: ingressRawPaths.workloadLogs, handle: (request) => sendLog(request, deps) };
}

async function sendLog(request: HttpRequest, { replica, proxy }: WorkloadLogDeps): Promise<HttpResponse> {
  const id = parseWorkloadId(request.params["workload"] ?? "");
  const workload = replica.state.findWorkload(id);
  if (workload === undefined) throw fail(ingressErrors.workloadMissing, { workload: id });
  // A run that failed everywhere has no node any more; the last one still keeps what it wrote.
  const nodeId = workload.node ?? workload.failedNodes.at(-1);
  const node = nodeId === undefined ? undefined : replica.state.findNode(nodeId);
  if (node === undefined) throw fail(ingressErrors.notReady, { state: workload.status });
  const path = `/v1/workloads/${id}/logs?follow=${request.query.get("follow") === "1" ? 1 : 0}`;
  return proxy.forward(request, { origin: node.httpUrl, path, headers: {} });
}
