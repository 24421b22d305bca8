import * as z from "zod";
import { addressText, base64, cidText, id32 } from "./api-fields.ts";
import { route } from "./api-route.ts";
import { missedRules, overlapRules } from "./schedules.ts";

/** The part of an ingress's HTTP interface that is about deployments, their versions, runs and schedules. */

/** Why a node was not given a workload. */
const scheduleRules = ["not-active", "not-sealed-to", "failed-before"] as const;
export type ScheduleRule = (typeof scheduleRules)[number];

/** Why no node takes a workload: how many there are, how many could, and the rule against each of the others. */
const workloadPlacement = z.object({
  total: z.int(),
  suitable: z.int(),
  /** At most 1000. */
  refused: z.array(z.object({ node: id32, zone: z.string(), rule: z.enum(scheduleRules) })),
});
export type WorkloadPlacement = z.infer<typeof workloadPlacement>;

const workloadRow = z.object({
  workload: id32,
  deployment: id32,
  name: z.string(),
  owner: addressText,
  kind: z.string(),
  mode: z.enum(["service", "batch"]),
  /** What is private has no address. */
  visibility: z.enum(["private", "public"]),
  package: cidText,
  /** `held`: what a batch is from now on, and not a run. */
  status: z.enum([
    "submitted",
    "approved",
    "refused",
    "assigned",
    "running",
    "finished",
    "failed",
    "cancelled",
    "held",
  ]),
  reason: z.string(),
  node: id32.nullable(),
  zone: z.string().nullable(),
  output: cidText.nullable(),
  submittedMs: z.int(),
  /** 1 for the deployment's first version or run. */
  number: z.int(),
  /** Grows with each version that is to have the deployment's requests; 0 for a preview that never was. */
  turn: z.int(),
  /** The name a version was deployed under to be looked at first; null for any other. */
  preview: z.object({ name: z.string(), expiresMs: z.int().nullable() }).nullable(),
  attempts: z.int(),
  /** The only nodes that can open its keys and secrets; empty when any node may run it. */
  sealedTo: z.array(id32),
  /** While it is approved and waits for a node; null otherwise. */
  placement: workloadPlacement.nullable(),
});
export type WorkloadRow = z.infer<typeof workloadRow>;

/** The schedule by which a batch runs. Times are log time. */
const jobFacts = z.object({
  package: cidText,
  cron: z.string(),
  timeZone: z.string(),
  overlap: z.enum(overlapRules),
  missed: z.enum(missedRules),
  /** Until when the time zone's changes are known; later on its last offset holds. */
  knownUntilMs: z.int(),
  scheduledMs: z.int(),
  nextMs: z.int().nullable(),
  lastDueMs: z.int().nullable(),
  /** A run was due and waits for the one before to end. */
  isQueued: z.boolean(),
  skipped: z.int(),
});
export type JobFacts = z.infer<typeof jobFacts>;

const deploymentDetails = z.object({
  deployment: id32,
  name: z.string(),
  owner: addressText,
  label: z.string(),
  /** `http://<label>.localhost:<port>` and the path-style fallback `http://127.0.0.1:<port>/d/<label>/`. */
  url: z.string(),
  fallbackUrl: z.string(),
  isRemoved: z.boolean(),
  /** The version last wanted; `current` once it answers. */
  latest: id32.nullable(),
  current: id32.nullable(),
  /** Further names of its versions, answered at `<name>--<label>`; null follows the current version. */
  aliases: z.array(z.object({ name: z.string(), workload: id32.nullable() })),
  /** Host names of its own; `addedMs` and `verifiedMs` are log time. */
  domains: z.array(z.object({ domain: z.string(), addedMs: z.int(), verifiedMs: z.int().nullable() })),
  workloads: z.array(workloadRow),
  /** Null for what runs by no schedule. */
  job: jobFacts.nullable(),
});
export type DeploymentDetails = z.infer<typeof deploymentDetails>;

export const deploymentApi = {
  deployment: route({
    method: "GET",
    path: "/v1/deployments/{deployment}",
    about: "One deployment with its versions, newest first.",
    details: deploymentDetails,
  }),
  ownerDeployments: route({
    method: "GET",
    path: "/v1/owners/{address}/deployments",
    about: "A wallet's deployments.",
    details: z.object({ deployments: z.array(deploymentDetails) }),
  }),
  workload: route({
    method: "GET",
    path: "/v1/workloads/{workload}",
    about: "One run or version; with `waitMs` as soon as its status is another than `seen`.",
    query: ["seen", "waitMs"],
    details: workloadRow,
  }),
  jobSpec: route({
    method: "GET",
    path: "/v1/deployments/{deployment}/job",
    about: "What a schedule runs and when, as its owner submitted it, in canonical bytes.",
    details: z.object({ deployment: id32, package: cidText, spec: base64, schedule: base64 }),
  }),
  workloadSpec: route({
    method: "GET",
    path: "/v1/workloads/{workload}/spec",
    about: "The spec of a run or version as its owner submitted it, in canonical bytes.",
    details: z.object({ workload: id32, deployment: id32, package: cidText, spec: base64 }),
  }),
} as const;

/** One line of a workload's log. */
export interface WorkloadLogLine {
  readonly timeMs: number;
  readonly stream: "stdout" | "stderr" | "system";
  readonly requestId: string;
  readonly text: string;
}
