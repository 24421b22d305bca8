import { resolve } from "node:path";
import { type Clock, fail, systemFileTree } from "../base/index.ts";
import {
  type DeployResult,
  exitCodeOf,
  type Client as NetworkClient,
  type Preview,
  type SettingsChange,
  type UploadInput,
  type UploadOptions,
} from "../client/index.ts";
import type { ProjectFile, ProjectFlags } from "../intent/index.ts";
import type { BuiltPackage, PreparedProject, SkippedEntry } from "../packager/index.ts";
import { streamOf } from "./bytes.ts";
import { programEnvironment } from "./environment.ts";
import { libraryErrors } from "./errors.ts";
import { waitUntilThere } from "./wait-until-there.ts";
import type { Stages } from "./work.ts";

/** What a deployment does one after the other. */
export type DeployStep = "building" | "sending" | "scheduling" | "starting";

/** A project and what is wished of it. What is said here stands above the project's `dsdn.yaml`. */
export interface DeployIntent extends ProjectFlags {
  /** The project's folder, or the file of a program. */
  readonly path: string;
  /** Changes of the environment; the rest is carried on from the version before. */
  readonly change?: SettingsChange | undefined;
  /** Run the project's own build always or never; unsaid, when its output is missing or older than its sources. */
  readonly build?: "always" | "never" | undefined;
  /** Lets the project's own build run. It can do everything this program can. */
  readonly allowBuild?: boolean | undefined;
  /** Lets the program, and the nodes that run it, read private objects that its `dsdn.yaml` names for the first time. */
  readonly allowReads?: boolean | undefined;
  /** Standard input of a batch, stored as its package is. */
  readonly stdin?: Uint8Array | UploadInput | undefined;
  /** Makes the version a preview beside the current one. */
  readonly preview?: Preview | undefined;
  /** What is waited for: `ready` unless said; `scheduled` when the log has taken it. */
  readonly until?: "scheduled" | "ready" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A deployment as far as it was waited for. */
export interface Deployed {
  readonly name: string;
  readonly deployment: string;
  /** The version or run; null for a batch that runs by a schedule. */
  readonly workload: string | null;
  readonly package: string;
  readonly kind: string;
  readonly mode: "service" | "batch";
  /** Null for a batch and for what is private: they answer no requests. */
  readonly url: string | null;
  /** Below the address of the ingress, for where the name of `url` does not resolve. */
  readonly fallbackUrl: string | null;
  /** Of a batch that has ended; null otherwise. */
  readonly exitCode: number | null;
  /** The object with what a batch wrote; null when it wrote nothing or has not ended. */
  readonly output: string | null;
  /** What was left out of the package, and why. */
  readonly skipped: readonly SkippedEntry[];
}

export interface DeployDeps {
  readonly client: NetworkClient;
  readonly ingressUrl: string;
  readonly clock: Clock;
}

const FIELDS: { readonly [Field in keyof Required<DeployIntent>]: true } = {
  ...{ path: true, name: true, type: true, priority: true, visibility: true, entry: true, site: true },
  ...{ args: true, schedule: true, change: true, build: true, allowBuild: true, allowReads: true },
  ...{ stdin: true, preview: true, until: true, signal: true },
};

/** Programs without types get here what the compiler tells others. */
async function check(intent: DeployIntent): Promise<void> {
  const { checkFlags, intentErrors } = await import("../intent/index.ts");
  const { path } = intent;
  if (typeof path !== "string" || path === "") {
    const facts = { place: "intent", field: "path", given: typeof path, expected: "my-app | app.js" };
    throw fail(intentErrors.valueInvalid, facts);
  }
  checkFlags(intent, Object.keys(FIELDS));
}

/** Errors as `Compute.deploy`. */
export async function deploy(deps: DeployDeps, intent: DeployIntent, stages: Stages<DeployStep>): Promise<Deployed> {
  const { client } = deps;
  await check(intent);
  const { signal, preview, change } = intent;
  stages.enter("building");
  const { built, name, schedule } = await pack(deps, intent);
  if (intent.allowReads !== true) {
    // Whoever wrote the project can name any object: its id stands on the log.
    const asked = await client.deployments.findNewReads(name, built.spec.grants.objects, signal);
    if (asked.length > 0) throw fail(libraryErrors.readsNotAllowed, { name, objects: asked.join(", ") });
  }
  const files = await sign(client, built, signal);
  stages.enter("sending");
  const spec = await withInput(client, built.spec, intent);
  const sending = { name, spec, ...defined({ change, signal }), ...reportTo(stages) };
  const unanswered = { url: null, fallbackUrl: null, exitCode: null, output: null };
  const facts = { name, kind: spec.kind, mode: spec.mode, skipped: built.skipped, ...unanswered };
  if (schedule !== undefined) {
    if (spec.mode !== "batch") {
      throw fail(libraryErrors.scheduleUnused, { path: intent.path, type: spec.intent.type });
    }
    const sent = await client.deployments.schedule(files, { ...sending, schedule });
    return { ...facts, deployment: sent.deployment, package: sent.package, workload: null };
  }
  const sent = await client.deployments.deploy(files, { ...sending, ...defined({ preview }) });
  const done = { ...facts, deployment: sent.deployment, package: sent.package, workload: sent.workload };
  if (intent.until === "scheduled") return done;
  stages.enter("starting");
  return { ...done, ...(await end(deps, { name, sent, preview, spec, signal })) };
}

async function end(
  deps: DeployDeps,
  facts: {
    readonly name: string;
    readonly sent: DeployResult;
    readonly preview: Preview | undefined;
    readonly spec: BuiltPackage["spec"];
    readonly signal: AbortSignal | undefined;
  },
): Promise<Pick<Deployed, "url" | "fallbackUrl" | "exitCode" | "output">> {
  const { name, sent, preview, spec, signal } = facts;
  const isService = spec.mode === "service";
  const hasAddress = isService && spec.intent.visibility === "public";
  const wanted = hasAddress ? "answering" : isService ? "running" : "finished";
  const target = { name, workload: sent.workload, preview: preview?.name, wanted } as const;
  const { row, url, fallbackUrl } = await waitUntilThere(deps, target, signal);
  const exitCode = row.status === "finished" ? exitCodeOf(row.reason) : null;
  return { url, fallbackUrl, exitCode, output: row.output };
}

function reportTo(stages: Stages<DeployStep>): Pick<UploadOptions, "onProgress"> & {
  readonly onStage: (stage: "accepted" | "durable" | "published") => void;
} {
  return {
    onProgress: ({ phase, doneBytes, totalBytes }) => {
      if (phase !== "publishing") stages.update(doneBytes, totalBytes);
    },
    onStage: (stage) => {
      if (stage === "durable") stages.enter("scheduling");
    },
  };
}

async function pack({ client, clock }: DeployDeps, intent: DeployIntent) {
  const path = resolve(intent.path);
  const { compileSchedule, nameOf, pickSaid } = await import("../intent/index.ts");
  const { findProjectFile, packProject } = await import("../packager/index.ts");
  const said = { flags: intent, file: await findProjectFile(path, systemFileTree()) };
  const detection = await prepare(path, { intent, file: said.file, clock });
  const built = await packProject({ path, detection, said }, { tree: systemFileTree() });
  const wish = pickSaid("schedule", intent.schedule, said.file.schedule);
  // The network counts by log time, and so do the changes of a time zone that are written out.
  const schedule =
    wish && compileSchedule({ value: wish.value, place: wish.source }, (await client.status(intent.signal)).logTimeMs);
  return { built, schedule, name: intent.name ?? said.file.name?.value ?? nameOf(path) };
}

async function prepare(
  path: string,
  { intent, file, clock }: { readonly intent: DeployIntent; readonly file: ProjectFile; readonly clock: Clock },
): Promise<PreparedProject["detection"]> {
  const { prepareProject, runBuild } = await import("../packager/index.ts");
  const tree = systemFileTree();
  const choice = {
    type: intent.type ?? file.type?.value,
    entry: intent.entry ?? file.entry?.value,
    site: intent.site ?? file.site?.value,
  };
  const { detection } = await prepareProject(
    { path, build: intent.build, choice },
    {
      tree,
      approve: async ({ build }) => {
        if (intent.allowBuild === true || build === null) return true;
        throw fail(libraryErrors.buildNotAllowed, { path, command: build.command.argv.join(" ") });
      },
      run: async ({ build }) => {
        const signal = intent.signal ?? new AbortController().signal;
        if (build !== null) await runBuild(build.command, { env: programEnvironment(), signal }, { clock, tree });
      },
    },
  );
  return detection;
}

async function sign(client: NetworkClient, built: BuiltPackage, signal: AbortSignal | undefined): Promise<UploadInput> {
  const { readPackageFiles, signPackage } = await import("../packager/index.ts");
  const signed = await signPackage(built, await client.deployments.packageSigner(signal));
  return { files: await readPackageFiles([...built.files, signed]) };
}

/** The spec with the object that is the batch's standard input; the log takes an author's events in order. */
async function withInput(
  client: NetworkClient,
  spec: BuiltPackage["spec"],
  { stdin, signal }: DeployIntent,
): Promise<BuiltPackage["spec"]> {
  if (stdin === undefined) return spec;
  const isPublic = spec.intent.visibility === "public";
  const options = { isPublic, name: null, until: "durable", ...defined({ signal }) } as const;
  const input =
    stdin instanceof Uint8Array || typeof stdin !== "object"
      ? { stream: streamOf(stdin, "stdin"), fileName: "stdin" }
      : stdin;
  const { object } = await client.storage.upload(input, options);
  return { ...spec, input: object };
}

/** The fields that have a value. */
function defined<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}
