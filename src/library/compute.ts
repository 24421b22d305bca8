import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, type Disk, type Random, toHex } from "../base/index.ts";
import type { DeploymentClient, Client as NetworkClient, SettingsClient } from "../client/index.ts";
import { type Deployed, type DeployIntent, type DeployStep, deploy } from "./deploy.ts";
import { Work } from "./work.ts";

/** A deployment on its way; it begins when it is awaited. */
export type Deploy = Work<Deployed, DeployStep>;

/** What a WebAssembly program is run as. */
export type WasmIntent = Omit<DeployIntent, "path" | "build" | "allowBuild" | "site" | "entry">;

/** What a program does with sites and programs on the network. */
export interface Compute {
  /**
   * Packs a project, stores it and waits until the network runs it: what serves requests has answered under its URL, a
   * batch has ended. What is not said is read from the project's `dsdn.yaml` and found in its files.
   *
   * @param intent - the project's folder or a program's file, alone or with wishes.
   * @throws DSDN_PACKAGER_*, DSDN_INTENT_*, DSDN_CLIENT_*, DSDN_LIBRARY_BUILD_NOT_ALLOWED, DSDN_LIBRARY_DEPLOY_REFUSED,
   *   DSDN_LIBRARY_DEPLOY_FAILED, DSDN_LIBRARY_DEPLOY_NOT_ANSWERING, DSDN_LIBRARY_SCHEDULE_UNUSED
   */
  deploy(intent: string | DeployIntent): Deploy;
  /**
   * Deploys a WebAssembly program (a WASI command runs once as a batch).
   * @param program - its bytes, or the path of its file. Errors as `deploy`.
   */
  deployWasm(program: Uint8Array | string, intent?: WasmIntent): Deploy;
  /** All deployments of the account. */
  list: DeploymentClient["list"];
  /** A deployment with its versions and runs. @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN */
  status: DeploymentClient["get"];
  /**
   * Log lines of the version that answers now, or of a batch's last run, as they were written; with `follow` until the
   * signal aborts.
   * @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN
   */
  logs(name: string, options?: Parameters<DeploymentClient["logs"]>[1]): ReturnType<DeploymentClient["logs"]>;
  /** What a batch's run wrote to its standard output; empty when it wrote nothing. */
  readOutput(run: Pick<Deployed, "output">): Promise<Uint8Array>;
  /** Plain values and secrets of a deployment. */
  readonly env: Pick<SettingsClient, "get" | "change">;
  /** Gives the deployment's requests to one of its versions. Errors as `status`. */
  promote: DeploymentClient["promote"];
  /** Ends one run or version. @throws DSDN_PROTOCOL_BAD_ID */
  cancel: DeploymentClient["cancel"];
  /** Stops a deployment and all its versions. @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN */
  remove: DeploymentClient["remove"];
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
    env: client.settings,
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
