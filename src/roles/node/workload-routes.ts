import { fail, type Route } from "../../base/index.ts";
import { LOG_REQUEST_HEADER, parseWorkloadId } from "../../protocol/index.ts";
import { onSharedOrigin } from "../surface/index.ts";
import { nodeErrors } from "./errors.ts";
import type { WorkloadHost } from "./workload-host.ts";

/** Below it deployments answer; an ingress forwards their requests with the page's own Origin. */
export const WORKLOAD_PREFIX = "/w/";
/** Orders a node of another make would take: here they are answered and refused. */
const ORDERS = ["/schedule", "/replicate", "/run", "/delete", "/replica/add", "/replica/remove", "/assign"];
const SITE_BODY_BYTES = 8 * 1024 * 1024;

/** What a node answers about and for the workloads it runs. */
export function workloadRoutes(host: WorkloadHost): Route[] {
  return [
    {
      method: "*",
      path: `${WORKLOAD_PREFIX}{workload}/{rest*}`,
      isOpen: true,
      maxBodyBytes: SITE_BODY_BYTES,
      handle: (request) => {
        const id = request.params["workload"] ?? "";
        const path = (request.raw.url ?? "").slice(WORKLOAD_PREFIX.length + id.length);
        const answer = host.serve(id, request, path);
        if (request.headers["x-dsdn-request-id"] !== undefined) return answer;
        // Only a browser that was led straight here sends none; this origin is the node's, not the deployment's.
        return answer instanceof Promise ? answer.then(onSharedOrigin) : onSharedOrigin(answer);
      },
    },
    {
      method: "GET",
      path: "/v1/workloads/{workload}/ready",
      handle: (request) => {
        const workload = parseWorkloadId(request.params["workload"] ?? "");
        return { json: { workload, isReady: host.isReady(workload) } };
      },
    },
    {
      method: "GET",
      path: "/v1/workloads/{workload}/logs",
      handle: (request) => {
        const shown = request.headers[LOG_REQUEST_HEADER];
        const workload = parseWorkloadId(request.params["workload"] ?? "");
        const log = host.logOf(workload, typeof shown === "string" ? shown : "");
        const isFollowing = request.query.get("follow") === "1";
        const body = log.read({ isFollowing, signal: request.signal });
        return { body, headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" } };
      },
    },
    ...ORDERS.map(
      (path): Route => ({
        method: "*",
        path,
        isOpen: true,
        handle: () => {
          throw fail(nodeErrors.ordersRefused, { path });
        },
      }),
    ),
  ];
}
