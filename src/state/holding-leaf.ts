import { type Address, findWith, limits, type ObjectId } from "../protocol/index.ts";
import { type HoldingRecord, holdingEntity } from "./entities.ts";
import { pathOf } from "./tables.ts";

/** A hold of the most chunks, with room for everything else. */
const LEAF_LIMIT_BYTES = limits.chunksPerObject * 64 + 16 * 1024;

/** The path of the leaf that says "this owner holds this object". */
export function holdingPath(object: ObjectId, owner: Address): string {
  return pathOf("object", `${object}/${owner}`);
}

/** The hold, or undefined when the bytes are not the canonical value of such a leaf. */
export function findHolding(bytes: Uint8Array): HoldingRecord | undefined {
  return findWith(holdingEntity, bytes, { what: "object leaf", limitBytes: LEAF_LIMIT_BYTES });
}
