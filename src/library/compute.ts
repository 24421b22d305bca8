import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, type Disk, type Random, toHex } from "../base/index.ts";
import type { EnvEntry, Client as NetworkClient, SettingsChange } from "../client/index.ts";
import type { DeploymentDetails, WorkloadLogLine } from "../protocol/index.ts";
import { checkBytes } from "./bytes.ts";
import { type Deployed, type DeployIntent, type DeployStep, deploy } from "./deploy.ts";
import { Work } from "./work.ts";

/** A deployment on its way; it begins when it is awaited. */
export type Deploy = Work<Deployed, DeployStep>;

/** What a WebAssembly program is run as. */
export type WasmIntent = Omit<DeployIntent, "path" | "build" | "allowBuild" | "allowReads" | "site" | "entry">;

export interface LogOptions {
  /** Goes on with what is written from now on. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The environment of a deployment's programs. */
export interface Env {
  /** Plain values, and the names of secrets. @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN, DSDN_CLIENT_SPEC_ALTERED */
  get(
    name: string,
    signal?: AbortSignal,
  ): Promise<{ readonly env: readonly EnvEntry[]; readonly secrets: readonly string[] }>;
  /**
   * Changes values and secrets: a new version of the same package has them at once, a batch from its next run on.
   * @returns undefined when nothing would change; the workload is null for what runs by a schedule.
   * @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN, DSDN_CLIENT_ENV_REFUSED, DSDN_CLIENT_NO_NODE_TO_SEAL_TO
   */
  change(
    name: string,
    change: SettingsChange,
    signal?: AbortSignal,
  ): Promise<{ readonly workload: string | null } | undefined>;
}

/** What a program does with sites and programs on the network. */
export interface Compute {
  /**
   * Packs a project, stores it and waits until the network runs it: what serves requests has answered under its URL, a
   * batch has ended. What is not said is read from the project's `dsdn.yaml` and found in its files.
   *
   * @param intent - the project's folder or a program's file, alone or with wishes.
   * @throws DSDN_PACKAGER_*, DSDN_INTENT_*, DSDN_CLIENT_*, DSDN_LIBRARY_BUILD_NOT_ALLOWED,
   *   DSDN_LIBRARY_READS_NOT_ALLOWED, DSDN_LIBRARY_DEPLOY_REFUSED,
   *   DSDN_LIBRARY_DEPLOY_FAILED, DSDN_LIBRARY_DEPLOY_NOT_ANSWERING, DSDN_LIBRARY_SCHEDULE_UNUSED
   */
  deploy(intent: string | DeployIntent): Deploy;
  /**
   * Deploys a WebAssembly program (a WASI command runs once as a batch).
   * @param program - its bytes, or the path of its file. Errors as `deploy`.
   */
  deployWasm(program: Uint8Array | string, intent?: WasmIntent): Deploy;
  /** All deployments of the account. */
  list(signal?: AbortSignal): Promise<readonly DeploymentDetails[]>;
  /** A deployment with its versions and runs. @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN */
  status(name: string, signal?: AbortSignal): Promise<DeploymentDetails>;
  /**
   * Log lines of the version that answers now, or of a batch's last run, as they were written; with `follow` also those
   * to come, until the loop is left by `break` or the signal aborts, which throws its reason.
   * @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN
   */
  logs(name: string, options?: LogOptions): AsyncGenerator<WorkloadLogLine>;
  /** What a batch's run wrote to its standard output; empty when it wrote nothing. */
  readOutput(run: Pick<Deployed, "output">): Promise<Uint8Array>;
  /** Plain values and secrets of a deployment. */
  readonly env: Env;
  /**
   * Gives the deployment's requests to one of its versions. `isDone` says whether the log has taken it yet. Errors as
   * `status`.
   */
  promote(name: string, workload: string, signal?: AbortSignal): Promise<{ readonly isDone: boolean }>;
  /** Ends one run or version. @throws DSDN_PROTOCOL_BAD_ID */
  cancel(workload: string, signal?: AbortSignal): Promise<{ readonly isDone: boolean }>;
  /** Stops a deployment and all its versions. @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN */
  remove(name: string, signal?: AbortSignal): Promise<{ readonly isDone: boolean }>;
}

export interface ComputeDeps {
  readonly client: NetworkClient;
  /** Any ingress of the network; the URL of a deployment is asked there. */
  readonly ingressUrl: string;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly random: Random;
}

/** The compute of a network with the forms that only a library has. */
export function createCompute(deps: ComputeDeps): Compute {
  const { client } = deps;
  const begin = (intent: DeployIntent): Deploy => new Work((stages) => deploy(deps, intent, stages), deps);
  return {
    deploy: (intent) => begin(typeof intent === "string" ? { path: intent } : intent),
    deployWasm: (program, intent = {}) => {
      if (typeof program === "string") return begin({ ...intent, path: program });
      return new Work((stages) => withFile(deps, program, (path) => deploy(deps, named(intent, path), stages)), deps);
    },
    list: (signal) => client.deployments.list(signal),
    status: (name, signal) => client.deployments.get(name, signal),
    async *logs(name, options) {
      const { current, latest, workloads } = await client.deployments.get(name, options?.signal);
      const workload = current ?? latest ?? workloads.at(-1)?.workload;
      if (workload !== undefined) yield* client.deployments.logs(workload, options);
    },
    readOutput: async ({ output }) => {
      const { readBytes } = await import("../base/index.ts");
      return readBytes(output === null ? [] : client.storage.read(output));
    },
    env: {
      get: (name, signal) => client.settings.get(name, signal),
      change: (name, change, signal) => client.settings.change(name, change, signal),
    },
    promote: (name, workload, signal) => client.deployments.promote(name, workload, signal),
    cancel: (workload, signal) => client.deployments.cancel(workload, signal),
    remove: (name, signal) => client.deployments.remove(name, signal),
  };
}

function named(intent: WasmIntent, path: string): DeployIntent {
  return { name: "program", ...intent, path };
}

/** The packager packs what lies in files: bytes are one for as long as it takes. */
async function withFile<T>(
  { disk, random }: Pick<ComputeDeps, "disk" | "random">,
  bytes: Uint8Array,
  work: (path: string) => Promise<T>,
): Promise<T> {
  checkBytes(bytes, "deployWasm");
  const folder = join(tmpdir(), `dsdn-program-${toHex(random.bytes(8))}`);
  await disk.makeFolder(folder);
  try {
    const path = join(folder, "program.wasm");
    await disk.write(path, bytes, { sync: false });
    return await work(path);
  } finally {
    await disk.removeFolder(folder);
  }
}
