import type { ChunkHolder } from "../../net/index.ts";
import { type PlacementNode, place } from "../../placement/index.ts";
import { type ChunkId, type KeyId, REPLICATION_FACTOR } from "../../protocol/index.ts";
import type { NetworkState, NodeRecord } from "../../state/index.ts";

/** While a write meets dead nodes its replicas go to the next ones by rank; so far down they are looked for. */
const SPILL_NODES = 2 * REPLICATION_FACTOR;

/**
 * The nodes to ask for a chunk, best first: those that reported it, then those where it belongs (it may be stored there
 * and not reported yet; while nobody reported it, also where it went when some of those were down), then reporters that
 * a quorum missed.
 */
export function chunkSources(state: NetworkState, chunk: ChunkId): ChunkHolder[] {
  const reported = state.findChunk(chunk)?.replicas ?? [];
  const spilled = reported.length > 0 ? [] : place({ nodes: placementNodes(state) }, chunk, SPILL_NODES).nodes;
  const ids = new Set<KeyId>([...reported, ...state.placementOf(chunk).nodes, ...spilled]);
  const nodes = [...ids].flatMap((id) => state.findNode(id) ?? []);
  const isActive = (node: NodeRecord) => node.status === "active";
  return [...nodes.filter(isActive), ...nodes.filter((node) => !isActive(node))].map((node) => ({
    node: node.id,
    url: node.httpUrl,
  }));
}

/** Every node as placement sees it. */
export function placementNodes(state: NetworkState): (PlacementNode & { readonly httpUrl: string })[] {
  return state.listNodes().map((node) => ({
    id: node.id,
    class: node.class,
    zone: node.zone,
    isActive: node.status === "active",
    httpUrl: node.httpUrl,
  }));
}
