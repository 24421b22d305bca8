import { fail } from "../../base/index.ts";
import type { Client } from "../../client/index.ts";
import { formatTime, type Say } from "../../ui/index.ts";
import { deploymentErrors } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

export type Job = Summary<"jobs show">["job"];
export type Run = Job["workloads"][number];

const texts = {
  none: { en: "no schedule", id: "tanpa jadwal" },
  never: { en: "never again", id: "tidak ada lagi" },
  queued: { en: "{time}, and one waits", id: "{time}, dan satu menunggu" },
} as const;

const ACTIVE: ReadonlySet<Run["status"]> = new Set(["submitted", "approved", "assigned", "running"]);

/** True for what runs once or by a schedule. */
export function isJob({ job, workloads }: Job): boolean {
  return job !== null || workloads[0]?.mode === "batch";
}

/** The job of this name. @throws DSDN_COMMANDS_NO_JOB, DSDN_CLIENT_DEPLOYMENT_UNKNOWN */
export async function getJob(client: Client, name: string, signal: AbortSignal): Promise<Job> {
  const job = await client.deployments.get(name, signal);
  if (!isJob(job)) throw fail(deploymentErrors.noJob, { name });
  return job;
}

/** Runs that have not ended, newest first. */
export function listActive({ workloads }: Job): readonly Run[] {
  return workloads.filter(({ status }) => ACTIVE.has(status));
}

/** The run of this number, the newest unless said. @throws DSDN_COMMANDS_RUN_UNKNOWN */
export function getRun({ name, workloads }: Job, number: number | undefined): Run {
  const run = number === undefined ? workloads[0] : workloads.find((one) => one.number === number);
  if (run !== undefined) return run;
  const known = workloads.map((one) => one.number);
  throw fail(deploymentErrors.runUnknown, { name, run: number ?? "-", known: known.slice(0, 20).join(", ") || "-" });
}

/** The pattern with its time zone. */
export function describeSchedule({ job }: Job, say: Say): string {
  return job === null ? say(texts.none) : `${job.cron} (${job.timeZone})`;
}

/** When the next run is due, in UTC. */
export function describeNext({ job }: Job, say: Say): string {
  if (job === null) return "-";
  const time = job.nextMs === null ? say(texts.never) : formatTime(job.nextMs);
  return job.isQueued ? say(texts.queued, { time }) : time;
}
