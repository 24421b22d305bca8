import { basename, resolve } from "node:path";
import { escapeForTerminal, fail, systemFileTree } from "../../base/index.ts";
import type { DeployResult, PackageSigner, UploadInput, UploadProgress } from "../../client/index.ts";
import type { BuiltPackage } from "../../packager/index.ts";
import type { CommandContext } from "./base-command.ts";
import { waitForAnswer, waitForEnd } from "./deploy-waiting.ts";
import { commandErrors } from "./errors.ts";
import type { OpenNetwork } from "./network.ts";

export interface DeployWish {
  /** As the user typed it. */
  readonly path: string;
  readonly name?: string | undefined;
  readonly priority?: "low" | "normal" | "high" | undefined;
  /** Standard input of a script. */
  readonly stdin?: UploadInput | undefined;
  /** Wait for the end of a script; what serves requests is always waited for. */
  readonly isWaiting?: boolean;
}

/** A deployment as far as it was waited for. */
export interface DeployedProject {
  readonly name: string;
  readonly kind: string;
  readonly mode: "service" | "batch";
  readonly deployment: string;
  readonly workload: string;
  /** Counts the versions or runs of the deployment from 1. */
  readonly version: number;
  readonly status: string;
  /** Null for a script: it answers no requests. */
  readonly url: string | null;
  readonly fallbackUrl: string | null;
  readonly package: string;
  readonly files: number;
  readonly sizeBytes: number;
  readonly skipped: BuiltPackage["skipped"];
  /** Of a script that was waited for. */
  readonly run: { readonly exitCode: number; readonly output: string | null } | null;
}

export interface Deployment {
  readonly project: DeployedProject;
  readonly upload: DeployResult["upload"];
  /** From the start of each step to its end. */
  readonly durationsMs: {
    readonly build: number;
    readonly upload: number;
    readonly schedule: number;
    readonly wait: number;
  };
}

const texts = {
  building: { en: "Building artifact", id: "Membangun artefak" },
  uploading: { en: "Uploading to DSDN", id: "Mengunggah ke DSDN" },
  scheduling: { en: "Scheduling workload", id: "Menjadwalkan beban kerja" },
  waiting: { en: "Waiting for nodes", id: "Menunggu node" },
  onItsWay: {
    en: "the data-availability log has not taken the submission yet",
    id: "log ketersediaan data belum menerima kirimannya",
  },
} as const;

const PUBLISH_TIMEOUT_MS = 300_000;

/**
 * Packs, signs, uploads and submits a project, and waits until its URL answered with the new version, or a script
 * ended. Each step is shown as it runs.
 *
 * @throws DSDN_PACKAGER_*, DSDN_CLIENT_*, DSDN_COMMANDS_DEPLOY_REFUSED, DSDN_COMMANDS_DEPLOY_FAILED,
 *   DSDN_COMMANDS_DEPLOY_NOT_ANSWERING, DSDN_COMMANDS_STDIN_UNUSED
 */
export async function deployProject(
  context: CommandContext,
  network: OpenNetwork,
  wish: DeployWish,
): Promise<Deployment> {
  const { ui, signal, clock } = context;
  const { client } = network;
  const path = resolve(ui.terminal.folder, wish.path);
  const name = wish.name ?? nameOf(path);
  // Opening the key may ask or announce something, which no running step may draw over.
  const signer = await client.deployments.packageSigner(signal);
  const watch = stopwatch(() => clock.monotonicMs());
  const { built, input } = await ui.progress.run(ui.say(texts.building), () =>
    build(context, network, { ...wish, path, signer }),
  );
  const buildMs = watch();
  const { deployed, uploadMs, scheduleMs } = await send(context, client, { name, spec: built.spec, input });
  watch();
  const target = { name, workload: deployed.workload };
  const isScript = built.spec.mode === "batch";
  const wait = (isScript ? waitForEnd : waitForAnswer)(context, network);
  if (!isScript || wish.isWaiting === true) await ui.progress.run(ui.say(texts.waiting), (step) => wait(target, step));
  const row = await client.deployments.workload(deployed.workload, signal);
  const details = await client.deployments.get(name, signal);
  const hasEnded = row.status === "finished";
  const project: DeployedProject = {
    name,
    kind: built.spec.kind,
    mode: built.spec.mode,
    deployment: deployed.deployment,
    workload: deployed.workload,
    version: row.number,
    status: row.status,
    url: isScript ? null : details.url,
    fallbackUrl: isScript ? null : details.fallbackUrl,
    package: deployed.package,
    files: built.files.length + 1,
    sizeBytes: deployed.upload.sizeBytes,
    skipped: built.skipped,
    run: hasEnded ? { exitCode: exitCodeOf(row.reason), output: row.output } : null,
  };
  const durationsMs = { build: buildMs, upload: uploadMs, schedule: scheduleMs, wait: watch() };
  return { project, upload: deployed.upload, durationsMs };
}

