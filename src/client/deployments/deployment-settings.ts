import { DsdnError, fail, findBase64 } from "../../base/index.ts";
import { readManifest } from "../../objects/index.ts";
import {
  type DeploymentDetails,
  type DeploymentId,
  decodeWith,
  decodeWorkloadSpec,
  deploymentIdOf,
  type JobSchedule,
  jobSchedule,
  limits,
  type ObjectId,
  parseDeploymentId,
  parseKeyId,
  parseNetworkId,
  parseObjectId,
  parseWorkloadId,
  type SealedBody,
  type WorkloadId,
  type WorkloadSpec,
} from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import { createChunkSource } from "../files/chunk-source.ts";
import { keyOfListing } from "../files/sealing.ts";
import { similarDeployments } from "../files/similar-names.ts";
import { type ClientDeps, getAccount } from "../network-session.ts";
import { changeEnv, type EnvChanges, type EnvEntry } from "./env-values.ts";
import { needsSealing, openSpec, type SpecPlace, type SpecSecrets, sealSpec } from "./sealed-specs.ts";

/** What a version of a deployment carries beside its package, as its owner reads it. */
export interface DeploymentSettings {
  readonly deployment: DeploymentId;
  readonly package: ObjectId;
  readonly spec: WorkloadSpec;
  /** Plain values: anyone who follows the log reads them. */
  readonly env: readonly EnvEntry[];
  readonly secrets: readonly EnvEntry[];
  /** What the program is started with. */
  readonly args: readonly string[];
  /** All that is sealed; undefined when nothing is. */
  readonly sealed: SealedBody | undefined;
  /** When it runs by a schedule: that is what a change belongs to, not one of its runs. */
  readonly schedule: JobSchedule | null;
}

/** What is to change of a deployment's environment; everything else stays. */
export interface SettingsChange {
  readonly env?: EnvChanges;
  readonly secrets?: EnvChanges;
}

/**
 * The settings of one version, opened with the account and checked: an ingress cannot have altered them.
 * @throws DSDN_CLIENT_SPEC_ALTERED, DSDN_CLIENT_ACCOUNT_NEEDED
 */
export async function readSettings(
  deps: ClientDeps,
  { deployment, workload }: { readonly deployment?: DeploymentId; readonly workload: WorkloadId },
  signal?: AbortSignal,
): Promise<DeploymentSettings> {
  const { details } = await deps.ingress.call("workloadSpec", { params: { workload }, signal });
  const ofDeployment = deployment ?? parseDeploymentId(details.deployment);
  return openSettings(deps, { ...details, deployment: ofDeployment, schedule: null }, signal);
}

/** The same for what runs by a schedule. */
async function readJobSettings(
  deps: ClientDeps,
  deployment: DeploymentId,
  signal: AbortSignal | undefined,
): Promise<DeploymentSettings> {
  const { details } = await deps.ingress.call("jobSpec", { params: { deployment }, signal });
  const bytes = findBase64(details.schedule) ?? new Uint8Array(0);
  const schedule = decodeWith(jobSchedule, bytes, { what: "schedule", limitBytes: limits.eventBytes });
  return openSettings(deps, { ...details, deployment, schedule }, signal);
}

async function openSettings(
  deps: ClientDeps,
  facts: {
    readonly deployment: DeploymentId;
    readonly package: string;
    readonly spec: string;
    readonly schedule: JobSchedule | null;
  },
  signal: AbortSignal | undefined,
): Promise<DeploymentSettings> {
  const { deployment, schedule } = facts;
  const account = await getAccount(deps);
  const { details: network } = await deps.ingress.call("network", { signal });
  const spec = decodeWorkloadSpec(findBase64(facts.spec) ?? new Uint8Array(0));
  const place = { deployment, package: parseObjectId(facts.package), spec };
  const sealed = openSpec({ account, network: parseNetworkId(network.network) }, place);
  const { secrets = [], args } = sealed ?? {};
  return { ...place, env: spec.env, secrets, args: args ?? spec.args, sealed, schedule };
}

