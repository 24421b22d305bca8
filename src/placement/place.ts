import { type ChunkId, digestOf, type KeyId } from "../protocol/index.ts";
import { type PlacementNode, rankNodes } from "./rank.ts";

export type { PlacementNode } from "./rank.ts";

/** Where the replicas of a chunk belong. */
export interface Placement {
  /** Best first: the first one leads repairs. Fewer than asked when fewer nodes are active. */
  readonly nodes: readonly KeyId[];
  /** Distinct zones among them. */
  readonly zones: number;
  /** True when there are fewer zones than replicas asked for: the loss of one zone can cost more than one replica. */
  readonly isDegraded: boolean;
}

/**
 * The nodes that should hold a chunk: `count` of them, in distinct zones while zones last. Pure: the same nodes in any
 * order give the same answer, and a node that joins or leaves moves only about its own share of the chunks.
 */
export function place(network: { readonly nodes: readonly PlacementNode[] }, chunk: ChunkId, count: number): Placement {
  const active = network.nodes.filter((node) => node.isActive);
  const ranked = rankNodes(active, "placement", digestOf(chunk));
  const zones = new Set<string>();
  const chosen: PlacementNode[] = [];
  const passedOver: PlacementNode[] = [];
  for (const node of ranked) {
    if (chosen.length === count) break;
    if (zones.has(node.zone)) passedOver.push(node);
    else {
      zones.add(node.zone);
      chosen.push(node);
    }
  }
  chosen.push(...passedOver.slice(0, count - chosen.length));
  return { nodes: chosen.map(({ id }) => id), zones: zones.size, isDegraded: zones.size < count };
}
