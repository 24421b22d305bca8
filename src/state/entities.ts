/**
 * What the network knows, one schema a kind of leaf. The canonical bytes of an entity are the value of its leaf, so
 * two programs that agree on the root agree on all of this.
 */
import type * as zod from "zod";
import {
  address,
  aliasName,
  byteString,
  chunkId,
  chunkRef,
  dataName,
  deploymentId,
  hostName,
  jobSchedule,
  keyId,
  limits,
  nodeClasses,
  objectId,
  pointerId,
  roleKinds,
  sessionScopes,
  text,
  uint,
  workloadId,
  workloadSpec,
  z,
  zone,
} from "../protocol/index.ts";

const version = uint(1_000_000);

/** Path `network`: what is true of the whole network. */
export const networkEntity = z.strictObject({
  /** Activated protocol versions, in the order they were decided. Version 1 is active from the start. */
  upgrades: z.array(z.strictObject({ version, height: uint() })),
  /** Events that consumed a sequence. */
  accepted: uint(),
  rejected: uint(),
});

/** Path `author/<key>`: a key that signs events. */
export const authorEntity = z.strictObject({
  key: keyId,
  nextSequence: uint(),
  accepted: uint(),
  /** Events that consumed a sequence and changed nothing, by reason, reasons sorted. */
  rejected: z.array(z.strictObject({ reason: text(64, 1), count: uint() })),
  /** The log hour (milliseconds / 3,600,000) the two counters below belong to. */
  hour: uint(),
  hourEvents: uint(),
  hourBytes: uint(),
});

/** Path `role/<kind>/<key>`: a key that acts for the network. */
export const roleEntity = z.strictObject({
  role: z.enum(roleKinds),
  key: keyId,
  operator: address,
  isActive: z.boolean(),
});

/** Path `vote/<subject>`: votes of validators about one thing that is not decided yet. */
export const voteEntity = z.strictObject({
  subject: byteString(32),
  /** Sorted by validator. */
  votes: z.array(z.strictObject({ validator: keyId, atMs: uint() })).max(limits.validators),
});

/** Path `node/<key>`. */
export const nodeEntity = z.strictObject({
  id: keyId,
  operator: address,
  class: z.enum(nodeClasses),
  zone,
  capacityBytes: uint(),
  httpUrl: text(limits.endpointBytes, 1),
  grpcUrl: text(limits.endpointBytes),
  /** `suspended`: a quorum of validators missed it; `left`: it took its leave. */
  status: z.enum(["active", "suspended", "left"]),
  /** Log time of the first registration, and since when it has this status. */
  registeredMs: uint(),
  statusMs: uint(),
});

/** Path `owner/<address>`: a wallet, as an owner of objects or an operator of nodes. */
export const ownerEntity = z.strictObject({
  address,
  /** The lowest nonce the next session grant or node binding may carry. */
  nextGrantNonce: uint(),
  nextOperatorNonce: uint(),
  /** Stored bytes of the objects that count against the quota. */
  usedBytes: uint(),
});

/** Path `session/<key>`. */
export const sessionEntity = z.strictObject({
  key: keyId,
  wallet: address,
  scopes: z.array(z.enum(sessionScopes)).min(1),
  quotaBytes: uint(),
  /** Bytes published under this grant; deletes give nothing back. */
  usedBytes: uint(),
  expiresMs: uint(),
  isRevoked: z.boolean(),
});

/** Path `object/<cid>/<address>`: one owner's hold on an object. Others' holds on the same object are apart from it. */
export const holdingEntity = z.strictObject({
  object: objectId,
  owner: address,
  manifest: chunkId,
  chunks: z.array(chunkId),
  sizeBytes: uint(),
  isPublic: z.boolean(),
  /** As its author says; log time of publication. */
  createdMs: uint(),
  publishedMs: uint(),
  expiresMs: uint().nullable(),
  deletedMs: uint().nullable(),
  /** False once it expired or was deleted and its bytes were given back to the owner's quota. */
  isCounted: z.boolean(),
});

/** Path `chunk/<cid>`. */
export const chunkEntity = z.strictObject({
  ...chunkRef.shape,
  /** Nodes that said they hold it, sorted. */
  replicas: z.array(keyId),
});

/** Path `pointer/<id>`. */
export const pointerEntity = z.strictObject({
  id: pointerId,
  owner: address,
  /** Sequence of the last update. */
  sequence: uint(),
  root: objectId.nullable(),
  updatedMs: uint(),
});

/** Path `deployment/<id>`. */
export const deploymentEntity = z.strictObject({
  id: deploymentId,
  owner: address,
  name: text(limits.deploymentNameBytes, 1),
  createdMs: uint(),
  removedMs: uint().nullable(),
  /** Versions submitted so far. */
  versions: uint(),
  /** How often a version was submitted or promoted to have the deployment's requests; the last such is `latest`. */
  turns: uint(),
  latest: workloadId.nullable(),
  /** The version requests go to; null until a first version answered. */
  current: workloadId.nullable(),
  /** Sorted by name. Null follows the current version. */
  aliases: z.array(z.strictObject({ name: aliasName, workload: workloadId.nullable() })).max(limits.deploymentAliases),
});

