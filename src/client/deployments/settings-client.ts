import { fail } from "../../base/index.ts";
import {
  type DeploymentId,
  deploymentIdOf,
  type JobSchedule,
  type ObjectId,
  parseWorkloadId,
  type WorkloadId,
  type WorkloadSpec,
  type WorkloadStart,
  workloadIdOf,
} from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import type { UploadInput } from "../files/sources.ts";
import { upload } from "../files/upload.ts";
import { type ClientDeps, getAccount, withSession } from "../network-session.ts";
import {
  applySettings,
  type DeploymentSettings,
  fetchListingKey,
  getLatestSettings,
  prepareSpec,
  readSettings,
  type SettingsChange,
} from "./deployment-settings.ts";
import { submission } from "./deployments.ts";
import type { EnvEntry } from "./env-values.ts";
import { sendEvent } from "./send-package.ts";

/** A version that differs from another by its environment, or by the nodes it is sealed to. */
export interface SettingsVersion {
  readonly deployment: DeploymentId;
  /** Null for what runs by a schedule: the next run has it. */
  readonly workload: WorkloadId | null;
  readonly package: ObjectId;
  readonly mode: WorkloadSpec["mode"];
  readonly visibility: WorkloadSpec["intent"]["visibility"];
}

/** A version that was submitted again. */
export interface RenewedVersion extends SettingsVersion {
  readonly workload: WorkloadId;
}

/** What a user does with the environment of a deployment's programs. */
export interface SettingsClient {
  /** Plain values, and the names of secrets. @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN, DSDN_CLIENT_SPEC_ALTERED */
  get(
    name: string,
    signal?: AbortSignal,
  ): Promise<{ readonly env: readonly EnvEntry[]; readonly secrets: readonly string[] }>;
  /**
   * Changes values and secrets: a new version of the same package with them, at once; of a batch every run from the next
   * one on, and the change itself runs nothing.
   * @returns undefined when nothing would change.
   * @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN, DSDN_CLIENT_ENV_REFUSED, DSDN_CLIENT_NO_NODE_TO_SEAL_TO, DSDN_CLIENT_SPEC_ALTERED
   */
  change(name: string, change: SettingsChange, signal?: AbortSignal): Promise<SettingsVersion | undefined>;
  /**
   * Submits a version again as a new one, with its own values and secrets, sealed to nodes that run now: for a version
   * whose nodes are all gone, and for a run of a batch, which changes nothing for later runs. Errors as `change`.
   */
  renew(name: string, workload: string, signal?: AbortSignal): Promise<RenewedVersion>;
  /**
   * Runs a batch once as it now is, beside the runs that were: no later run knows of the arguments and the input of
   * this one. Errors as `change`, `upload`, and DSDN_CLIENT_NOT_BATCH.
   */
  run(name: string, wish: RunWish): Promise<RenewedVersion>;
}

/** What one run has in place of what the deployment has. */
export interface RunWish {
  readonly args?: readonly string[] | undefined;
  /** Standard input, stored as the package is. */
  readonly stdin?: UploadInput | undefined;
  readonly signal?: AbortSignal | undefined;
}

const EVENT_TIMEOUT_MS = 120_000;

