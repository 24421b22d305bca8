import { toHex } from "../../base/index.ts";
import { toPeerId } from "../../crypto/index.ts";
import { schedule } from "../../placement/index.ts";
import {
  type ChunkId,
  type DeploymentDetails,
  hostLabelOf,
  idBytes,
  type JobFacts,
  type NodeRow,
  type ObjectDetails,
  type ObjectRow,
  type PublishedObject,
  type SessionRow,
  type WorkloadPlacement,
  type WorkloadRow,
} from "../../protocol/index.ts";
import {
  type DeploymentRecord,
  type HoldingRecord,
  type NetworkState,
  type NodeRecord,
  type SessionRecord,
  toPlacementNode,
  type WorkloadRecord,
} from "../../state/index.ts";

/** How the facts of the state look over HTTP. Pure functions of the state: two ingresses answer the same. */

export function nodeView(state: NetworkState, node: NodeRecord): NodeRow {
  return {
    node: node.id,
    peerId: toPeerId(idBytes(node.id)),
    operator: node.operator,
    class: node.class,
    zone: node.zone,
    status: node.status,
    capacityBytes: node.capacityBytes,
    httpUrl: node.httpUrl,
    grpcUrl: node.grpcUrl,
    replicas: state.chunksOnNode(node.id).length,
    workloads: state.workloadsOnNode(node.id).length,
  };
}

/** Fewest live replicas and fewest zones over the chunks, by the log. */
function redundancyOf(state: NetworkState, chunks: readonly ChunkId[]): { replicas: number; zones: number } {
  let replicas = Number.POSITIVE_INFINITY;
  let zones = Number.POSITIVE_INFINITY;
  for (const chunk of chunks) {
    const holders = (state.findChunk(chunk)?.replicas ?? []).flatMap((id) => state.findNode(id) ?? []);
    const active = holders.filter((node) => node.status === "active");
    replicas = Math.min(replicas, active.length);
    zones = Math.min(zones, new Set(active.map((node) => node.zone)).size);
  }
  return Number.isFinite(replicas) ? { replicas, zones } : { replicas: 0, zones: 0 };
}

export function objectRowView(state: NetworkState, holding: HoldingRecord, logTimeMs: number): ObjectRow {
  const isExpired = holding.expiresMs !== null && holding.expiresMs <= logTimeMs;
  return {
    object: holding.object,
    owner: holding.owner,
    sizeBytes: holding.sizeBytes,
    isPublic: holding.isPublic,
    status: holding.deletedMs !== null ? "deleted" : isExpired ? "expired" : "published",
    createdMs: holding.createdMs,
    expiresMs: holding.expiresMs,
    position: null,
    chunkCount: holding.chunks.length,
    ...redundancyOf(state, [holding.manifest, ...holding.chunks]),
  };
}

export function objectView(state: NetworkState, holding: HoldingRecord, logTimeMs: number): ObjectDetails {
  const { chunkCount: _count, ...row } = objectRowView(state, holding, logTimeMs);
  const refOf = (id: ChunkId) => {
    const chunk = state.findChunk(id);
    return { id, size: chunk?.size ?? 0, merkleRoot: toHex(chunk?.merkleRoot ?? new Uint8Array(32)) };
  };
  return { ...row, manifest: refOf(holding.manifest), chunks: holding.chunks.map(refOf) };
}

/** An object whose publish request is still on its way to the log. */
export function durableObjectView(
  content: PublishedObject,
  facts: {
    owner: ObjectDetails["owner"];
    createdMs: number;
    expiresMs: number | null;
    zones: number;
    replicas: number;
  },
): ObjectDetails {
  const refOf = (ref: PublishedObject["manifest"]) => ({
    id: ref.id,
    size: ref.size,
    merkleRoot: toHex(ref.merkleRoot),
  });
  return {
    ...facts,
    object: content.object,
    sizeBytes: content.sizeBytes,
    isPublic: content.isPublic,
    status: "durable",
    position: null,
    manifest: refOf(content.manifest),
    chunks: content.chunks.map(refOf),
  };
}

