import { DsdnError, equalBytes, readBytes } from "../../base/index.ts";
import {
  type DeploymentDetails,
  decodeSignedPackage,
  deploymentIdOf,
  encodeWorkloadSpec,
  PACKAGE_MANIFEST_PATH,
  parseObjectId,
  parseWorkloadId,
  type WorkloadRow,
  type WorkloadSpec,
} from "../../protocol/index.ts";
import { readOneFile } from "../files/download.ts";
import { openReference } from "../files/references.ts";
import { type ClientDeps, getAccount } from "../network-session.ts";
import { readSettings } from "./deployment-settings.ts";
import { findServing, runsOrStarts } from "./serving.ts";

/** What a deployment would run. */
export interface VersionWish {
  readonly spec: WorkloadSpec;
  /** The package's manifest without its signature, as the packager makes it. */
  readonly manifest: Uint8Array;
  /** A preview that is to be compared with in place of the current version. */
  readonly preview?: { readonly name: string; readonly expiresMs: number | null } | undefined;
}

/** A version that a node is starting is waited for so long. */
const START_MS = 120_000;
const LOOK_MS = 10_000;
const ANSWER_MS = 30_000;

/**
 * The version that runs already and is what a deployment of this wish would make: the same package but for who signed
 * it, the same spec, every value the wish names. One that was deployed a moment ago answers before the log says so: that
 * is waited for. Undefined when there is none, it does not run, it ends too early, or this account or session cannot
 * read enough of it to know.
 */
export async function findSameVersion(
  deps: ClientDeps,
  name: string,
  wish: VersionWish,
  signal?: AbortSignal,
): Promise<WorkloadRow | undefined> {
  try {
    const row = await findWanted(deps, name, wish, signal);
    if (row === undefined) return undefined;
    const isSame = (await hasSameSpec(deps, row, wish, signal)) && (await hasSamePackage(deps, row, wish, signal));
    return isSame ? await whenRunning(deps, row, signal) : undefined;
  } catch (error) {
    // What cannot be read is deployed; an ingress that cannot be reached is told by that.
    if (error instanceof DsdnError) return undefined;
    throw error;
  }
}

async function findWanted(
  deps: ClientDeps,
  name: string,
  { preview }: VersionWish,
  signal: AbortSignal | undefined,
): Promise<WorkloadRow | undefined> {
  const deployment = deploymentIdOf((await getAccount(deps)).address(), name);
  const { details } = await deps.ingress.call("deployment", { params: { deployment }, signal });
  if (details.isRemoved) return undefined;
  const row = preview === undefined ? findServing(details) : newestPreview(details, preview.name);
  return row !== undefined && runsOrStarts(row) && lastsLongEnough(deps, row, preview) ? row : undefined;
}

/** The version once it runs; undefined when that does not come about. */
async function whenRunning(
  { ingress, clock }: ClientDeps,
  row: WorkloadRow,
  signal: AbortSignal | undefined,
): Promise<WorkloadRow | undefined> {
  const endMs = clock.monotonicMs() + START_MS;
  const params = { workload: parseWorkloadId(row.workload) };
  let seen = row;
  while (seen.status === "assigned" && clock.monotonicMs() < endMs) {
    const call = { params, query: { seen: seen.status, waitMs: LOOK_MS }, timeoutMs: LOOK_MS + ANSWER_MS, signal };
    seen = (await ingress.call("workload", call)).details;
  }
  return seen.status === "running" ? seen : undefined;
}

const newestPreview = ({ workloads }: DeploymentDetails, name: string) =>
  workloads.find(({ preview }) => preview?.name === name);

/** A preview that has less than half of the wished time left is renewed. */
function lastsLongEnough({ clock }: ClientDeps, row: WorkloadRow, preview: VersionWish["preview"]): boolean {
  const endsMs = row.preview?.expiresMs ?? null;
  const wishedMs = preview?.expiresMs ?? null;
  if (endsMs === null || wishedMs === null) return endsMs === wishedMs;
  const nowMs = clock.nowMs();
  return endsMs - nowMs >= (wishedMs - nowMs) / 2;
}

async function hasSameSpec(
  deps: ClientDeps,
  { workload }: WorkloadRow,
  { spec }: VersionWish,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const running = await readSettings(deps, { workload: parseWorkloadId(workload) }, signal);
  const hasValues = spec.env.every(({ name, value }) =>
    running.env.some((entry) => entry.name === name && entry.value === value),
  );
  const hasArgs = JSON.stringify(running.args) === JSON.stringify(spec.args);
  return hasValues && hasArgs && equalBytes(encodeWorkloadSpec(bare(running.spec)), encodeWorkloadSpec(bare(spec)));
}

/** The spec without what is compared apart: values that are carried on, and what is sealed anew each time. */
function bare(spec: WorkloadSpec): WorkloadSpec {
  return { ...spec, env: [], args: [], sealed: null, input: null };
}

async function hasSamePackage(
  deps: ClientDeps,
  row: WorkloadRow,
  { manifest }: VersionWish,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const opened = await openReference(deps, parseObjectId(row.package), { signal });
  const bytes = readOneFile({ ingress: deps.ingress }, opened, {
    path: PACKAGE_MANIFEST_PATH,
    range: undefined,
    signal,
  });
  return equalBytes(decodeSignedPackage(await readBytes(bytes)).manifest, manifest);
}