export function createSettingsClient(deps: ClientDeps): SettingsClient {
  const idOf = async (name: string) => deploymentIdOf((await getAccount(deps)).address(), name);
  return {
    async get(name, signal) {
      const { env, secrets } = await getLatestSettings(deps, name, signal);
      return { env, secrets: secrets.map((secret) => secret.name) };
    },
    async change(name, change, signal) {
      const base = await getLatestSettings(deps, name, signal);
      const changed = applySettings(base, change);
      const isSame = sameEnv(base.env, changed.env) && sameEnv(base.secrets, changed.secrets);
      if (isSame) return undefined;
      const { schedule, spec } = base;
      // A change is no reason to run a script.
      const start = spec.mode === "batch" ? "later" : "now";
      if (schedule === null) return submitVersion(deps, name, { ...base, ...changed, start }, signal);
      return submitSchedule(deps, name, { ...base, ...changed, schedule }, signal);
    },
    async renew(name, workload, signal) {
      const place = { deployment: await idOf(name), workload: parseWorkloadId(workload) };
      const version = await readSettings(deps, place, signal);
      return submitVersion(deps, name, { ...version, start: startAgain(version) }, signal);
    },
    async run(name, { args, stdin, signal }) {
      const base = await getLatestSettings(deps, name, signal);
      if (base.spec.mode !== "batch") throw fail(clientErrors.notBatch, { name });
      const input = stdin === undefined ? {} : await storeInput(deps, base, { stdin, signal });
      const version = { ...base, ...input, args: args ?? base.args, start: "aside" as const };
      return submitVersion(deps, name, version, signal);
    },
  };
}

/** A run is repeated beside the others: what the deployment is does not change by it. */
function startAgain({ spec }: DeploymentSettings): WorkloadStart {
  return spec.mode === "batch" ? "aside" : "now";
}

/** The version with another standard input, stored as its package is. */
async function storeInput(
  deps: ClientDeps,
  { spec, sealed }: DeploymentSettings,
  { stdin, signal }: Pick<RunWish, "stdin" | "signal"> & { readonly stdin: UploadInput },
): Promise<Pick<DeploymentSettings, "spec" | "sealed">> {
  const isPublic = spec.intent.visibility === "public";
  const { object } = await upload(deps, stdin, {
    isPublic,
    name: null,
    until: "durable",
    ...(signal === undefined ? {} : { signal }),
  });
  const inputKey = await fetchListingKey(deps, object, signal);
  return { spec: { ...spec, input: object }, sealed: sealed === undefined ? undefined : { ...sealed, inputKey } };
}

/** The version's spec with its values and secrets, sealed to nodes that run now. */
function sealAgain(deps: ClientDeps, version: DeploymentSettings, signal: AbortSignal | undefined) {
  const { deployment, package: object, env, secrets, args, sealed } = version;
  const { packageKey = null, inputKey = null, objectKeys = [], storage = null } = sealed ?? {};
  const spec = { ...version.spec, env: [...env], args: [...args] };
  return prepareSpec(
    deps,
    { deployment, package: object, spec, secrets: { secrets, packageKey, inputKey, objectKeys, storage } },
    signal,
  );
}

async function submitVersion(
  deps: ClientDeps,
  name: string,
  version: DeploymentSettings & { readonly start: WorkloadStart },
  signal: AbortSignal | undefined,
): Promise<RenewedVersion> {
  const { deployment, package: object, start } = version;
  const spec = await sealAgain(deps, version, signal);
  return withSession(deps, signal, async ({ publisher, session }) => {
    const events = [submission(object, { deployment, name, spec, start })];
    const entry = await publisher.commit({ events, manifest: null });
    await publisher.deliver(entry);
    await publisher.settle(entry, EVENT_TIMEOUT_MS);
    const sequence = entry.firstSequence + entry.events.length - 1;
    const workload = workloadIdOf(session.key, sequence, object);
    return { deployment, workload, package: object, mode: spec.mode, visibility: spec.intent.visibility };
  });
}

async function submitSchedule(
  deps: ClientDeps,
  name: string,
  version: DeploymentSettings & { readonly schedule: JobSchedule },
  signal: AbortSignal | undefined,
): Promise<SettingsVersion> {
  const { deployment, package: object, schedule } = version;
  const spec = await sealAgain(deps, version, signal);
  await sendEvent(deps, { kind: "JobScheduled", body: { deployment, name, package: object, spec, schedule } }, signal);
  return { deployment, workload: null, package: object, mode: spec.mode, visibility: spec.intent.visibility };
}

function sameEnv(left: readonly EnvEntry[], right: readonly EnvEntry[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ name, value }, at) => name === right[at]?.name && value === right[at]?.value)
  );
}
