export { acceptedEvents, replayAcceptedEvents } from "./accepted-events.ts";
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type RecentMemory } from "./checkpoint.ts";
export type {
  AuthorRecord,
  ChainRecord,
  ChunkRecord,
  DataRecord,
  DeploymentRecord,
  DomainRecord,
  HoldingRecord,
  JobRecord,
  NetworkFacts,
  NodeRecord,
  OwnerRecord,
  PointerRecord,
  RoleRecord,
  SessionRecord,
  WorkloadRecord,
  WorkloadStatus,
} from "./entities.ts";
export * from "./errors.ts";
export { findHolding, holdingPath } from "./holding-leaf.ts";
export type { LiveState } from "./live-state.ts";
export type { NetworkState, ObjectView, StateCounts } from "./network-state.ts";
export { type Rejection, rejectionReasons } from "./reasons.ts";
export { type AppliedHeight, applyHeight, createState, type Outcome } from "./reducer.ts";
export { type Drop, planDrops, planRepairs, type Repair } from "./repairs.ts";
export { createReplica } from "./replica.ts";
export type { CheckpointStore, Replica, ReplicaDeps, ReplicaOptions } from "./replica-types.ts";
export { introducingKinds } from "./rules/index.ts";
export { toPlacementNode } from "./rules/workload-placing.ts";
export { encodeProof, findProof, isLeafProven, type StateProof } from "./smt.ts";
export { createVerifiedEvents, type VerifiedEvents } from "./verified-events.ts";
