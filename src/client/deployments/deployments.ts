import { DsdnError, fail, type HttpStream } from "../../base/index.ts";
import {
  type DeploymentDetails,
  type DeploymentId,
  deploymentIdOf,
  type JobSchedule,
  type KeyId,
  type ObjectId,
  parseWorkloadId,
  signLogRequest,
  type WorkloadId,
  type WorkloadLogLine,
  type WorkloadRow,
  type WorkloadSpec,
  type WorkloadStart,
  workloadIdOf,
  z,
} from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import { similarDeployments } from "../files/similar-names.ts";
import type { UploadInput } from "../files/sources.ts";
import type { UploadResult, UploadStage } from "../files/upload.ts";
import { type ClientDeps, getAccount, openNetworkSession, withSession } from "../network-session.ts";
import type { EventDraft } from "../publishing/outbox.ts";
import { findNewReads } from "./deployment-settings.ts";
import { findSameVersion, type VersionWish } from "./same-version.ts";
import { type PackageOptions, type SentPackage, sendEvent, sendPackage } from "./send-package.ts";

export interface DeployOptions extends Omit<PackageOptions, "onStage"> {
  /** Told of each stage as it is reached, with the id the version has on the log. */
  readonly onStage?: (stage: "accepted" | UploadStage, workload: WorkloadId) => void;
  /** Makes the version a preview; see `Preview`. */
  readonly preview?: Preview | undefined;
}

/** A version with an address of its own, `<name>--<label>`, that takes none of the deployment's requests. */
export interface Preview {
  /** Lower-case letters, digits and single hyphens, at most 32; a later preview of the same name replaces this one. */
  readonly name: string;
  /** When it ends by itself; null = with the deployment. */
  readonly expiresMs: number | null;
}

export interface DeployResult extends SentPackage {
  readonly workload: WorkloadId;
}

export interface ScheduleOptions extends PackageOptions {
  /** It takes the place of the schedule the deployment had. */
  readonly schedule: JobSchedule;
}

/** Signs packages with the session key that also submits them. */
export interface PackageSigner {
  readonly deployer: KeyId;
  sign(preimage: Uint8Array): Uint8Array;
}

