import * as z from "zod";
import { limits } from "./limits.ts";
import { linkApi } from "./link-api.ts";
import { overviewApi } from "./overview-api.ts";
import { missedRules, overlapRules } from "./schedules.ts";
import { sessionApi } from "./session-api.ts";

/** The HTTP interface of an ingress, as data: it validates requests, types the client and becomes OpenAPI 3.1. */

/** Why a node was not given a workload. */
export const scheduleRules = ["not-active", "not-sealed-to", "failed-before"] as const;
export type ScheduleRule = (typeof scheduleRules)[number];

const id32 = z.string().regex(/^[0-9a-f]{64}$/);
const addressText = z.string().regex(/^[0-9a-f]{40}$/);
const cidText = z.string().regex(/^baf[a-z2-7]{50,70}$/);
const base64 = z.string().max(24 * 1024 * 1024);
const height = z.int().min(0);

const position = z.object({ height, blob: z.int().min(0), event: z.int().min(0) });

const chunkRefJson = z.object({ id: cidText, size: z.int().min(1), merkleRoot: id32 });

export const objectDetails = z.object({
  object: cidText,
  owner: addressText,
  sizeBytes: z.int(),
  isPublic: z.boolean(),
  status: z.enum(["durable", "published", "deleted", "expired"]),
  createdMs: z.int(),
  expiresMs: z.int().nullable(),
  position: position.nullable(),
  manifest: chunkRefJson,
  chunks: z.array(chunkRefJson),
  /** Fewest replicas and fewest zones over all chunks, by the log. */
  replicas: z.int(),
  zones: z.int(),
});
export type ObjectDetails = z.infer<typeof objectDetails>;

const objectRow = objectDetails.omit({ manifest: true, chunks: true }).extend({ chunkCount: z.int() });
export type ObjectRow = z.infer<typeof objectRow>;

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

const nodeRow = z.object({
  node: id32,
  peerId: z.string(),
  operator: addressText,
  class: z.enum(["regular", "datacentre"]),
  zone: z.string(),
  status: z.string(),
  capacityBytes: z.int(),
  httpUrl: z.string(),
  grpcUrl: z.string(),
  replicas: z.int(),
  workloads: z.int(),
});
export type NodeRow = z.infer<typeof nodeRow>;

const eventOutcome = z.object({
  author: id32,
  sequence: z.int(),
  status: z.enum(["unknown", "pending", "accepted", "rejected"]),
  reason: z.string().nullable(),
  /** SHA-256 of signature || event: whose author used a number twice sees which event got it. */
  event: id32.nullable().optional(),
  position: position.nullable(),
  logTimeMs: z.int().nullable(),
  /** Base64 commitment of the blob that carried it. */
  blobCommitment: z.string().nullable(),
  stateRoot: id32.nullable(),
});
export type EventOutcome = z.infer<typeof eventOutcome>;

export interface ApiRoute<D extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  readonly method: "GET" | "PUT" | "POST";
  readonly path: string;
  /** What it returns, for OpenAPI. */
  readonly about: string;
  readonly query?: readonly string[];
  /** JSON body. A route without one that is not GET takes raw bytes. */
  readonly body?: B;
  readonly details: D;
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number;
}

function route<D extends z.ZodType, B extends z.ZodType = z.ZodType>(spec: ApiRoute<D, B>): ApiRoute<D, B> {
  return spec;
}

const events = z.object({ events: z.array(base64).min(1).max(1000) });

