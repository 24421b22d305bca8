import { equalBytes } from "../../base/index.ts";
import { domainHash, encodeWith, eventBodies } from "../../protocol/index.ts";
import type { Rule } from "../context.ts";

/**
 * The sequencer appends its next batch. Only the order is judged here; whether the batch leads to its state root is
 * checked by every role that replays the chain.
 */
export const chainBatch: Rule<"ChainBatch"> = ({ tables, genesis }, { author, body }) => {
  if (tables.role.find(`sequencer/${author}`)?.isActive !== true) return "not-sequencer";
  const chain = tables.chain.find("") ?? { next: 0, head: genesis.chain.genesisDigest, stateRoot: null };
  if (body.number !== chain.next || !equalBytes(body.previous, chain.head)) return "batch-order";
  tables.chain.put("", {
    next: body.number + 1,
    head: domainHash("chainBatch", encodeWith(eventBodies.ChainBatch, body)),
    stateRoot: body.stateRoot,
  });
  return undefined;
};