/** Path `workload/<id>`: one run, or one version of a deployment. */
export const workloadEntity = z.strictObject({
  id: workloadId,
  deployment: deploymentId,
  owner: address,
  /** 1 for the deployment's first version. */
  number: uint(),
  /** The deployment's turn in which it was last meant to have the requests; 0 for a preview that never was. */
  turn: uint(),
  preview: z.strictObject({ name: aliasName, expiresMs: uint().nullable() }).nullable(),
  package: objectId,
  spec: workloadSpec,
  /**
   * `pending`: the validators have not decided; `approved`: waits for a node; `assigned`: the node was chosen;
   * `running`; the rest are final, `finished` and `superseded` keep the node that ran it last. `superseded`: a version
   * that was wanted later answers. `held`: what a batch is from now on, and not a run.
   */
  status: z.enum([
    "pending",
    "approved",
    "assigned",
    "running",
    "finished",
    "failed",
    "cancelled",
    "refused",
    "superseded",
    "held",
  ]),
  node: keyId.nullable(),
  /** How often it was placed in a row without a stable run. */
  attempts: uint(),
  failedNodes: z.array(keyId),
  /** Sorted by validator. */
  approvals: z.array(keyId).max(limits.validators),
  refusals: z.array(z.strictObject({ validator: keyId, reason: text(limits.reasonBytes, 1) })).max(limits.validators),
  url: text(limits.endpointBytes).nullable(),
  output: objectId.nullable(),
  /** Of the last failure or refusal; empty when there was none. */
  reason: text(limits.reasonBytes),
  submittedMs: uint(),
  statusMs: uint(),
});

/** Path `job/<deployment>`: a batch that runs by a schedule. */
export const jobEntity = z.strictObject({
  deployment: deploymentId,
  owner: address,
  package: objectId,
  spec: workloadSpec,
  schedule: jobSchedule,
  scheduledMs: uint(),
  /** When the next run is due; null when none is any more. */
  nextMs: uint().nullable(),
  /** The moment the last run that was started was due at. */
  lastDueMs: uint().nullable(),
  /** The moment of a run that waits for the one before to end. */
  queuedMs: uint().nullable(),
  /** Runs that were due and not started, because one went on or the time had passed. */
  skipped: uint(),
});

/** Path `data/<deployment>/<name>`: what a program keeps under a name. */
export const dataEntity = z.strictObject({
  deployment: deploymentId,
  owner: address,
  name: dataName,
  object: objectId,
  sizeBytes: uint(),
  /** The owner had the object before: it is not given up with the name. */
  isLent: z.boolean(),
  writtenMs: uint(),
});

/** Path `domain/<host name>/<deployment>`: a deployment's own host name, or its wish for it. */
export const domainEntity = z.strictObject({
  domain: hostName,
  deployment: deploymentId,
  /** Log time of the last request for it. */
  addedMs: uint(),
  /** Since when requests for it go to the deployment; null while its record was not found. One deployment has it. */
  verifiedMs: uint().nullable(),
  /** Validators that found the record, sorted; empty once it is verified. */
  votes: z.array(keyId).max(limits.validators),
});

/** Path `chain`: the end of the sequencer's chain of batches. */
export const chainEntity = z.strictObject({
  /** Number of the next batch. */
  next: uint(),
  /** Hash of the last batch; the chain's genesis digest before the first. */
  head: byteString(32),
  /** State root after the last batch; null before the first. */
  stateRoot: byteString(32).nullable(),
});

export const entitySchemas = {
  network: networkEntity,
  author: authorEntity,
  role: roleEntity,
  vote: voteEntity,
  node: nodeEntity,
  owner: ownerEntity,
  session: sessionEntity,
  object: holdingEntity,
  chunk: chunkEntity,
  pointer: pointerEntity,
  deployment: deploymentEntity,
  workload: workloadEntity,
  job: jobEntity,
  data: dataEntity,
  domain: domainEntity,
  chain: chainEntity,
} as const;

export type EntityKind = keyof typeof entitySchemas;
export type Entity<K extends EntityKind> = Readonly<zod.output<(typeof entitySchemas)[K]>>;

export type NetworkFacts = Entity<"network">;
export type AuthorRecord = Entity<"author">;
export type RoleRecord = Entity<"role">;
export type NodeRecord = Entity<"node">;
export type OwnerRecord = Entity<"owner">;
export type SessionRecord = Entity<"session">;
export type HoldingRecord = Entity<"object">;
export type ChunkRecord = Entity<"chunk">;
export type PointerRecord = Entity<"pointer">;
export type DeploymentRecord = Entity<"deployment">;
export type WorkloadRecord = Entity<"workload">;
export type JobRecord = Entity<"job">;
export type DataRecord = Entity<"data">;
export type DomainRecord = Entity<"domain">;
export type ChainRecord = Entity<"chain">;
export type WorkloadStatus = WorkloadRecord["status"];
