import { fail } from "../../../base/index.ts";
import type { DeployResult, PackageSigner, Preview, UploadInput } from "../../../client/index.ts";
import type { CommandContext } from "../base-command.ts";
import type { OpenNetwork } from "../destination/network.ts";
import { commandErrors } from "../errors.ts";
import { stopwatch } from "../stopwatch.ts";
import { agreeToReads } from "./agree-reads.ts";
import type { BuildWish } from "./build-flags.ts";
import { type BegunPacking, type BuiltProject, buildProject } from "./build-project.ts";
import { sendPackage, type Wait } from "./deploy-sending.ts";
import { waitForAnswer, waitForEnd, waitForStart } from "./deploy-waiting.ts";
import { type DeployedProject, describeDeployed } from "./deployed-project.ts";
import { deploymentErrors } from "./deployment-errors.ts";

export interface DeployWish extends BuildWish {
  /** Packing that was begun before the network was opened. */
  readonly begun?: BegunPacking | undefined;
  /** The project as it was packed already: it is not packed again. */
  readonly packed?: BuiltProject | undefined;
  /** An earlier deployment of the same project told what is told once. */
  readonly isAgain?: boolean;
  /** Standard input of a script. */
  readonly stdin?: UploadInput | undefined;
  /** Deploys a version beside the current one, under a name of its own. */
  readonly preview?: Preview | undefined;
  /** Wait for the end of a script; what serves requests is always waited for. */
  readonly isWaiting?: boolean;
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
  public: {
    en: "A public package is read by validators and nodes: keep secrets out of it, or deploy it with --visibility private.",
    id: "Paket publik dibaca validator dan node: jangan sertakan rahasia, atau deploy dengan --visibility private.",
  },
  scheduleEnded: {
    en: "The schedule {name} had, {cron} ({timeZone}), has ended: this deploy names none. --schedule sets one.",
    id: "Jadwal {name} sebelumnya, {cron} ({timeZone}), berakhir: deploy ini tidak menyebut jadwal. --schedule menetapkannya.",
  },
} as const;

/**
 * Packs, signs, uploads and submits a project, and waits until its URL answered with the new version, or a script
 * ended. Each step is shown as it runs.
 *
 * @throws DSDN_PACKAGER_*, DSDN_CLIENT_*, DSDN_COMMANDS_DEPLOY_REFUSED, DSDN_COMMANDS_DEPLOY_FAILED,
 *   DSDN_COMMANDS_DEPLOY_NOT_ANSWERING, DSDN_COMMANDS_STDIN_UNUSED, DSDN_COMMANDS_READS_UNCONFIRMED
 */
export async function deployProject(
  context: CommandContext,
  network: OpenNetwork,
  wish: DeployWish,
): Promise<Deployment> {
  const { ui, signal, clock } = context;
  const { client } = network;
  // Opening the key may ask or announce something, which no running step may draw over.
  const signer = await client.deployments.packageSigner(signal);
  const watch = stopwatch(() => clock.monotonicMs());
  const { built, output, input, name, packMs } = await buildSigned(context, network, { ...wish, signer });
  // Packing may have begun before; it took as long as it took.
  const buildMs = Math.max(watch(), Math.round(packMs));
  if (built.spec.intent.visibility === "public" && wish.isAgain !== true) ui.remark(ui.say(texts.public));
  const isScript = built.spec.mode === "batch";
  const hasAddress = !isScript && built.spec.intent.visibility === "public";
  const { preview } = wish;
  if (preview !== undefined && !hasAddress) throw fail(deploymentErrors.previewUnseen, { name });
  const waitFor = isScript ? waitForEnd : hasAddress ? waitForAnswer : waitForStart;
  const wait: Wait = (workload, step, until) =>
    waitFor({ ...context, signal: until }, network)({ name, workload, preview: preview?.name }, step);
  const isAwaited = !isScript || wish.isWaiting === true;
  const sending = { name, spec: built.spec, input, preview, wait: isAwaited ? wait : undefined };
  const { deployed, answerStatus, uploadMs, scheduleMs, waitMs } = await sendPackage(context, client, sending);
  const [row, details] = await Promise.all([
    client.deployments.workload(deployed.workload, signal),
    client.deployments.get(name, signal),
  ]);
  if (deployed.schedule !== null && details.job === null) {
    const { cron, timeZone } = deployed.schedule;
    ui.remark(ui.say(texts.scheduleEnded, { name, cron, timeZone }));
  }
  const found = { built, name, output, preview: preview?.name ?? null, row, answerStatus, isUnchanged: false };
  const project = await describeDeployed(details, found);
  const durationsMs = { build: buildMs, upload: uploadMs, schedule: scheduleMs, wait: waitMs };
  return { project, upload: deployed.upload, durationsMs };
}

/** Builds and signs a package, asks what it may read, and stores the standard input of a batch. Errors as `deployProject`. */
export async function buildSigned(
  context: CommandContext,
  network: OpenNetwork,
  wish: DeployWish & { signer: PackageSigner },
) {
  const { client } = network;
  const { stdin, signer } = wish;
  const { signal } = context;
  const project = wish.packed ?? (await buildProject(context, wish, { begun: wish.begun }));
  const { built: packed, output, name, packMs } = project;
  if (stdin !== undefined && packed.spec.mode !== "batch") {
    throw fail(commandErrors.stdinUnused, { path: wish.path, kind: packed.detection.type });
  }
  await agreeToReads(context, network, { ...project, isApproved: wish.isApproved === true });
  const { readPackageFiles, signPackage } = await import("../../../packager/index.ts");
  const signed = await signPackage(packed, signer);
  const input = { files: await readPackageFiles([...packed.files, signed]) };
  if (stdin === undefined) return { built: packed, output, input, name, packMs };
  // The log takes an author's events in order, so the program's input need not be waited for.
  const isPublic = packed.spec.intent.visibility === "public";
  const { object } = await client.storage.upload(stdin, { isPublic, name: null, until: "durable", signal });
  return { built: { ...packed, spec: { ...packed.spec, input: object } }, output, input, name, packMs };
}