export const ingressApi = {
  ...linkApi,
  ...sessionApi,
  ...overviewApi,
  network: route({
    method: "GET",
    path: "/v1/network",
    about: "The network this ingress serves: genesis, height, log time and state root.",
    details: z.object({
      network: id32,
      name: z.string(),
      stage: z.string(),
      genesis: base64,
      height,
      logTimeMs: z.int(),
      stateRoot: id32,
      chainRpcUrl: z.string().nullable(),
      siteDomain: z.string(),
      /** Where whoever writes has to sign in by OpenID Connect; null or absent when nobody has to. */
      signIn: z.object({ issuer: z.string(), clientId: z.string() }).nullable().optional(),
    }),
  }),
  status: route({
    method: "GET",
    path: "/v1/status",
    about: "Health of the network as this ingress sees it.",
    details: z.object({
      height,
      logTimeMs: z.int(),
      stateRoot: id32,
      dataAvailability: z.object({
        isConnected: z.boolean(),
        lastHeight: height,
        latencyMs: z.number(),
        lagMs: z.number(),
      }),
      nodes: z.object({ active: z.int(), total: z.int() }),
      zones: z.int(),
      objects: z.int(),
      deployments: z.int(),
    }),
  }),
  nodes: route({
    method: "GET",
    path: "/v1/nodes",
    about: "Every registered node.",
    details: z.object({ nodes: z.array(nodeRow) }),
  }),
  stateRoot: route({
    method: "GET",
    path: "/v1/state/root",
    about: "State root at a height (query `height`, default the newest).",
    query: ["height"],
    details: z.object({ height, stateRoot: id32 }),
  }),
  stateLeaf: route({
    method: "GET",
    path: "/v1/state/leaf",
    about: "One leaf of the state (query `path`) with its inclusion or exclusion proof.",
    query: ["path"],
    details: z.object({ height, stateRoot: id32, path: z.string(), value: base64.nullable(), proof: base64 }),
  }),
  heightProof: route({
    method: "GET",
    path: "/v1/da/proof/{height}",
    about:
      "The network's blobs at a height of the data-availability layer with their proof against the block's data root.",
    details: z.object({ height, namespace: z.string().regex(/^[0-9a-f]{58}$/), record: base64 }),
  }),
  author: route({
    method: "GET",
    path: "/v1/authors/{key}",
    about: "The next sequence of an author, on the log and with what is on its way.",
    details: z.object({ author: id32, nextSequence: z.int(), pendingSequence: z.int(), isKnown: z.boolean() }),
  }),
  owner: route({
    method: "GET",
    path: "/v1/owners/{address}",
    about: "What the log says of a wallet: next grant nonce, bytes used and allowed.",
    details: z.object({ owner: addressText, nextGrantNonce: z.int(), usedBytes: z.int(), quotaBytes: z.int() }),
  }),
  submitEvents: route({
    method: "POST",
    path: "/v1/events",
    about: "Takes signed events to the log; answers when a poster keeps them durably.",
    body: events,
    details: z.object({ accepted: z.int() }),
    maxBodyBytes: 8 * 1024 * 1024,
  }),
  eventOutcome: route({
    method: "GET",
    path: "/v1/events/{author}/{sequence}",
    about: "What became of an event; waits up to `waitMs` for the log.",
    query: ["waitMs"],
    details: eventOutcome,
  }),
  putChunk: route({
    method: "PUT",
    path: "/v1/chunks",
    about: "Stores the body as a chunk under the lease in `dsdn-lease` (base64); answers once two zones acknowledged.",
    details: z.object({ chunk: cidText, acks: z.array(base64) }),
    maxBodyBytes: 64 * 1024 * 1024,
  }),
  findChunks: route({
    method: "POST",
    path: "/v1/chunks/find",
    about: "Which of these chunks are already stored in two zones.",
    body: z.object({ chunks: z.array(cidText).max(limits.chunksPerObject) }),
    details: z.object({ present: z.array(cidText) }),
    maxBodyBytes: 4 * 1024 * 1024,
  }),
  publishObject: route({
    method: "POST",
    path: "/v1/objects",
    about:
      "Stores the manifest with the publish request (a signed ObjectPublished event) and takes the events to the log.",
    body: z.object({
      manifest: base64,
      /** Base64 lease. */
      lease: base64,
      /** Events that must come first (a session grant), base64. */
      before: z.array(base64).max(8),
      publishRequest: base64,
      /** Events that follow it (a pointer update, a workload), base64. */
      after: z.array(base64).max(64),
    }),
    details: z.object({ object: cidText, acks: z.array(base64) }),
    maxBodyBytes: 24 * 1024 * 1024,
  }),
  object: route({ method: "GET", path: "/v1/objects/{object}", about: "One object.", details: objectDetails }),
  ownerObjects: route({
    method: "GET",
    path: "/v1/owners/{address}/objects",
    about: "A wallet's objects by id (query `after`, `limit` at most 1000).",
    query: ["after", "limit"],
    details: z.object({ objects: z.array(objectRow), next: cidText.nullable() }),
  }),
  pointer: route({
    method: "GET",
    path: "/v1/pointers/{pointer}",
    about: "Where a mutable name points; `root` is null when it was never set.",
    details: z.object({ pointer: id32, sequence: z.int(), root: cidText.nullable(), owner: addressText.nullable() }),
  }),
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

export type IngressApi = typeof ingressApi;
export type ApiDetails<R extends keyof IngressApi> = z.output<IngressApi[R]["details"]>;

/** Every JSON answer: a line for people, the facts, and the trace that lets others check them. */
export interface ApiAnswer<D> {
  readonly summary: string;
  readonly details: D;
  readonly audit: Readonly<Record<string, unknown>>;
}

/** One line of a workload's log. */
export interface WorkloadLogLine {
  readonly timeMs: number;
  readonly stream: "stdout" | "stderr" | "system";
  readonly requestId: string;
  readonly text: string;
}

/** The header that carries a base64 upload lease. */
export const LEASE_HEADER = "dsdn-lease";
/** The header that carries, in base64, the request of a workload's owner to read its log. */
export const LOG_REQUEST_HEADER = "dsdn-log-request";
/** Marks an answer that a running workload gave, with its id: a new version is told from the old one by it. */
export const WORKLOAD_HEADER = "dsdn-workload";
/** Marks, with an error code, answers that come from the gateway itself and not from the deployment. */
export const GATEWAY_HEADER = "dsdn-gateway";
