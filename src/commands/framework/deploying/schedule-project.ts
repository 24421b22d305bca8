import { resolve } from "node:path";
import { fail } from "../../../base/index.ts";
import type { CommandContext } from "../base-command.ts";
import type { OpenNetwork } from "../destination/network.ts";
import type { BuildWish } from "./build-flags.ts";
import { buildSigned, type DeployWish } from "./deploy-project.ts";
import { deploymentErrors } from "./deployment-errors.ts";
import { readSaidIntent } from "./project-intent.ts";

/** A batch that runs by a schedule from now on. */
export interface ScheduledProject {
  readonly name: string;
  readonly deployment: string;
  readonly package: string;
  readonly visibility: "private" | "public";
  readonly cron: string;
  readonly timeZone: string;
  /** Log time of the first run. */
  readonly nextMs: number | null;
}

const texts = {
  uploading: { en: "Uploading to DSDN", id: "Mengunggah ke DSDN" },
} as const;

/** The schedule a flag or the project's file wishes for; undefined when neither does. */
export async function findSchedule({ ui }: CommandContext, wish: BuildWish) {
  const { flags, file } = await readSaidIntent(resolve(ui.terminal.folder, wish.path), wish);
  const { pickSaid } = await import("../../../intent/index.ts");
  return pickSaid("schedule", flags.schedule, file.schedule);
}

/**
 * Packs, signs and uploads a batch and puts its schedule on the log.
 *
 * @throws DSDN_PACKAGER_*, DSDN_INTENT_*, DSDN_CLIENT_*, DSDN_COMMANDS_SCHEDULE_UNUSED, DSDN_COMMANDS_SCHEDULE_NOT_TAKEN
 */
export async function scheduleProject(
  context: CommandContext,
  network: OpenNetwork,
  { wish, said }: { readonly wish: DeployWish; readonly said: NonNullable<Awaited<ReturnType<typeof findSchedule>>> },
): Promise<ScheduledProject> {
  const { ui, signal } = context;
  const { client } = network;
  const { compileSchedule } = await import("../../../intent/index.ts");
  // The network counts by log time, and so do the time zone's changes that are written out.
  const { logTimeMs } = await client.status(signal);
  const schedule = compileSchedule({ value: said.value, place: said.source }, logTimeMs);
  const signer = await client.deployments.packageSigner(signal);
  const { built, input, name } = await buildSigned(context, network, { ...wish, signer });
  const { spec } = built;
  if (spec.mode !== "batch") throw fail(deploymentErrors.scheduleUnused, { path: wish.path, type: spec.intent.type });
  const sent = await ui.progress.run(ui.say(texts.uploading), (step) =>
    client.deployments.schedule(input, {
      name,
      spec,
      schedule,
      signal,
      onProgress: ({ doneBytes, totalBytes }) => step.update(doneBytes, totalBytes),
    }),
  );
  const { job } = await client.deployments.get(name, signal).catch(() => ({ job: null }));
  if (job?.package !== sent.package) throw fail(deploymentErrors.scheduleNotTaken, { name });
  const { cron, timeZone, nextMs } = job;
  const { visibility } = spec.intent;
  return { name, deployment: sent.deployment, package: sent.package, visibility, cron, timeZone, nextMs };
}