/** Uploads and submits the package; two steps for the user, one request for the network. */
async function send(
  { ui, clock, signal }: CommandContext,
  client: OpenNetwork["client"],
  { name, spec, input }: { name: string; spec: BuiltPackage["spec"]; input: UploadInput },
) {
  const watch = stopwatch(() => clock.monotonicMs());
  const durable = Promise.withResolvers<void>();
  let show: (progress: UploadProgress) => void = () => {};
  const deploying = client.deployments.deploy(input, {
    name,
    spec,
    signal,
    publishTimeoutMs: PUBLISH_TIMEOUT_MS,
    onProgress: (progress) => show(progress),
    onStage: (stage) => {
      if (stage === "durable") durable.resolve();
    },
  });
  await ui.progress.run(ui.say(texts.uploading), (step) => {
    show = ({ doneBytes, totalBytes }) => step.update(doneBytes, totalBytes);
    return Promise.race([durable.promise, deploying]);
  });
  show = () => {};
  const uploadMs = watch();
  const deployed = await ui.progress.run(ui.say(texts.scheduling), () => deploying);
  if (deployed.upload.stage !== "published") {
    const state = ui.say(texts.onItsWay);
    throw fail(commandErrors.deployNotAnswering, { name, seconds: PUBLISH_TIMEOUT_MS / 1000, state });
  }
  return { deployed, uploadMs, scheduleMs: watch() };
}

async function build(context: CommandContext, { client }: OpenNetwork, wish: DeployWish & { signer: PackageSigner }) {
  const { packProject, readPackageFiles, signPackage } = await import("../../packager/index.ts");
  const { path, priority, stdin, signer } = wish;
  const { signal } = context;
  const packed = await packProject(
    { path, ...(priority === undefined ? {} : { priority }) },
    { tree: systemFileTree() },
  );
  if (stdin !== undefined && packed.spec.mode !== "batch") {
    throw fail(commandErrors.stdinUnused, { path, kind: packed.detection.type });
  }
  const signed = await signPackage(packed, signer);
  const input = { files: await readPackageFiles([...packed.files, signed]) };
  if (stdin === undefined) return { built: packed, input };
  const { compileIntent } = await import("../../intent/index.ts");
  // The log takes an author's events in order, so the program's input need not be waited for.
  const { object } = await client.storage.upload(stdin, { isPublic: true, name: null, until: "durable", signal });
  return { built: { ...packed, spec: compileIntent(packed.spec.intent, { input: object }) }, input };
}

/** The name of a folder or script as a name the network keeps. */
function nameOf(path: string): string {
  const base = basename(path).replace(SCRIPT, "").normalize("NFC");
  const visible = [...base].map((character) => (isPlain(character) ? character : "-")).join("");
  return cutToBytes(visible.replace(/^[-.\s]+|\s+$/gu, ""), NAME_BYTES) || "app";
}

const SCRIPT = /\.(?:ts|mts|js|mjs)$/;
const NAME_BYTES = 200;

function isPlain(character: string): boolean {
  return escapeForTerminal(character) === character && !/[/\\\ufffd]/u.test(character);
}

function cutToBytes(text: string, bytes: number): string {
  let cut = text;
  while (Buffer.byteLength(cut) > bytes) cut = [...cut].slice(0, -1).join("");
  return cut;
}

/** A node words the exit code of a program that failed as its reason; an empty reason is success. */
function exitCodeOf(reason: string): number {
  return Number(/^exit code (\d{1,10})$/.exec(reason)?.[1] ?? 0);
}

function stopwatch(nowMs: () => number): () => number {
  let sinceMs = nowMs();
  return () => {
    const tookMs = nowMs() - sinceMs;
    sinceMs += tookMs;
    return Math.round(tookMs);
  };
}
