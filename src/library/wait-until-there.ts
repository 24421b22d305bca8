import { type Clock, fail } from "../base/index.ts";
import { type Client as NetworkClient, probeSite, siteUrls } from "../client/index.ts";
import { libraryErrors } from "./errors.ts";

type Row = Awaited<ReturnType<NetworkClient["deployments"]["workload"]>>;

/** A version or run, and what it has to be. */
export interface Target {
  readonly name: string;
  readonly workload: string;
  /** The preview it was deployed as. */
  readonly preview: string | undefined;
  readonly wanted: "answering" | "running" | "finished";
}

/** A version or run that is what it was to be. The URLs are those of one that answers, null otherwise. */
export interface Arrived {
  readonly row: Row;
  readonly url: string | null;
  readonly fallbackUrl: string | null;
}

/** A service may take so long to answer; a script may run five minutes, and five nodes may try it. */
const PATIENCE_MS = { answering: 120_000, running: 120_000, finished: 1_800_000 } as const;
/** A change is told of at once; without one it is looked at anew so often. */
const LOOK_MS = 1_000;
const FIRST_PAUSE_MS = 15;
const LAST_PAUSE_MS = 500;

/**
 * Resolves when the version is what it was to be.
 *
 * @throws DSDN_LIBRARY_DEPLOY_REFUSED, DSDN_LIBRARY_DEPLOY_FAILED, DSDN_LIBRARY_DEPLOY_NOT_ANSWERING, DSDN_CLIENT_*
 */
export async function waitUntilThere(
  deps: { readonly client: NetworkClient; readonly ingressUrl: string; readonly clock: Clock },
  target: Target,
  signal: AbortSignal | undefined,
): Promise<Arrived> {
  const { client, clock } = deps;
  const { name, workload, wanted } = target;
  const deadlineMs = clock.monotonicMs() + PATIENCE_MS[wanted];
  let pauseMs = FIRST_PAUSE_MS;
  for (let seen: string | undefined; ; ) {
    const row = await client.deployments.workloadAfter(workload, seen, { waitMs: LOOK_MS, signal });
    refuseEnded(name, row);
    const isUp = row?.status === "running" || row?.status === "assigned";
    // Its node answers before the log has its address, which takes a block more.
    const isAsked = wanted === "answering" && isUp;
    if (row !== undefined && isAsked) {
      const urls = await findAnswering(deps, target, signal);
      if (urls !== undefined) return { row, ...urls };
    } else if (row !== undefined && row.status === wanted) return { row, url: null, fallbackUrl: null };
    if (clock.monotonicMs() >= deadlineMs) {
      const seconds = Math.round(PATIENCE_MS[wanted] / 1000);
      throw fail(libraryErrors.deployNotAnswering, { name, seconds, status: row?.status ?? "submitted" });
    }
    seen = isAsked ? undefined : row?.status;
    if (!isAsked) continue;
    await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 1.2, LAST_PAUSE_MS);
  }
}

/** Where this very version answers; undefined while it does not. */
async function findAnswering(
  { client, ingressUrl }: { readonly client: NetworkClient; readonly ingressUrl: string },
  { name, workload, preview }: Target,
  signal: AbortSignal | undefined,
): Promise<Pick<Arrived, "url" | "fallbackUrl"> | undefined> {
  const details = await client.deployments.get(name, signal);
  const { url, fallbackUrl } = preview === undefined ? details : siteUrls(details, preview);
  const answer = await probeSite(ingressUrl, { url }, { signal });
  return answer.workload === workload ? { url, fallbackUrl } : undefined;
}

function refuseEnded(name: string, row: Row | undefined): void {
  const reason = row?.reason.replace(/[.\s]+$/, "") ?? "";
  if (row?.status === "refused") throw fail(libraryErrors.deployRefused, { name, reason });
  if (row?.status === "failed") throw fail(libraryErrors.deployFailed, { name, reason });
  if (row?.status === "cancelled") {
    throw fail(libraryErrors.deployFailed, { name, reason: "a newer version or its owner ended it" });
  }
}