/** The settings of the version last wanted, or of the schedule there is; undefined when the owner has no such deployment, or removed it. */
export async function findLatestSettings(
  deps: ClientDeps,
  name: string,
  signal?: AbortSignal,
): Promise<DeploymentSettings | undefined> {
  const deployment = deploymentIdOf((await getAccount(deps)).address(), name);
  let details: DeploymentDetails;
  try {
    details = (await deps.ingress.call("deployment", { params: { deployment }, signal })).details;
  } catch (error) {
    if (error instanceof DsdnError && error.spec.httpStatus === 404) return undefined;
    throw error;
  }
  if (details.isRemoved) return undefined;
  if (details.job !== null) return readJobSettings(deps, deployment, signal);
  if (details.latest === null) return undefined;
  return readSettings(deps, { deployment, workload: parseWorkloadId(details.latest) }, signal);
}

/** The same for a deployment that must be there. @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN */
export async function getLatestSettings(
  deps: ClientDeps,
  name: string,
  signal?: AbortSignal,
): Promise<DeploymentSettings> {
  const settings = await findLatestSettings(deps, name, signal);
  if (settings === undefined) {
    const candidates = await similarDeployments(deps, name, signal);
    throw fail(clientErrors.deploymentUnknown, { name, candidates });
  }
  return settings;
}

/** The environment after a change. A name is either a plain value or a secret: setting the one ends the other. */
export function applySettings(
  base: Pick<DeploymentSettings, "env" | "secrets"> | undefined,
  change: SettingsChange,
): Pick<DeploymentSettings, "env" | "secrets"> {
  const { env = new Map(), secrets = new Map() } = change;
  const given = (changes: EnvChanges) => [...changes].flatMap(([name, value]) => (value === null ? [] : [name]));
  const without = (names: readonly string[]) => new Map(names.map((name) => [name, null]));
  return {
    env: changeEnv(base?.env ?? [], new Map([...without(given(secrets)), ...env])),
    secrets: changeEnv(base?.secrets ?? [], new Map([...without(given(env)), ...secrets])),
  };
}

/** The key that opens one of the account's objects; null when the object is public. */
export async function fetchListingKey(
  deps: ClientDeps,
  object: ObjectId,
  signal?: AbortSignal,
): Promise<Uint8Array | null> {
  const { envelope } = await readManifest(createChunkSource({ ingress: deps.ingress, signal }), object);
  return envelope === null ? null : keyOfListing(await getAccount(deps), envelope);
}

/** The keys of those objects that are private; a node that is given them can read these and nothing else. */
export async function fetchObjectKeys(
  deps: ClientDeps,
  objects: readonly ObjectId[],
  signal?: AbortSignal,
): Promise<SealedBody["objectKeys"]> {
  const keys = await Promise.all(
    [...new Set(objects)].sort().map(async (object) => ({ object, key: await fetchListingKey(deps, object, signal) })),
  );
  return keys.flatMap(({ object, key }) => (key === null ? [] : [{ object, key }]));
}

/**
 * Which of the objects are private and not granted to the version last wanted: deploying with them gives their keys to
 * a program, and to the nodes that run it, for the first time.
 */
export async function findNewReads(
  deps: ClientDeps,
  { name, objects }: { readonly name: string; readonly objects: readonly ObjectId[] },
  signal?: AbortSignal,
): Promise<readonly ObjectId[]> {
  if (objects.length === 0) return [];
  const [before, keys] = await Promise.all([
    findLatestSettings(deps, name, signal),
    fetchObjectKeys(deps, objects, signal),
  ]);
  const granted = new Set(before?.spec.grants.objects);
  return keys.flatMap(({ object }) => (granted.has(object) ? [] : [object]));
}

/**
 * The spec of a version as it is submitted: sealed to nodes that run now.
 * @throws DSDN_CLIENT_NO_NODE_TO_SEAL_TO, DSDN_CLIENT_ENV_REFUSED
 */
export async function prepareSpec(
  deps: ClientDeps,
  version: SpecPlace & { readonly secrets: SpecSecrets },
  signal?: AbortSignal,
): Promise<WorkloadSpec> {
  const { secrets, ...place } = version;
  if (!needsSealing(place.spec, secrets)) return { ...place.spec, sealed: null };
  const [account, { details: facts }, { details }] = await Promise.all([
    getAccount(deps),
    deps.ingress.call("network", { signal }),
    deps.ingress.call("nodes", { signal }),
  ]);
  const nodes = details.nodes.map((node) => ({
    id: parseKeyId(node.node),
    class: node.class,
    zone: node.zone,
    isActive: node.status === "active",
  }));
  const sealer = { account, network: parseNetworkId(facts.network), random: deps.random };
  return sealSpec(sealer, place, { secrets, nodes });
}
