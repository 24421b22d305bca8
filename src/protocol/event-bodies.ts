import type * as zod from "zod";
import { hostName } from "./host-names.ts";
import { limits } from "./limits.ts";
import { aliasName, dataName, workloadSpec, workloadStarts } from "./packages.ts";
import { jobSchedule } from "./schedules.ts";
import {
  address,
  byteString,
  chunkId,
  chunkRef,
  deploymentId,
  keyId,
  objectId,
  pointerId,
  text,
  uint,
  workloadId,
  z,
  zone,
} from "./schema.ts";

export const nodeClasses = ["regular", "datacentre"] as const;
export type NodeClass = (typeof nodeClasses)[number];

export const roleKinds = ["coordinator", "sequencer", "validator"] as const;
export type RoleKind = (typeof roleKinds)[number];

/** What a session key may do for its wallet. */
export const sessionScopes = ["upload", "deploy", "delete"] as const;

/**
 * A wallet's permission for an Ed25519 key, signed once with EIP-712 (see `session-grants.ts`); the event that carries
 * it is authored by the session key itself.
 */
export const sessionGrant = z.strictObject({
  wallet: address,
  sessionKey: keyId,
  scopes: z.array(z.enum(sessionScopes)).min(1).max(sessionScopes.length),
  quotaBytes: uint(),
  expiresMs: uint(),
  /** Per wallet; every grant uses the next one or a later one, so an old grant cannot be replayed. */
  nonce: uint(),
  signature: byteString(65),
});
export type SessionGrant = zod.output<typeof sessionGrant>;

/** What a published object is made of; its manifest stays off the log, stored as a chunk. */
const publishedObject = z.strictObject({
  object: objectId,
  manifest: chunkRef,
  chunks: z.array(chunkRef).max(limits.chunksPerObject),
  /** Stored bytes of manifest and chunks together. */
  sizeBytes: uint(limits.objectBytes),
  coding: z.literal("replicated"),
  isPublic: z.boolean(),
});
export type PublishedObject = zod.output<typeof publishedObject>;

/**
 * The body of every event kind. The rule that makes an event of the kind acceptable stands beside it; `state/`
 * enforces it. Kinds are added, never changed.
 */
