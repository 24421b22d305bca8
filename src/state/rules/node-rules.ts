import { isNodeBindingSigned, type KeyId, limits } from "../../protocol/index.ts";
import { isValidator, type Rule, type RuleContext } from "../context.ts";
import { isEndpointUrl } from "../endpoints.ts";
import type { NodeRecord } from "../entities.ts";
import { castVote, compareText, voteSubject } from "../votes.ts";
import { isNonceUsable, ownerOf } from "./session-rules.ts";
import { placeWaiting, releaseWorkloads } from "./workload-placing.ts";

/** Votes that a node is silent count together for this long, or for the liveness time when that is longer. */
const SUSPICION_WINDOW_MS = 3_600_000;

/** The node joins, or registers again with other facts. The operator's signature binds it, once a nonce. */
export const nodeRegistered: Rule<"NodeRegistered"> = (context, { author, body }) => {
  const { tables, nowMs, network } = context;
  const operator = ownerOf(context, body.operator);
  const known = tables.node.find(author);
  if (!hasUsableEndpoints(body)) return "endpoint";
  if (known === undefined && tables.node.size >= limits.nodes) return "node-limit";
  if (!isNonceUsable(body.operatorNonce, operator.nextOperatorNonce)) return "nonce";
  const binding = { node: author, operator: body.operator, nonce: body.operatorNonce };
  if (!isNodeBindingSigned(network, binding, body.operatorSignature)) return "operator-signature";
  tables.owner.put(body.operator, { ...operator, nextOperatorNonce: body.operatorNonce + 1 });
  tables.node.put(author, {
    id: author,
    operator: body.operator,
    class: body.class,
    zone: body.zone,
    capacityBytes: body.capacityBytes,
    httpUrl: body.httpUrl,
    grpcUrl: body.grpcUrl,
    status: "active",
    registeredMs: known?.registeredMs ?? nowMs,
    statusMs: nowMs,
  });
  forgetSuspicion(context, author);
  placeWaiting(context);
  return undefined;
};

/** The node leaves for good: what it held and ran goes to others. */
export const nodeUnregistered: Rule<"NodeUnregistered"> = (context, { author }) => {
  const { tables } = context;
  const node = tables.node.find(author);
  if (node === undefined || node.status === "left") return "node-unknown";
  setStatus(context, node, "left");
  forgetSuspicion(context, author);
  for (const chunk of tables.chunk.listBy("replica", author)) {
    tables.chunk.put(chunk.id, { ...chunk, replicas: chunk.replicas.filter((id) => id !== author) });
  }
  releaseWorkloads(context, author);
  return undefined;
};

/** The node is back, perhaps at other addresses. */
export const nodeReturned: Rule<"NodeReturned"> = (context, { author, body }) => {
  const node = context.tables.node.find(author);
  if (node === undefined || node.status === "left") return "node-unknown";
  if (!hasUsableEndpoints(body)) return "endpoint";
  setStatus(context, { ...node, httpUrl: body.httpUrl, grpcUrl: body.grpcUrl }, "active");
  forgetSuspicion(context, author);
  placeWaiting(context);
  return undefined;
};

/** A quorum of validators that missed a node takes it out of service until it returns. */
export const nodeSuspected: Rule<"NodeSuspected"> = (context, { author, body }) => {
  const { livenessMs } = context.genesis.governed;
  if (!isValidator(context, author)) return "not-validator";
  const node = context.tables.node.find(body.node);
  if (node === undefined || node.status === "left") return "node-unknown";
  if (node.status === "suspended") return undefined;
  // Silence is counted from when the node last spoke on the log, so a vote made before its return says nothing.
  if (context.nowMs - Math.max(body.sinceMs, node.statusMs) < livenessMs) return "suspicion-early";
  const windowMs = Math.max(SUSPICION_WINDOW_MS, livenessMs);
  if (castVote(context, suspicionOf(node.id), { validator: author, windowMs })) {
    setStatus(context, node, "suspended");
    releaseWorkloads(context, node.id);
  }
  return undefined;
};

/** The node holds these chunks, fsynced. Chunks the log does not know are passed over. */
export const replicaAdded: Rule<"ReplicaAdded"> = (context, { author, body }) => {
  const { tables } = context;
  if (!isMember(context, author)) return "node-unknown";
  for (const id of body.chunks) {
    const chunk = tables.chunk.find(id);
    if (chunk === undefined || chunk.replicas.includes(author)) continue;
    tables.chunk.put(id, { ...chunk, replicas: [...chunk.replicas, author].sort(compareText) });
  }
  return undefined;
};

/** The node holds these chunks no more. */
export const replicaRemoved: Rule<"ReplicaRemoved"> = (context, { author, body }) => {
  const { tables } = context;
  if (!isMember(context, author)) return "node-unknown";
  for (const id of body.chunks) {
    const chunk = tables.chunk.find(id);
    if (chunk?.replicas.includes(author) !== true) continue;
    tables.chunk.put(id, { ...chunk, replicas: chunk.replicas.filter((node) => node !== author) });
  }
  return undefined;
};

function isMember({ tables }: RuleContext, key: KeyId): boolean {
  const node = tables.node.find(key);
  return node !== undefined && node.status !== "left";
}

function hasUsableEndpoints(body: { readonly httpUrl: string; readonly grpcUrl: string }): boolean {
  return isEndpointUrl(body.httpUrl) && (body.grpcUrl === "" || isEndpointUrl(body.grpcUrl));
}

function setStatus({ tables, nowMs }: RuleContext, node: NodeRecord, status: NodeRecord["status"]): void {
  tables.node.put(node.id, { ...node, status, statusMs: nowMs });
}

function suspicionOf(node: KeyId) {
  return voteSubject("NodeSuspected", [node]);
}

function forgetSuspicion({ tables }: RuleContext, node: KeyId): void {
  tables.vote.remove(suspicionOf(node).id);
}
