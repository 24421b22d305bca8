import type { Event, EventKind } from "../../protocol/index.ts";
import type { Rule, RuleContext } from "../context.ts";
import type { Rejection } from "../reasons.ts";
import { chainBatch } from "./chain-rules.ts";
import { dataWritten } from "./data-rules.ts";
import { aliasRemoved, aliasSet, deploymentPromoted, deploymentRemoved } from "./deployment-rules.ts";
import { domainAdded, domainRemoved, domainVerified } from "./domain-rules.ts";
import { jobEnded, jobScheduled } from "./job-rules.ts";
import {
  nodeRegistered,
  nodeReturned,
  nodeSuspected,
  nodeUnregistered,
  replicaAdded,
  replicaRemoved,
} from "./node-rules.ts";
import { deleteRequested, objectExtended, objectPublished, pointerUpdated } from "./object-rules.ts";
import { roleKeyRegistered, roleKeyRevoked, roleKeyRotated, upgradeActivated } from "./role-rules.ts";
import { sessionGranted, sessionRevoked } from "./session-rules.ts";
import {
  endpointPublished,
  workloadApproved,
  workloadCancelled,
  workloadRefused,
  workloadStatus,
  workloadSubmitted,
} from "./workload-rules.ts";

/** The authority rule of every kind; a kind without one does not compile. */
const rules: { readonly [K in EventKind]: Rule<K> } = {
  RoleKeyRegistered: roleKeyRegistered,
  RoleKeyRotated: roleKeyRotated,
  RoleKeyRevoked: roleKeyRevoked,
  UpgradeActivated: upgradeActivated,
  NodeRegistered: nodeRegistered,
  NodeUnregistered: nodeUnregistered,
  NodeReturned: nodeReturned,
  NodeSuspected: nodeSuspected,
  SessionGranted: sessionGranted,
  SessionRevoked: sessionRevoked,
  ObjectPublished: objectPublished,
  ObjectExtended: objectExtended,
  DeleteRequested: deleteRequested,
  PointerUpdated: pointerUpdated,
  ReplicaAdded: replicaAdded,
  ReplicaRemoved: replicaRemoved,
  WorkloadSubmitted: workloadSubmitted,
  JobScheduled: jobScheduled,
  JobEnded: jobEnded,
  WorkloadCancelled: workloadCancelled,
  DeploymentRemoved: deploymentRemoved,
  DeploymentPromoted: deploymentPromoted,
  AliasSet: aliasSet,
  AliasRemoved: aliasRemoved,
  DomainAdded: domainAdded,
  DomainVerified: domainVerified,
  DomainRemoved: domainRemoved,
  WorkloadApproved: workloadApproved,
  WorkloadRefused: workloadRefused,
  WorkloadStatus: workloadStatus,
  EndpointPublished: endpointPublished,
  DataWritten: dataWritten,
  ChainBatch: chainBatch,
};

/** Kinds whose author the log may not know yet. */
export const introducingKinds: ReadonlySet<string> = new Set<EventKind>(["NodeRegistered", "SessionGranted"]);

/** Applies an event, or tells why it changes nothing. */
export function applyRule(context: RuleContext, event: Event): Rejection | undefined {
  // Kind and rule belong together by the table's type, which the compiler does not carry through the lookup.
  const rule = rules[event.kind] as Rule<EventKind>;
  return rule(context, event);
}
