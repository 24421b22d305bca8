import { DsdnError, fail } from "../base/index.ts";
import {
  type DeploymentDetails,
  type DeploymentId,
  deploymentIdOf,
  type KeyId,
  type ObjectId,
  parseWorkloadId,
  type WorkloadId,
  type WorkloadLogLine,
  type WorkloadRow,
  type WorkloadSpec,
  workloadIdOf,
  z,
} from "../protocol/index.ts";
import { clientErrors } from "./errors.ts";
import { type ClientDeps, getAccount, openNetworkSession, withSession } from "./network-session.ts";
import type { EventDraft } from "./outbox.ts";
import type { UploadInput } from "./sources.ts";
import { type UploadOptions, type UploadResult, upload } from "./upload.ts";

export interface DeployOptions
  extends Pick<UploadOptions, "signal" | "onProgress" | "onStage" | "until" | "publishTimeoutMs"> {
  /** The owner's name of the deployment; a name used before gets a new version. */
  readonly name: string;
  readonly spec: WorkloadSpec;
}

export interface DeployResult {
  readonly deployment: DeploymentId;
  readonly workload: WorkloadId;
  readonly package: ObjectId;
  readonly upload: UploadResult;
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
  /** Stores the package (always public: nodes and validators have to read it) and submits it in the same step. */
  deploy(input: UploadInput, options: DeployOptions): Promise<DeployResult>;
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
  /** Log lines as they were written; with `follow` until the signal aborts. */
  logs(
    workload: string,
    options?: { readonly follow?: boolean; readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<WorkloadLogLine>;
  /** Stops a deployment and all its versions. @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN */
  remove(name: string, signal?: AbortSignal): Promise<{ readonly isDone: boolean }>;
}

const EVENT_TIMEOUT_MS = 120_000;

export function createDeploymentClient(deps: ClientDeps): DeploymentClient {
  const idOf = async (name: string) => deploymentIdOf((await getAccount(deps)).address(), name);

  async function get(name: string, signal?: AbortSignal): Promise<DeploymentDetails> {
    const deployment = await idOf(name);
    try {
      return (await deps.ingress.call("deployment", { params: { deployment }, signal })).details;
    } catch (error) {
      if (isMissing(error)) throw fail(clientErrors.deploymentUnknown, { name }, { cause: error });
      throw error;
    }
  }

  return {
    async packageSigner(signal) {
      const { session } = await openNetworkSession(deps, { signal });
      return { deployer: session.key, sign: (preimage) => session.signer.sign(preimage) };
    },
    async deploy(input, { name, spec, ...options }) {
      const deployment = await idOf(name);
      const submit = (object: ObjectId): EventDraft[] => [submission(object, { deployment, name, spec })];
      const result = await upload(deps, input, { ...options, name: null, isPublic: true, after: submit });
      const workload = workloadIdOf(result.author, result.sequence + 1, result.object);
      return { deployment, workload, package: result.object, upload: result };
    },
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
    async *logs(workload, { follow = false, signal } = {}) {
      const response = await deps.ingress.logs(parseWorkloadId(workload), { follow, signal });
      yield* parseLines(response);
    },
    async remove(name, signal) {
      const { isRemoved } = await get(name, signal);
      if (isRemoved) throw fail(clientErrors.deploymentUnknown, { name });
      const deployment = await idOf(name);
      return withSession(deps, signal, async ({ publisher }) => {
        const events: EventDraft[] = [{ kind: "DeploymentRemoved", body: { deployment } }];
        const entry = await publisher.commit({ events, manifest: null });
        await publisher.deliver(entry);
        return { isDone: (await publisher.settle(entry, EVENT_TIMEOUT_MS)) !== undefined };
      });
    },
  };
}

function submission(
  packageObject: ObjectId,
  facts: { deployment: DeploymentId; name: string; spec: WorkloadSpec },
): EventDraft {
  return { kind: "WorkloadSubmitted", body: { ...facts, package: packageObject } };
}

const logLine = z.object({
  timeMs: z.number(),
  stream: z.enum(["stdout", "stderr", "system"]),
  requestId: z.string(),
  text: z.string(),
});
const LINE_CHARS_MAX = 256 * 1024;

/** NDJSON; a line that is no log line is left out. */
async function* parseLines(response: Response): AsyncGenerator<WorkloadLogLine> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of response.body ?? []) {
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