export const eventBodies = {
  /** A quorum of validators, or the outgoing key (rotation only). */
  RoleKeyRegistered: z.strictObject({ role: z.enum(roleKinds), key: keyId, operator: address }),
  RoleKeyRotated: z.strictObject({ role: z.enum(roleKinds), oldKey: keyId, newKey: keyId }),
  RoleKeyRevoked: z.strictObject({ role: z.enum(roleKinds), key: keyId }),
  /** A quorum of validators. */
  UpgradeActivated: z.strictObject({ version: uint(1_000_000), height: uint() }),

  /** The node itself, with its operator's EIP-712 signature binding operator -> node; the event binds node -> operator. */
  NodeRegistered: z.strictObject({
    operator: address,
    /** Per operator; every registration uses a later one, so an old signature cannot be replayed. */
    operatorNonce: uint(),
    operatorSignature: byteString(65),
    class: z.enum(nodeClasses),
    zone,
    capacityBytes: uint(),
    httpUrl: text(limits.endpointBytes, 1),
    grpcUrl: text(limits.endpointBytes),
  }),
  /** The node itself. */
  NodeUnregistered: z.strictObject({}),
  /** The node itself, to come back after a suspicion or to change its addresses. */
  NodeReturned: z.strictObject({ httpUrl: text(limits.endpointBytes, 1), grpcUrl: text(limits.endpointBytes) }),
  /** A validator; a quorum of equal votes takes the node out of service until it returns. */
  NodeSuspected: z.strictObject({ node: keyId, sinceMs: uint() }),

  /** The session key named in the grant; first event of that key. */
  SessionGranted: sessionGrant,
  /** The session key itself or another session of the same wallet. */
  SessionRevoked: z.strictObject({ sessionKey: keyId }),

  /** Session key with scope `upload`, within quota. The owner is the session's wallet. */
  ObjectPublished: z.strictObject({
    content: publishedObject,
    createdMs: uint(),
    expiresMs: uint().nullable(),
  }),
  ObjectExtended: z.strictObject({ object: objectId, expiresMs: uint().nullable() }),
  /** Session key of the owner, with scope `delete`. */
  DeleteRequested: z.strictObject({ object: objectId }),
  /** Session key of the owner; the sequence is the pointer's next. The first update of a pointer claims it. */
  PointerUpdated: z.strictObject({ pointer: pointerId, sequence: uint(), root: objectId.nullable() }),

  /** The node itself: chunks it now holds, fsynced. */
  ReplicaAdded: z.strictObject({ chunks: z.array(chunkId).min(1).max(limits.replicasPerEvent) }),
  /** The node itself: chunks it no longer holds. */
  ReplicaRemoved: z.strictObject({ chunks: z.array(chunkId).min(1).max(limits.replicasPerEvent) }),

  /** Session key with scope `deploy`. The package is a published object of the same owner. */
  WorkloadSubmitted: z.strictObject({
    deployment: deploymentId,
    name: text(limits.deploymentNameBytes, 1),
    package: objectId,
    spec: workloadSpec,
    /** A version under a name of its own, which takes no requests of the deployment until it is promoted. */
    preview: z.strictObject({ name: aliasName, expiresMs: uint().nullable() }).nullable(),
    start: z.enum(workloadStarts),
  }),
  /** Session key of the owner with scope `deploy`: a batch that runs whenever the schedule says; the last one counts. */
  JobScheduled: z.strictObject({
    deployment: deploymentId,
    name: text(limits.deploymentNameBytes, 1),
    package: objectId,
    spec: workloadSpec,
    schedule: jobSchedule,
  }),
  /** Session key of the owner with scope `deploy`: no further run starts by itself. */
  JobEnded: z.strictObject({ deployment: deploymentId }),
  /** Session key of the owner with scope `deploy`. */
  WorkloadCancelled: z.strictObject({ workload: workloadId }),
  /** Session key of the owner with scope `deploy`: the deployment and all its versions stop. */
  DeploymentRemoved: z.strictObject({ deployment: deploymentId }),
  /** Session key of the owner with scope `deploy`: requests go to this version, which is started again if it ended. */
  DeploymentPromoted: z.strictObject({ deployment: deploymentId, workload: workloadId }),
  /** Session key of the owner with scope `deploy`. Null follows the version that has the deployment's requests. */
  AliasSet: z.strictObject({ deployment: deploymentId, alias: aliasName, workload: workloadId.nullable() }),
  /** Session key of the owner with scope `deploy`. */
  AliasRemoved: z.strictObject({ deployment: deploymentId, alias: aliasName }),
  /** Session key of the owner with scope `deploy`: asks for a host name, or asks once more while it is not given. */
  DomainAdded: z.strictObject({ deployment: deploymentId, domain: hostName }),
  /** Validators that found the record of the host name in DNS; it is the deployment's once enough of them did. */
  DomainVerified: z.strictObject({ deployment: deploymentId, domain: hostName }),
  /** Session key of the owner with scope `deploy`. */
  DomainRemoved: z.strictObject({ deployment: deploymentId, domain: hostName }),
  /** Validators; public workloads are placed once a quorum approved, and never once a quorum refused. */
  WorkloadApproved: z.strictObject({ workload: workloadId }),
  WorkloadRefused: z.strictObject({ workload: workloadId, reason: text(limits.reasonBytes, 1) }),
  /** The node that runs it. A finished batch names its output, which then belongs to the deployment's owner. */
  WorkloadStatus: z.strictObject({
    workload: workloadId,
    status: z.enum(["running", "finished", "failed"]),
    reason: text(limits.reasonBytes),
    output: publishedObject.nullable(),
  }),
  /** The node that runs it: requests of the deployment can be sent there. */
  EndpointPublished: z.strictObject({ workload: workloadId, url: text(limits.endpointBytes, 1) }),

  /**
   * The node that runs it: the program keeps an object under the name, or forgets the name. The object becomes
   * the deployment's owner's.
   */
  DataWritten: z.strictObject({ workload: workloadId, name: dataName, content: publishedObject.nullable() }),

  /** The sequencer. Checked outside the reducer by every role that replays the chain. */
  ChainBatch: z.strictObject({
    number: uint(),
    previous: byteString(32),
    stateRoot: byteString(32),
    batch: byteString(1, limits.chainBatchBytes),
  }),
} as const;

export type EventKind = keyof typeof eventBodies;
export type EventBody<K extends EventKind> = zod.output<(typeof eventBodies)[K]>;

export function isEventKind(kind: string): kind is EventKind {
  return Object.hasOwn(eventBodies, kind);
}
