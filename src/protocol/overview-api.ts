import * as z from "zod";
import { addressText, cidText, height, id32 } from "./api-fields.ts";

/** The part of an ingress's HTTP interface that shows the network as a whole: what its dashboard is drawn from. */

/** What an event of the log is about. */
const eventSubjects = ["node", "object", "deployment", "workload", "wallet", "key"] as const;

const loggedEvent = z.object({
  kind: z.string(),
  author: id32,
  sequence: z.int(),
  isAccepted: z.boolean(),
  /** Why it changed nothing; null when it was accepted. */
  reason: z.string().nullable(),
  /** The fields below are null where they do not apply, and while the log itself cannot be read. */
  subject: z.object({ kind: z.enum(eventSubjects), id: z.string() }).nullable(),
  /** Of the deployment it is about. */
  name: z.string().nullable(),
  /** What a workload's node says of it. */
  status: z.string().nullable(),
  /** Chunks, or the number of a batch of the chain. */
  count: z.int().nullable(),
  sizeBytes: z.int().nullable(),
});
export type LoggedEvent = z.infer<typeof loggedEvent>;

const loggedHeight = z.object({
  height,
  /** Log time. */
  timeMs: z.int(),
  /** After the height. */
  stateRoot: id32,
  /** The first 50. */
  events: z.array(loggedEvent),
  eventCount: z.int(),
  /** Blobs and events that were dropped without a trace: strangers', forged, repeated. */
  ignored: z.int(),
});
export type LoggedHeight = z.infer<typeof loggedHeight>;

const newestObject = z.object({
  object: cidText,
  owner: addressText,
  sizeBytes: z.int(),
  isPublic: z.boolean(),
  publishedMs: z.int(),
  expiresMs: z.int().nullable(),
  chunkCount: z.int(),
  /** Fewest replicas and fewest zones over all chunks, by the log. */
  replicas: z.int(),
  zones: z.int(),
});
export type NewestObject = z.infer<typeof newestObject>;

const newestDeployment = z.object({
  deployment: id32,
  name: z.string(),
  owner: addressText,
  createdMs: z.int(),
  versions: z.int(),
  /** Null for what is private and for what runs and ends. */
  url: z.string().nullable(),
  domains: z.array(z.string()),
  isScheduled: z.boolean(),
  /** The version that answers, or was wanted last when none does. */
  shown: z
    .object({
      workload: id32,
      number: z.int(),
      kind: z.string(),
      mode: z.enum(["service", "batch"]),
      status: z.string(),
      reason: z.string(),
      node: id32.nullable(),
      zone: z.string().nullable(),
      submittedMs: z.int(),
    })
    .nullable(),
});
export type NewestDeployment = z.infer<typeof newestDeployment>;

const rootOfRole = z.object({
  kind: z.enum(["ingress", "coordinator", "node"]),
  /** A node's key; a coordinator's place in the list of this ingress, from 1; empty for the ingress itself. */
  id: z.string(),
  /** Newest height it has; null when it does not say. */
  height: height.nullable(),
  /** At the compared height; null when it gave none. */
  stateRoot: id32.nullable(),
  /** Against the root of this ingress. `behind`: it has not come to the compared height; `silent`: it gave no root. */
  verdict: z.enum(["equal", "differs", "behind", "silent"]),
});
export type RootOfRole = z.infer<typeof rootOfRole>;

export const overviewApi = {
  log: {
    method: "GET",
    path: "/v1/log",
    about:
      "The newest heights of the log with their events, oldest first (query `after` a height, `limit` at most 200); waits up to `waitMs` for one after `after`. Goes back to 60 heights before the start of this ingress, 500 heights at most.",
    query: ["after", "limit", "waitMs"],
    details: z.object({ height, heights: z.array(loggedHeight) }),
  },
  newestObjects: {
    method: "GET",
    path: "/v1/objects",
    about: "How many objects are held, and those published last, newest first (query `limit` at most 100).",
    query: ["limit"],
    details: z.object({
      objects: z.array(newestObject),
      total: z.int(),
      totalBytes: z.int(),
      /** Replicas the network wants of each chunk. */
      wantedReplicas: z.int(),
    }),
  },
  newestDeployments: {
    method: "GET",
    path: "/v1/deployments",
    about: "How many deployments there are, and those made last, newest first (query `limit` at most 100).",
    query: ["limit"],
    details: z.object({ deployments: z.array(newestDeployment), total: z.int() }),
  },
  stateAgreement: {
    method: "GET",
    path: "/v1/state/agreement",
    about:
      "The state roots of this ingress, its coordinators and up to 64 nodes at one height, as each of them answers. Asked anew every two seconds at most.",
    details: z.object({ height, stateRoot: id32, isEqual: z.boolean(), roles: z.array(rootOfRole) }),
  },
} as const;
