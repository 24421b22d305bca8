import * as z from "zod";
import { addressText, base64, height, id32, position } from "./api-fields.ts";
import { route } from "./api-route.ts";
import { deploymentApi } from "./deployment-api.ts";
import { linkApi } from "./link-api.ts";
import { objectApi } from "./object-api.ts";
import { overviewApi } from "./overview-api.ts";
import { sessionApi } from "./session-api.ts";

/** The HTTP interface of an ingress, as data: it validates requests, types the client and becomes OpenAPI 3.1. */

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
  ...objectApi,
  ...deploymentApi,
} as const;

export type IngressApi = typeof ingressApi;
export type ApiDetails<R extends keyof IngressApi> = z.output<IngressApi[R]["details"]>;

/** Every JSON answer: a line for people, the facts, and the trace that lets others check them. */
export interface ApiAnswer<D> {
  readonly summary: string;
  readonly details: D;
  readonly audit: Readonly<Record<string, unknown>>;
}

/** The header that carries a base64 upload lease. */
export const LEASE_HEADER = "dsdn-lease";
/** The header that carries, in base64, the request of a workload's owner to read its log. */
export const LOG_REQUEST_HEADER = "dsdn-log-request";
/** Marks an answer that a running workload gave, with its id: a new version is told from the old one by it. */
export const WORKLOAD_HEADER = "dsdn-workload";
/** Marks, with an error code, answers that come from the gateway itself and not from the deployment. */
export const GATEWAY_HEADER = "dsdn-gateway";