const STATUS_TEXT: { readonly [S in WorkloadRecord["status"]]: WorkloadRow["status"] } = {
  pending: "submitted",
  approved: "approved",
  assigned: "assigned",
  running: "running",
  finished: "finished",
  failed: "failed",
  cancelled: "cancelled",
  refused: "refused",
  superseded: "cancelled",
  held: "held",
};

/** The status of a workload in the words of the interface. */
export function statusView({ status }: Pick<WorkloadRecord, "status">): WorkloadRow["status"] {
  return STATUS_TEXT[status];
}

export function workloadView(state: NetworkState, workload: WorkloadRecord): WorkloadRow {
  return {
    workload: workload.id,
    deployment: workload.deployment,
    name: state.findDeployment(workload.deployment)?.name ?? "",
    owner: workload.owner,
    kind: workload.spec.kind,
    mode: workload.spec.mode,
    package: workload.package,
    status: statusView(workload),
    reason: workload.reason,
    node: workload.node,
    zone: workload.node === null ? null : (state.findNode(workload.node)?.zone ?? null),
    output: workload.output,
    submittedMs: workload.submittedMs,
    number: workload.number,
    turn: workload.turn,
    visibility: workload.spec.intent.visibility,
    preview: workload.preview,
    attempts: workload.attempts,
    sealedTo: workload.spec.sealed?.nodes.map(({ node }) => node) ?? [],
    placement: placementView(state, workload),
  };
}

const REFUSED_ROWS = 1000;

/** What placement says of every node now, for a workload that waits for one. */
function placementView(state: NetworkState, workload: WorkloadRecord): WorkloadPlacement | null {
  if (workload.status !== "approved") return null;
  const nodes = state.listNodes();
  // Where it failed before is tried again when nothing else is left, as the log does.
  const found = schedule(nodes.map(toPlacementNode), { ...workload, failedNodes: [] });
  const refused = "refused" in found ? found.refused : [];
  const rows = refused.slice(0, REFUSED_ROWS).map(({ node, rule }) => {
    return { node, zone: state.findNode(node)?.zone ?? "", rule };
  });
  return { total: nodes.length, suitable: nodes.length - refused.length, refused: rows };
}

function jobView(state: NetworkState, { id }: DeploymentRecord): JobFacts | null {
  const job = state.findJob(id);
  if (job === undefined) return null;
  const { cron, timeZone, overlap, missed, knownUntilMs } = job.schedule;
  const { scheduledMs, nextMs, lastDueMs, skipped } = job;
  const rules = { cron, timeZone, overlap, missed, knownUntilMs };
  return { package: job.package, ...rules, scheduledMs, nextMs, lastDueMs, isQueued: job.queuedMs !== null, skipped };
}

export interface SiteAddress {
  readonly domain: string;
  readonly port: number;
}

export function deploymentView(
  state: NetworkState,
  deployment: DeploymentRecord,
  site: SiteAddress,
): DeploymentDetails {
  const label = hostLabelOf(deployment.id);
  const workloads = state.versionsOf(deployment.id).toSorted((left, right) => right.number - left.number);
  return {
    deployment: deployment.id,
    name: deployment.name,
    owner: deployment.owner,
    label,
    url: `http://${label}.${site.domain}:${site.port}/`,
    fallbackUrl: `http://127.0.0.1:${site.port}/d/${label}/`,
    isRemoved: deployment.removedMs !== null,
    latest: deployment.latest,
    current: deployment.current,
    aliases: deployment.aliases,
    domains: state.domainsOf(deployment.id).map(({ domain, addedMs, verifiedMs }) => ({ domain, addedMs, verifiedMs })),
    workloads: workloads.slice(0, 50).map((workload) => workloadView(state, workload)),
    job: jobView(state, deployment),
  };
}

export function sessionView(state: NetworkState, session: SessionRecord): SessionRow {
  const { key, wallet, scopes, quotaBytes, usedBytes, expiresMs, isRevoked } = session;
  const events = state.nextSequenceOf(key);
  return { session: key, owner: wallet, scopes, quotaBytes, usedBytes, expiresMs, isRevoked, events };
}
