import { type Domain, domainHash, idBytes, type KeyId, type NodeClass } from "../protocol/index.ts";

/** A node as placement sees it. */
export interface PlacementNode {
  readonly id: KeyId;
  readonly class: NodeClass;
  readonly zone: string;
  /** Only active nodes are given anything. */
  readonly isActive: boolean;
  /** Workloads it runs or was given; 0 unless said. */
  readonly workloads?: number;
}

/** Draws a node of the class gets: its share of chunks and workloads, relative to the others'. */
const CLASS_WEIGHTS: { readonly [C in NodeClass]: number } = { regular: 1, datacentre: 3 };

/** A draw is 6 bytes, an exact number; a 32-byte hash holds five. */
const DRAW_BYTES = 6;

/**
 * The nodes, best first, for one subject: weighted rendezvous hashing. A node's score is the highest of as many draws
 * as its class has weight, all from one hash, so scores are whole numbers and equal on every machine (the usual
 * -w/ln(u) form needs floats). Equal scores fall back to the order of ids.
 *
 * @param subject - the bytes that name what is placed.
 * @source Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998; differs: integer weights.
 */
export function rankNodes<N extends PlacementNode>(nodes: readonly N[], domain: Domain, subject: Uint8Array): N[] {
  return nodes
    .map((node) => ({ node, score: scoreOf(node, domain, subject) }))
    .sort((left, right) => right.score - left.score || (left.node.id < right.node.id ? -1 : 1))
    .map(({ node }) => node);
}

function scoreOf(node: PlacementNode, domain: Domain, subject: Uint8Array): number {
  const hash = Buffer.from(domainHash(domain, idBytes(node.id), subject));
  let best = 0;
  for (let draw = 0; draw < CLASS_WEIGHTS[node.class]; draw++) {
    best = Math.max(best, hash.readUIntBE(draw * DRAW_BYTES, DRAW_BYTES));
  }
  return best;
}
