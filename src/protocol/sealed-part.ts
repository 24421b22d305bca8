import type * as zod from "zod";
import { limits } from "./limits.ts";
import { byteString, keyId, z } from "./schema.ts";

/** envelope header(67) || key(32) || tag(16) */
const OWNER_KEY_BYTES = 115;
/** HPKE: enc(32) || key(32) || tag(16) */
const NODE_KEY_BYTES = 80;
/** envelope header(67) || tag(16) */
const SEALED_BODY_BYTES_MIN = 83;

/**
 * What a spec carries that is not everybody's to read: the body, sealed once under a key of its own, and that key for
 * each who may open it. See `sealed-specs.ts` for what the body holds and what all of it is bound to.
 */
export const sealedPart = z.strictObject({
  /** The body's key, wrapped by the owner's account. */
  owner: byteString(OWNER_KEY_BYTES),
  /**
   * The body's key sealed to each node that may run the workload, sorted by node. It is placed on these nodes only;
   * when there are none, there is nothing for a node to open and any node may run it.
   */
  nodes: z
    .array(z.strictObject({ node: keyId, key: byteString(NODE_KEY_BYTES) }))
    .max(limits.sealedNodes)
    .refine((list) => list.every(({ node }, at) => at === 0 || (list[at - 1]?.node ?? "") < node), {
      error: "must be sorted by node, each node once",
    }),
  /** Envelope 1: header(67) || sealed bytes. */
  body: byteString(SEALED_BODY_BYTES_MIN, limits.sealedBodyBytes),
});
export type SealedPart = zod.output<typeof sealedPart>;
