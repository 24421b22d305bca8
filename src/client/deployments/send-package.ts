import {
  type DeploymentId,
  deploymentIdOf,
  type JobSchedule,
  type ObjectId,
  type WorkloadSpec,
} from "../../protocol/index.ts";
import type { UploadInput } from "../files/sources.ts";
import { type UploadOptions, type UploadResult, upload } from "../files/upload.ts";
import { type ClientDeps, getAccount, withSession } from "../network-session.ts";
import type { EventDraft } from "../publishing/outbox.ts";
import {
  applySettings,
  fetchListingKey,
  fetchObjectKeys,
  findLatestSettings,
  prepareSpec,
  type SettingsChange,
} from "./deployment-settings.ts";
import { mergeEnv } from "./env-values.ts";

export interface PackageOptions
  extends Pick<UploadOptions, "signal" | "onProgress" | "onStage" | "until" | "publishTimeoutMs"> {
  /** The owner's name of the deployment; a name used before gets a new version. */
  readonly name: string;
  readonly spec: WorkloadSpec;
  /**
   * What is to change of the environment. The rest is carried on from the version before, where the spec's own values
   * stand above those of their name.
   */
  readonly change?: SettingsChange | undefined;
}

/** A package that is stored, and the events that use it. */
export interface SentPackage {
  readonly deployment: DeploymentId;
  readonly package: ObjectId;
  readonly upload: UploadResult;
  /** The schedule the deployment had so far. */
  readonly schedule: JobSchedule | null;
}

type EventsOf = (
  object: ObjectId,
  facts: {
    readonly deployment: DeploymentId;
    readonly spec: WorkloadSpec;
    /** The schedule the deployment had so far. */
    readonly schedule: JobSchedule | null;
  },
) => EventDraft[];

const EVENT_TIMEOUT_MS = 120_000;

/**
 * Stores a package and lets the events that use it follow in the same step.
 *
 * @param eventsOf - makes the events, of the spec as it was sealed.
 * @throws DSDN_CLIENT_NO_NODE_TO_SEAL_TO, DSDN_CLIENT_SPEC_ALTERED, DSDN_CLIENT_ENV_REFUSED, and as `upload`
 */
export async function sendPackage(
  deps: ClientDeps,
  input: UploadInput,
  { name, spec: compiled, change = {}, ...options }: PackageOptions,
  eventsOf: EventsOf,
): Promise<SentPackage> {
  const deployment = deploymentIdOf((await getAccount(deps)).address(), name);
  const { signal } = options;
  const { input: stdin } = compiled;
  // Asked while the package is on its way.
  const asking = Promise.all([
    findLatestSettings(deps, name, signal),
    stdin === null ? null : fetchListingKey(deps, stdin, signal),
    fetchObjectKeys(deps, compiled.grants.objects, signal),
  ]);
  asking.catch(() => {});
  const submit = async (object: ObjectId, packageKey: Uint8Array | null): Promise<EventDraft[]> => {
    const [before, inputKey, objectKeys] = await asking;
    const { env: keptEnv = [], secrets: keptSecrets = [], schedule = null } = before ?? {};
    const kept = { env: mergeEnv(keptEnv, compiled.env), secrets: keptSecrets };
    const { env, secrets } = applySettings(kept, change);
    const place = { deployment, package: object, spec: { ...compiled, env: [...env] } };
    const storage = before?.sealed?.storage;
    const sealing = { secrets, packageKey, inputKey, objectKeys, storage };
    const spec = await prepareSpec(deps, { ...place, secrets: sealing }, signal);
    return eventsOf(object, { deployment, spec, schedule });
  };
  const isPublic = compiled.intent.visibility === "public";
  const result = await upload(deps, input, { ...options, name: null, isPublic, after: submit });
  const [before] = await asking;
  return { deployment, package: result.object, upload: result, schedule: before?.schedule ?? null };
}

/** Takes one event to the log. @returns whether the log has taken it; it is on its way otherwise. */
export function sendEvent(
  deps: ClientDeps,
  event: EventDraft,
  signal: AbortSignal | undefined,
): Promise<{ readonly isDone: boolean }> {
  return withSession(deps, signal, async ({ publisher }) => {
    const entry = await publisher.commit({ events: [event], manifest: null });
    await publisher.deliver(entry);
    return { isDone: (await publisher.settle(entry, EVENT_TIMEOUT_MS)) !== undefined };
  });
}
