import { deploymentIdOf, findCron, type JobSchedule, jobRunIdOf, limits, nextDue } from "../../protocol/index.ts";
import type { Rule, RuleContext } from "../context.ts";
import type { JobRecord, WorkloadRecord } from "../entities.ts";
import { compareText } from "../votes.ts";
import { findHeld } from "./object-rules.ts";
import { authorise } from "./session-rules.ts";
import { isFinal } from "./workload-placing.ts";
import { end, forgetOldRuns, newWorkload, placeOrAsk } from "./workload-turns.ts";

/** A run that starts this late is still the one that was due: blocks take seconds, a slow layer minutes. */
const LATE_MS = 300_000;

/** The owner has a batch run by a schedule, instead of the schedule it had. Runs that go on are left alone. */
export const jobScheduled: Rule<"JobScheduled"> = (context, { author, body }) => {
  const { tables, nowMs } = context;
  const { session, reason } = authorise(context, author, "deploy");
  if (session === undefined) return reason;
  const owner = session.wallet;
  if (body.deployment !== deploymentIdOf(owner, body.name)) return "deployment-id";
  if (body.spec.mode !== "batch") return "workload-kind";
  if (!isStillHeld(context, { ...body, owner })) return "object-unknown";
  const nextMs = findNextMs(body.schedule, nowMs);
  if (nextMs === null) return "schedule-never";
  const isNew = tables.job.find(body.deployment) === undefined;
  if (isNew && tables.job.idsBy("owner", owner).size >= limits.schedulesPerOwner) return "schedule-limit";
  const known = tables.deployment.find(body.deployment);
  tables.deployment.put(body.deployment, {
    id: body.deployment,
    owner,
    name: body.name,
    createdMs: known?.createdMs ?? nowMs,
    removedMs: null,
    versions: known?.versions ?? 0,
    turns: known?.turns ?? 0,
    latest: known?.latest ?? null,
    current: known?.current ?? null,
    aliases: known?.aliases ?? [],
  });
  tables.job.put(body.deployment, {
    deployment: body.deployment,
    owner,
    package: body.package,
    spec: body.spec,
    schedule: body.schedule,
    scheduledMs: nowMs,
    nextMs,
    lastDueMs: null,
    queuedMs: null,
    skipped: 0,
  });
  return undefined;
};

/** The owner ends a schedule. Its runs, also one that goes on, are left alone. */
export const jobEnded: Rule<"JobEnded"> = (context, { author, body }) => {
  const { session, reason } = authorise(context, author, "deploy");
  if (session === undefined) return reason;
  const job = context.tables.job.find(body.deployment);
  if (job === undefined) return "deployment-unknown";
  if (job.owner !== session.wallet) return "not-owner";
  context.tables.job.remove(body.deployment);
  return undefined;
};

/**
 * Starts every run that is due by log time. Nobody has to announce it: each replica finds the same runs at the same
 * height, from the log's time and the schedule that lies on the log.
 */
export function startDueRuns(context: RuleContext): void {
  const { tables, nowMs } = context;
  const waiting = [...tables.job.values()].filter(
    ({ nextMs, queuedMs }) => queuedMs !== null || (nextMs !== null && nextMs <= nowMs),
  );
  // A run takes a node's room, so the order counts; that of the table is not the same on every replica.
  for (const job of waiting.sort((left, right) => compareText(left.deployment, right.deployment))) {
    advance(context, job);
  }
}

function advance(context: RuleContext, job: JobRecord): void {
  const { tables, nowMs } = context;
  let next = job;
  if (next.queuedMs !== null && listActive(context, job).length === 0) {
    start(context, job, next.queuedMs);
    next = { ...next, lastDueMs: next.queuedMs, queuedMs: null };
  }
  if (next.nextMs !== null && next.nextMs <= nowMs) next = takeDue(context, next, next.nextMs);
  if (next !== job) tables.job.put(job.deployment, next);
}

/** The one run that stands for everything that was due since the last look, by the job's rules. */
function takeDue(context: RuleContext, job: JobRecord, firstMs: number): JobRecord {
  const { nowMs } = context;
  const { schedule } = job;
  const dueMs = findRecent(schedule, firstMs, nowMs) ?? (schedule.missed === "run-once" ? firstMs : undefined);
  const next = { ...job, nextMs: findNextMs(schedule, nowMs) };
  if (dueMs === undefined) return { ...next, skipped: job.skipped + 1 };
  const active = listActive(context, job);
  if (active.length > 0 && schedule.overlap === "skip") return { ...next, skipped: job.skipped + 1 };
  if (active.length > 0 && schedule.overlap === "queue") {
    const isFull = job.queuedMs !== null;
    return isFull ? { ...next, skipped: job.skipped + 1 } : { ...next, queuedMs: dueMs };
  }
  for (const run of active) end(context, run, "cancelled");
  start(context, job, dueMs);
  return { ...next, lastDueMs: dueMs };
}

/** The last moment of the schedule that is not long past; undefined when all of them are. */
function findRecent(schedule: JobSchedule, firstMs: number, nowMs: number): number | undefined {
  let recent: number | undefined;
  let atMs = findNextMs(schedule, Math.max(firstMs - 1, nowMs - LATE_MS));
  while (atMs !== null && atMs <= nowMs) {
    recent = atMs;
    atMs = findNextMs(schedule, atMs);
  }
  return recent;
}

function findNextMs({ cron, offsets }: JobSchedule, afterMs: number): number | null {
  const pattern = findCron(cron);
  return (pattern === undefined ? undefined : nextDue(pattern, offsets, afterMs)) ?? null;
}

function listActive({ tables }: RuleContext, { deployment }: JobRecord): WorkloadRecord[] {
  return tables.workload.listBy("deployment", deployment).filter((run) => !isFinal(run));
}

function isStillHeld(
  context: RuleContext,
  { owner, package: object, spec }: Pick<JobRecord, "owner" | "package" | "spec">,
) {
  const isHeld = findHeld(context, object, owner) !== undefined;
  return isHeld && (spec.input === null || findHeld(context, spec.input, owner) !== undefined);
}

function start(context: RuleContext, job: JobRecord, dueMs: number): void {
  const { tables } = context;
  const deployment = tables.deployment.find(job.deployment);
  if (deployment === undefined) return;
  const id = jobRunIdOf(job.deployment, dueMs);
  const number = deployment.versions + 1;
  const turn = deployment.turns + 1;
  tables.deployment.put(job.deployment, { ...deployment, versions: number, turns: turn, latest: id });
  const run = newWorkload(context, {
    id,
    deployment: job.deployment,
    owner: job.owner,
    number,
    turn,
    preview: null,
    package: job.package,
    spec: job.spec,
  });
  if (isStillHeld(context, job)) placeOrAsk(context, run);
  else tables.workload.put(id, { ...run, status: "failed", reason: "its package or its input was removed" });
  forgetOldRuns(context, job.deployment);
}
