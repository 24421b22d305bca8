import type { Clock } from "../../../base/index.ts";
import { hostLabelOf, type NewestDeployment, type NewestObject } from "../../../protocol/index.ts";
import type { DeploymentRecord, HoldingRecord, NetworkState, Replica } from "../../../state/index.ts";
import { objectRowView, type SiteAddress, statusView } from "../views.ts";

export interface NewestObjects {
  readonly objects: readonly NewestObject[];
  readonly total: number;
  readonly totalBytes: number;
}

const OBJECTS_KEPT = 100;
/** Every object is looked at; more often than this nobody makes an ingress do it. */
const SCAN_MS = 1_000;

/** Finds the objects published last. @returns at most `limit`, and what all that are held amount to. */
export function createNewestObjects({ replica, clock }: { readonly replica: Replica; readonly clock: Clock }) {
  let seen: { readonly accepted: number; readonly atMs: number; readonly found: Found } | undefined;
  return (limit: number): NewestObjects => {
    const { accepted } = replica.state.facts;
    const nowMs = clock.monotonicMs();
    const isFresh = seen !== undefined && (seen.accepted === accepted || nowMs < seen.atMs + SCAN_MS);
    if (seen === undefined || !isFresh) seen = { accepted, atMs: nowMs, found: scan(replica.state) };
    const { holdings, total, totalBytes } = seen.found;
    const objects = holdings.slice(0, limit).map((holding) => newestObject(replica, holding));
    return { objects, total, totalBytes };
  };
}

interface Found {
  readonly holdings: readonly HoldingRecord[];
  readonly total: number;
  readonly totalBytes: number;
}

function scan(state: NetworkState): Found {
  let holdings: HoldingRecord[] = [];
  let total = 0;
  let totalBytes = 0;
  for (const holding of state.heldObjects()) {
    total++;
    totalBytes += holding.sizeBytes;
    holdings.push(holding);
    // Cut now and then: sorting all of them would cost more than looking at them.
    if (holdings.length >= 4 * OBJECTS_KEPT) holdings = newestOf(holdings);
  }
  return { holdings: newestOf(holdings), total, totalBytes };
}

function newestOf(holdings: readonly HoldingRecord[]): HoldingRecord[] {
  return holdings
    .toSorted((left, right) => right.publishedMs - left.publishedMs || (left.object < right.object ? -1 : 1))
    .slice(0, OBJECTS_KEPT);
}

function newestObject({ state, logTimeMs }: Replica, holding: HoldingRecord): NewestObject {
  const { object, owner, sizeBytes, isPublic, publishedMs, expiresMs } = holding;
  const { chunkCount, replicas, zones } = objectRowView(state, holding, logTimeMs);
  return { object, owner, sizeBytes, isPublic, publishedMs, expiresMs, chunkCount, replicas, zones };
}

/** The deployments made last, newest first. */
export function newestDeployments(
  state: NetworkState,
  { limit, site }: { readonly limit: number; readonly site: SiteAddress },
): { readonly deployments: readonly NewestDeployment[]; readonly total: number } {
  const all = state.listDeployments();
  const newest = all.toSorted((left, right) => right.createdMs - left.createdMs).slice(0, limit);
  return { deployments: newest.map((deployment) => newestDeployment(state, deployment, site)), total: all.length };
}

function newestDeployment(state: NetworkState, deployment: DeploymentRecord, site: SiteAddress): NewestDeployment {
  const { id, name, owner, createdMs, versions, current, latest } = deployment;
  const meant = current ?? latest;
  const shown = (meant === null ? undefined : state.findWorkload(meant)) ?? state.versionsOf(id).at(-1);
  const isOpen = shown?.spec.mode === "service" && shown.spec.intent.visibility === "public";
  return {
    deployment: id,
    name,
    owner,
    createdMs,
    versions,
    url: isOpen ? `http://${hostLabelOf(id)}.${site.domain}:${site.port}/` : null,
    domains: state.domainsOf(id).flatMap(({ domain, verifiedMs }) => (verifiedMs === null ? [] : [domain])),
    isScheduled: state.findJob(id) !== undefined,
    shown:
      shown === undefined
        ? null
        : {
            workload: shown.id,
            number: shown.number,
            kind: shown.spec.kind,
            mode: shown.spec.mode,
            status: statusView(shown),
            reason: shown.reason,
            node: shown.node,
            zone: shown.node === null ? null : (state.findNode(shown.node)?.zone ?? null),
            submittedMs: shown.submittedMs,
          },
  };
}
