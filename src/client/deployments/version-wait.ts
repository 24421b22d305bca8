import type { Clock } from "../../base/index.ts";
import type { WorkloadRow } from "../../protocol/index.ts";
import { type DeploymentClient, siteUrls } from "./deployments.ts";
import { probeSite, type SiteAnswer } from "./site-probe.ts";

/** A version or run, and what it has to be. */
export interface VersionTarget {
  readonly name: string;
  readonly workload: string;
  /** The preview it was deployed as; its address is asked instead of the deployment's. */
  readonly preview?: string | undefined;
  /** `answering`: its address answers with this very version. */
  readonly wanted: "answering" | "running" | "finished";
}

/** Where a version answers, and what it answered to `GET /`. */
export interface VersionSite {
  readonly url: string;
  readonly fallbackUrl: string;
  readonly answer: SiteAnswer;
}

/** What one look found. Without a row the network has not read its submission; without a site nothing was asked. */
export interface VersionLook {
  readonly row: WorkloadRow | undefined;
  readonly site: VersionSite | undefined;
}

/** How a wait ended. A reason is as nodes and validators worded it, without the stop at its end. */
export type VersionOutcome =
  | { readonly kind: "there"; readonly row: WorkloadRow; readonly site: VersionSite | undefined }
  | { readonly kind: "refused" | "failed" | "cancelled"; readonly reason: string }
  /** It was not there in time, or no node could take it for as long as was given for that. */
  | { readonly kind: "late" | "unplaced"; readonly row: WorkloadRow | undefined; readonly seconds: number };

export interface VersionWaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** A version that no node can take for so long is given up; it is waited for like any other unless said. */
  readonly noNodeMs?: number | undefined;
  /** Told of each look that did not end the wait. */
  readonly onLook?: (look: VersionLook) => void;
}

interface VersionWaitDeps {
  readonly deployments: Pick<DeploymentClient, "get" | "workloadAfter">;
  readonly ingressUrl: string;
  readonly clock: Clock;
}

/** A service may take so long to answer; a script may run five minutes, and five nodes may try it. */
const PATIENCE_MS = { answering: 120_000, running: 120_000, finished: 1_800_000 } as const;
/** A change is told of at once; without one it is looked at anew so often. */
const LOOK_MS = 1_000;
const FIRST_PAUSE_MS = 15;
const LAST_PAUSE_MS = 500;

/**
 * Waits until a version is what it has to be, cannot become it any more, or took too long. It goes on by itself after
 * that: nothing is ended by the end of the wait.
 *
 * @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN, what asking the network throws, and the signal's reason
 */
export async function waitForVersion(
  deps: VersionWaitDeps,
  target: VersionTarget,
  { signal, noNodeMs = Number.POSITIVE_INFINITY, onLook }: VersionWaitOptions = {},
): Promise<VersionOutcome> {
  const { clock, deployments } = deps;
  const { wanted, workload } = target;
  const ask = createAsking(deps, target, signal);
  const deadlineMs = clock.monotonicMs() + PATIENCE_MS[wanted];
  let placeableMs = clock.monotonicMs();
  let askedMs: number | undefined;
  for (let seen: string | undefined; ; ) {
    const row = await deployments.workloadAfter(workload, seen, { waitMs: LOOK_MS, signal });
    const ended = row === undefined ? undefined : endOf(row);
    if (ended !== undefined) return ended;
    // Its node answers before the log has its address, which takes a block more.
    const isUp = row?.status === "running" || row?.status === "assigned";
    const site = wanted === "answering" && isUp ? await ask() : undefined;
    const isThere = wanted === "answering" ? site?.answer.workload === workload : row?.status === wanted;
    if (row !== undefined && isThere) return { kind: "there", row, site };
    onLook?.({ row, site });
    const nowMs = clock.monotonicMs();
    if (row?.placement?.suitable !== 0) placeableMs = nowMs;
    else if (nowMs - placeableMs >= noNodeMs) return late("unplaced", row, noNodeMs);
    if (nowMs >= deadlineMs) return late("late", row, PATIENCE_MS[wanted]);
    seen = site === undefined ? row?.status : undefined;
    if (site === undefined) continue;
    askedMs ??= nowMs;
    // A small part of the time it was asked in, so that nobody waits much longer than it took.
    await clock.sleep(Math.min(Math.max((nowMs - askedMs) / 10, FIRST_PAUSE_MS), LAST_PAUSE_MS), signal);
  }
}

/** Asks the version's address, which is looked up at the first question. */
function createAsking(
  { deployments, ingressUrl }: VersionWaitDeps,
  { name, preview }: VersionTarget,
  signal: AbortSignal | undefined,
): () => Promise<VersionSite> {
  let urls: Pick<VersionSite, "url" | "fallbackUrl"> | undefined;
  return async () => {
    if (urls === undefined) {
      const details = await deployments.get(name, signal);
      urls = preview === undefined ? details : siteUrls(details, preview);
    }
    const { url, fallbackUrl } = urls;
    return { url, fallbackUrl, answer: await probeSite(ingressUrl, { url }, { signal }) };
  };
}

function late(kind: "late" | "unplaced", row: WorkloadRow | undefined, waitedMs: number): VersionOutcome {
  return { kind, row, seconds: Math.round(waitedMs / 1000) };
}

function endOf({ status, reason }: WorkloadRow): VersionOutcome | undefined {
  if (status !== "refused" && status !== "failed" && status !== "cancelled") return undefined;
  return { kind: status, reason: reason.replace(/[.\s]+$/, "") };
}
