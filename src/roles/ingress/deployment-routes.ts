import { fail, type Route, toBase64 } from "../../base/index.ts";
import {
  encodeWith,
  encodeWorkloadSpec,
  ingressApi,
  jobSchedule,
  parseAddress,
  parseDeploymentId,
  parseWorkloadId,
} from "../../protocol/index.ts";
import { answer, queryNumber, serveApi } from "../surface/index.ts";
import { ingressErrors } from "./errors.ts";
import { MAX_WAIT_MS, waitUntil } from "./log-wait.ts";
import type { ReadSurface } from "./read-surface.ts";
import { deploymentView, statusView, workloadView } from "./views.ts";

/** Deployments, their versions, runs and schedules, and the specs their owner submitted. */
export function deploymentRoutes(surface: ReadSurface): Route[] {
  const { replica } = surface;
  return [
    serveApi(ingressApi.deployment, (request) => {
      const deployment = parseDeploymentId(request.params["deployment"] ?? "");
      const found = replica.state.findDeployment(deployment);
      if (found === undefined) throw fail(ingressErrors.deploymentMissing, { deployment });
      return answer(found.name, deploymentView(replica.state, found, surface.site()));
    }),
    serveApi(ingressApi.ownerDeployments, (request) => {
      const owner = parseAddress(request.params["address"] ?? "");
      const deployments = replica.state
        .deploymentsOf(owner)
        .map((deployment) => deploymentView(replica.state, deployment, surface.site()));
      return answer(`${deployments.length} deployment(s)`, { deployments });
    }),
    serveApi(ingressApi.workload, async (request) => {
      const workload = parseWorkloadId(request.params["workload"] ?? "");
      const seen = request.query.get("seen") ?? "";
      const isNew = () => {
        const known = replica.state.findWorkload(workload);
        return (known === undefined ? "" : statusView(known)) !== seen;
      };
      await waitUntil(surface, isNew, {
        waitMs: queryNumber(request, "waitMs", 0, MAX_WAIT_MS),
        signal: request.signal,
      });
      const found = replica.state.findWorkload(workload);
      if (found === undefined) throw fail(ingressErrors.workloadMissing, { workload });
      return answer(`${workload.slice(0, 12)}: ${found.status}`, workloadView(replica.state, found));
    }),
    serveApi(ingressApi.jobSpec, (request) => {
      const deployment = parseDeploymentId(request.params["deployment"] ?? "");
      const job = replica.state.findJob(deployment);
      if (job === undefined) throw fail(ingressErrors.deploymentMissing, { deployment });
      const spec = toBase64(encodeWorkloadSpec(job.spec));
      const schedule = toBase64(encodeWith(jobSchedule, job.schedule));
      return answer(`schedule of ${deployment.slice(0, 12)}`, { deployment, package: job.package, spec, schedule });
    }),
    serveApi(ingressApi.workloadSpec, (request) => {
      const workload = parseWorkloadId(request.params["workload"] ?? "");
      const found = replica.state.findWorkload(workload);
      if (found === undefined) throw fail(ingressErrors.workloadMissing, { workload });
      const { deployment, package: object, spec } = found;
      const facts = { workload, deployment, package: object, spec: toBase64(encodeWorkloadSpec(spec)) };
      return answer(`spec of ${workload.slice(0, 12)}`, facts);
    }),
  ];
}