/** What a user does with programs and sites. */
export interface DeploymentClient {
  /** @throws DSDN_CLIENT_ACCOUNT_NEEDED */
  packageSigner(signal?: AbortSignal): Promise<PackageSigner>;
  /**
   * Stores the package and submits it in the same step. A public one is stored as it is, for validators and nodes to
   * read; a private one is sealed, and opens for the owner and the nodes that are to run it. Environment values and
   * secrets of the version before are carried on; a schedule is not: unless this is a preview it ends.
   * @throws DSDN_CLIENT_NO_NODE_TO_SEAL_TO, DSDN_CLIENT_SPEC_ALTERED, DSDN_CLIENT_ENV_REFUSED, and as `upload`
   */
  deploy(input: UploadInput, options: DeployOptions): Promise<DeployResult>;
  /** The version that runs already and that deploying this would only repeat; undefined when that cannot be said. */
  findSame(name: string, wish: VersionWish, signal?: AbortSignal): Promise<WorkloadRow | undefined>;
  /**
   * Private objects of the account that the deployment's program would be given the keys of for the first time: whoever
   * wrote the project can name any, so their owner is to be asked.
   */
  findNewReads(name: string, objects: readonly ObjectId[], signal?: AbortSignal): Promise<readonly ObjectId[]>;
  /** Stores the package of a batch, which then runs whenever the schedule says. Errors as `deploy`. */
  schedule(input: UploadInput, options: ScheduleOptions): Promise<SentPackage>;
  /** Submits a package that is stored already. */
  submit(
    packageObject: ObjectId,
    options: { readonly name: string; readonly spec: WorkloadSpec; readonly signal?: AbortSignal | undefined },
  ): Promise<{ readonly deployment: DeploymentId; readonly workload: WorkloadId }>;
  list(signal?: AbortSignal): Promise<readonly DeploymentDetails[]>;
  /** @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN */
  get(name: string, signal?: AbortSignal): Promise<DeploymentDetails>;
  /** @throws DSDN_PROTOCOL_BAD_ID */
  workload(workload: string, signal?: AbortSignal): Promise<WorkloadRow>;
  /**
   * The run or version as soon as its status is another than `seen`, at the latest after `waitMs`; undefined when the
   * network has not read its submission by then.
   * @param seen - the status that is known; undefined = none yet.
   */
  workloadAfter(
    workload: string,
    seen: string | undefined,
    options: { readonly waitMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<WorkloadRow | undefined>;
  /**
   * Log lines as they were written; with `follow` until the signal aborts. Of this account's deployments only.
   * @throws DSDN_NODE_LOG_PRIVATE
   */
  logs(
    workload: string,
    options?: { readonly follow?: boolean; readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<WorkloadLogLine>;
  /**
   * Gives the deployment's requests to one of its versions; one that ended is started again first.
   * @returns whether the log has taken it.
   */
  promote(name: string, workload: string, signal?: AbortSignal): Promise<{ readonly isDone: boolean }>;
  /** Names a version, or with null the current one whichever it is: it answers at `siteUrls(details, alias)`. */
  setAlias(
    name: string,
    alias: { readonly name: string; readonly workload: string | null },
    signal?: AbortSignal,
  ): Promise<{ readonly isDone: boolean }>;
  removeAlias(name: string, alias: string, signal?: AbortSignal): Promise<{ readonly isDone: boolean }>;
  /** Ends one run or version. @returns whether the log has taken it. */
  cancel(workload: string, signal?: AbortSignal): Promise<{ readonly isDone: boolean }>;
  /** Ends the schedule of a deployment; runs that go on are left alone. */
  endSchedule(name: string, signal?: AbortSignal): Promise<{ readonly isDone: boolean }>;
  /** Stops a deployment and all its versions. @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN */
  remove(name: string, signal?: AbortSignal): Promise<{ readonly isDone: boolean }>;
}

const EVENT_TIMEOUT_MS = 120_000;
/** For an answer beside the wait that was asked for. */
const ANSWER_MS = 30_000;

export function createDeploymentClient(deps: ClientDeps): DeploymentClient {
  const idOf = async (name: string) => deploymentIdOf((await getAccount(deps)).address(), name);

  async function get(name: string, signal?: AbortSignal): Promise<DeploymentDetails> {
    const deployment = await idOf(name);
    try {
      return (await deps.ingress.call("deployment", { params: { deployment }, signal })).details;
    } catch (error) {
      if (isMissing(error)) {
        const candidates = await similarDeployments(deps, name, signal);
        throw fail(clientErrors.deploymentUnknown, { name, candidates }, { cause: error });
      }
      throw error;
    }
  }

  return {
    async packageSigner(signal) {
      const { session } = await openNetworkSession(deps, { signal });
      return { deployer: session.key, sign: (preimage) => session.signer.sign(preimage) };
    },
    deploy: (input, options) => deploy(deps, input, options),
    findNewReads: (name, objects, signal) => findNewReads(deps, { name, objects }, signal),
    findSame: (name, wish, signal) => findSameVersion(deps, name, wish, signal),
    schedule: (input, { schedule, ...options }) =>
      sendPackage(deps, input, options, (object, { deployment, spec }) => {
        const body = { deployment, name: options.name, package: object, spec, schedule };
        return [{ kind: "JobScheduled", body }];
      }),
    async submit(packageObject, { name, spec, signal }) {
      const deployment = await idOf(name);
      return withSession(deps, signal, async ({ publisher, session }) => {
        const events = [submission(packageObject, { deployment, name, spec })];
        const entry = await publisher.commit({ events, manifest: null });
        await publisher.deliver(entry);
        await publisher.settle(entry, EVENT_TIMEOUT_MS);
        const sequence = entry.firstSequence + entry.events.length - 1;
        return { deployment, workload: workloadIdOf(session.key, sequence, packageObject) };
      });
    },
    async list(signal) {
      const address = (await getAccount(deps)).address();
      return (await deps.ingress.call("ownerDeployments", { params: { address }, signal })).details.deployments;
    },
    get,
    workload: async (workload, signal) =>
      (await deps.ingress.call("workload", { params: { workload: parseWorkloadId(workload) }, signal })).details,
    workloadAfter: (workload, seen, options) => findWorkloadAfter(deps, { workload, seen: seen ?? "" }, options),
    async *logs(workload, { follow = false, signal } = {}) {
      yield* parseLines(await openLog(deps, parseWorkloadId(workload), { follow, signal }));
    },
    async remove(name, signal) {
      const { isRemoved } = await get(name, signal);
      if (isRemoved) {
        const candidates = await similarDeployments(deps, name, signal);
        throw fail(clientErrors.deploymentUnknown, { name, candidates });
      }
      return sendEvent(deps, { kind: "DeploymentRemoved", body: { deployment: await idOf(name) } }, signal);
    },
    promote: async (name, id, signal) => {
      const body = { deployment: await idOf(name), workload: parseWorkloadId(id) };
      return sendEvent(deps, { kind: "DeploymentPromoted", body }, signal);
    },
    setAlias: async (name, alias, signal) => {
      const workload = alias.workload === null ? null : parseWorkloadId(alias.workload);
      const body = { deployment: await idOf(name), alias: alias.name, workload };
      return sendEvent(deps, { kind: "AliasSet", body }, signal);
    },
    removeAlias: async (name, alias, signal) =>
      sendEvent(deps, { kind: "AliasRemoved", body: { deployment: await idOf(name), alias } }, signal),
    cancel: (workload, signal) =>
      sendEvent(deps, { kind: "WorkloadCancelled", body: { workload: parseWorkloadId(workload) } }, signal),
    endSchedule: async (name, signal) =>
      sendEvent(deps, { kind: "JobEnded", body: { deployment: await idOf(name) } }, signal),
  };
}

async function deploy(
  deps: ClientDeps,
  input: UploadInput,
  { preview, onStage = () => {}, ...rest }: DeployOptions,
): Promise<DeployResult> {
  const { name } = rest;
  const onPublication: PackageOptions["onStage"] = (stage, publication) => onStage(stage, workloadOf(publication));
  const options = { ...rest, onStage: onPublication };
  const sent = await sendPackage(deps, input, options, (object, { deployment, spec, schedule }) => {
    const isEnded = schedule !== null && preview === undefined;
    const ended: EventDraft[] = isEnded ? [{ kind: "JobEnded", body: { deployment } }] : [];
    return [submission(object, { deployment, name, spec, preview: preview ?? null }), ...ended];
  });
  return { ...sent, workload: workloadOf(sent.upload) };
}

/** The submission follows the publication of its package at once. */
function workloadOf({ author, sequence, object }: Pick<UploadResult, "author" | "sequence" | "object">): WorkloadId {
  return workloadIdOf(author, sequence + 1, object);
}

async function findWorkloadAfter(
  deps: ClientDeps,
  { workload, seen }: { readonly workload: string; readonly seen: string },
  { waitMs, signal }: { readonly waitMs: number; readonly signal?: AbortSignal | undefined },
): Promise<WorkloadRow | undefined> {
  const params = { workload: parseWorkloadId(workload) };
  const call = { params, query: { seen, waitMs }, timeoutMs: waitMs + ANSWER_MS, signal };
  try {
    return (await deps.ingress.call("workload", call)).details;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The exit code of a run that has ended: a node words that of a program that failed as the reason; none is success. */
export function exitCodeOf(reason: string): number {
  return Number(/^exit code (\d{1,10})$/.exec(reason)?.[1] ?? 0);
}

/** Where the alias or preview of a deployment answers: by its own host name, and below the shared address. */
export function siteUrls(
  { url, fallbackUrl, label }: Pick<DeploymentDetails, "url" | "fallbackUrl" | "label">,
  name: string,
): Pick<DeploymentDetails, "url" | "fallbackUrl"> {
  const named = `${name}--${label}`;
  return {
    url: url.replace(`//${label}.`, `//${named}.`),
    fallbackUrl: fallbackUrl.replace(`/${label}/`, `/${named}/`),
  };
}

/** The unread log, asked for in the owner's name. */
async function openLog(
  deps: ClientDeps,
  workload: WorkloadId,
  options: { readonly follow: boolean; readonly signal: AbortSignal | undefined },
): Promise<HttpStream> {
  const { network, session, logTimeMs } = await openNetworkSession(deps, { signal: options.signal });
  const createdMs = Math.max(deps.clock.nowMs(), logTimeMs);
  const request = signLogRequest(session.signer, { network, workload, createdMs, grant: session.grant });
  return deps.ingress.logs(workload, { ...options, request });
}

/** The event that submits a version. */
export function submission(
  packageObject: ObjectId,
  facts: {
    readonly deployment: DeploymentId;
    readonly name: string;
    readonly spec: WorkloadSpec;
    readonly preview?: Preview | null;
    readonly start?: WorkloadStart;
  },
): EventDraft {
  const unsaid = { preview: null, start: "now" } as const;
  return { kind: "WorkloadSubmitted", body: { ...unsaid, ...facts, package: packageObject } };
}

const logLine = z.object({
  timeMs: z.number(),
  stream: z.enum(["stdout", "stderr", "system"]),
  requestId: z.string(),
  text: z.string(),
});
const LINE_CHARS_MAX = 256 * 1024;

/** NDJSON; a line that is no log line is left out. */
async function* parseLines(response: HttpStream): AsyncGenerator<WorkloadLogLine> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of response.body) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split("\n");
    rest = (lines.pop() ?? "").slice(0, LINE_CHARS_MAX);
    for (const line of lines) {
      const parsed = findLine(line);
      if (parsed !== undefined) yield parsed;
    }
  }
}

function findLine(line: string): WorkloadLogLine | undefined {
  try {
    return logLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof DsdnError && error.spec.httpStatus === 404;
}
