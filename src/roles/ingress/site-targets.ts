import { hostLabelOf, type WorkloadId } from "../../protocol/index.ts";
import type { DeploymentRecord, Replica, WorkloadRecord } from "../../state/index.ts";
import type { NewVersions } from "./new-versions.ts";
import type { SiteTarget } from "./site-server.ts";

/** Stands between the name of an alias or preview and the label of its deployment; no label holds it. */
const SEPARATOR = "--";

/**
 * Finds where the host label `<label>` of a deployment, or `<name>--<label>` of its alias or preview, answers by the
 * log: undefined when there is none; a status while nothing answers, `moving` when it had answered before.
 */
export function createSiteTargets(deps: { readonly replica: Replica; readonly newVersions: NewVersions }) {
  const { replica, newVersions } = deps;
  let known: { height: number; byLabel: Map<string, DeploymentRecord> } = { height: -1, byLabel: new Map() };

  function findDeployment(label: string): DeploymentRecord | undefined {
    if (known.height !== replica.height) {
      const deployments = replica.state.listDeployments().filter(({ removedMs }) => removedMs === null);
      known = { height: replica.height, byLabel: byFirstLabel(deployments) };
    }
    return known.byLabel.get(label);
  }

  /** Where a version answers, or why it does not. */
  function targetOf(id: WorkloadId, current: WorkloadId | null): SiteTarget | string {
    const { state } = replica;
    const workload = state.findWorkload(id);
    if (workload?.spec.intent.visibility === "private") return "private";
    if (workload === undefined) return "starting";
    const isLive = workload.status === "running" || workload.status === "assigned";
    if (!isLive || workload.node === null) {
      return id === current && workload.status === "approved" ? "moving" : workload.status;
    }
    const node = state.findNode(workload.node);
    if (node === undefined || node.status !== "active") return "moving";
    return {
      workload: workload.id,
      nodeUrl: node.httpUrl,
      hasAnswered: id === current || workload.status === "running",
    };
  }

  function findCurrent({ latest, current }: DeploymentRecord): SiteTarget | string {
    const newest = latest === null ? "starting" : targetOf(latest, current);
    if (current === null || current === latest) return newest;
    // A version that is wanted later takes the requests as soon as its node says that it answers.
    if (typeof newest === "string" || !newVersions.isReady(newest)) return targetOf(current, current);
    // What was known of one that has ended since may be old: its requests wait for it, or go to the one that runs.
    return { ...newest, hasAnswered: true };
  }

  function findNamed(deployment: DeploymentRecord, name: string): SiteTarget | string | undefined {
    const alias = deployment.aliases.find((other) => other.name === name);
    if (alias !== undefined) {
      return alias.workload === null ? findCurrent(deployment) : targetOf(alias.workload, deployment.current);
    }
    const { state } = replica;
    // One that was ended is gone, and so is one that a later preview of its name took the place of.
    const isOver = ({ preview, turn, status }: WorkloadRecord) =>
      status === "cancelled" ||
      (turn === 0 && (status === "superseded" || (preview?.expiresMs ?? Number.POSITIVE_INFINITY) <= state.timeMs));
    const isShown = (row: WorkloadRecord) => row.preview?.name === name && !isOver(row);
    const previews = state.versionsOf(deployment.id).filter(isShown).toReversed();
    const shown = previews.find(({ status }) => status === "running") ?? previews[0];
    return shown === undefined ? undefined : targetOf(shown.id, deployment.current);
  }

  return (label: string): SiteTarget | string | undefined => {
    const at = label.lastIndexOf(SEPARATOR);
    const deployment = findDeployment(at === -1 ? label : label.slice(at + SEPARATOR.length));
    if (deployment === undefined) return undefined;
    return at === -1 ? findCurrent(deployment) : findNamed(deployment, label.slice(0, at));
  };
}

/** Two deployments whose ids begin alike share a label: it stays with the one that had it first. */
function byFirstLabel(deployments: readonly DeploymentRecord[]): Map<string, DeploymentRecord> {
  const newestFirst = deployments.toSorted((left, right) => right.createdMs - left.createdMs);
  return new Map(newestFirst.map((deployment) => [hostLabelOf(deployment.id), deployment]));
}

/**
 * Finds the label of the deployment a host name was given to, by the log. Names of this machine and of the network's own
 * site domain are nobody's, whatever the log says.
 */
export function createDomainLabels(replica: Replica, own: { readonly siteDomain: string; readonly host: string }) {
  const isOwn = (host: string) =>
    host === own.host || [own.siteDomain, "localhost"].some((name) => host === name || host.endsWith(`.${name}`));
  return (host: string): string | undefined => {
    const given = replica.state.findDomain(host);
    return given === undefined || isOwn(host) ? undefined : hostLabelOf(given.deployment);
  };
}
