import type { KeyId } from "../protocol/index.ts";
import type { ChunkRecord } from "./entities.ts";
import type { NetworkState } from "./network-state.ts";

/** A chunk a node should hold and, as far as the log knows, does not. */
export interface Repair {
  readonly chunk: ChunkRecord;
  /** Active nodes that hold it, those in the node's own zone last: a zone may be failing as a whole. */
  readonly sources: readonly KeyId[];
  /** Active replicas there are now; the fewer, the more urgent. */
  readonly replicas: number;
}

/** A chunk a node holds and need not. */
export interface Drop {
  readonly chunk: ChunkRecord;
  /** `unused`: no object needs it and the delay is over; `surplus`: enough others that should hold it do. */
  readonly reason: "unused" | "surplus";
}

/**
 * What the node has to fetch, most urgent first. Pure. A chunk the node already has on its disk needs no fetching,
 * only a ReplicaAdded event.
 */
export function planRepairs(state: NetworkState, node: KeyId): Repair[] {
  if (state.findNode(node)?.status !== "active") return [];
  const repairs: Repair[] = [];
  for (const chunk of state.usedChunks()) {
    if (chunk.replicas.includes(node) || !state.placementOf(chunk.id).nodes.includes(node)) continue;
    const sources = activeReplicas(state, chunk);
    repairs.push({ chunk, sources: sortSources(state, node, sources), replicas: sources.length });
  }
  return repairs.sort((left, right) => left.replicas - right.replicas || (left.chunk.id < right.chunk.id ? -1 : 1));
}

/**
 * What the node may delete at the given time. Pure. A surplus replica goes only when every node that should hold the
 * chunk does. The node looks again right before it deletes: a chunk may be needed again.
 */
export function planDrops(state: NetworkState, node: KeyId, nowMs: number): Drop[] {
  const unused = state.collectableChunks(node, nowMs);
  const surplus = state.chunksOnNode(node).filter((chunk) => isSurplus(state, chunk, node));
  return [
    ...unused.map((chunk): Drop => ({ chunk, reason: "unused" })),
    ...surplus.map((chunk): Drop => ({ chunk, reason: "surplus" })),
  ];
}

function isSurplus(state: NetworkState, chunk: ChunkRecord, node: KeyId): boolean {
  if (!state.isChunkUsed(chunk.id)) return false;
  const { nodes } = state.placementOf(chunk.id);
  if (nodes.length < state.genesis.governed.replicationFactor || nodes.includes(node)) return false;
  return nodes.every((target) => chunk.replicas.includes(target));
}

function activeReplicas(state: NetworkState, chunk: ChunkRecord): KeyId[] {
  return chunk.replicas.filter((id) => state.findNode(id)?.status === "active");
}

function sortSources(state: NetworkState, node: KeyId, sources: readonly KeyId[]): KeyId[] {
  const zone = state.findNode(node)?.zone;
  const isNear = (id: KeyId) => (state.findNode(id)?.zone === zone ? 1 : 0);
  return [...sources].sort((left, right) => isNear(left) - isNear(right) || (left < right ? -1 : 1));
}
