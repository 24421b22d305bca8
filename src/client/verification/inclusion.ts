import { fail, findBase64, findHex } from "../../base/index.ts";
import { type Address, type ObjectId, type PublishedObject, parseAddress, z } from "../../protocol/index.ts";
import { findHolding, findProof, type HoldingRecord, holdingPath, isLeafProven } from "../../state/index.ts";
import { clientErrors } from "../errors.ts";
import type { Ingress } from "../ingress.ts";

const PROOF_TIMEOUT_MS = 5_000;

const rootText = z.string().regex(/^[0-9a-f]{64}$/);

/** The leaf `object/<cid>/<owner>` of the network's state with its path to the state root, as it lies in a receipt. */
export const inclusionSchema = z.object({
  /** The height after which the state had this root; not before the publication. */
  height: z.int().min(0),
  stateRoot: rootText,
  owner: z.string().regex(/^[0-9a-f]{40}$/),
  /** Base64 of the leaf's canonical bytes. */
  value: z.string().max(2 * 1024 * 1024),
  /** Base64 of the encoded state proof. */
  proof: z.string().max(32 * 1024),
});
export type Inclusion = z.output<typeof inclusionSchema>;

/** What an inclusion proof shows, given its root. Whether the root is the network's, only a replay of the log shows. */
export interface InclusionReport {
  readonly height: number;
  readonly stateRoot: string;
  /** Whose object it is by the log. */
  readonly owner: Address;
  readonly publishedMs: number;
  readonly expiresMs: number | null;
  /** True when the root was held against one the caller trusts. */
  readonly isRootGiven: boolean;
}

export interface InclusionClaim {
  readonly content: PublishedObject;
  /** What the receipt says of the publication. */
  readonly published: { readonly height: number; readonly stateRoot: string | null } | null;
  /** Root the caller trusts, 64 hex digits. */
  readonly trustedRoot?: string | undefined;
}

/**
 * Checks a proof without any network. A changed root and a changed proof cannot be told apart by themselves: both lead
 * elsewhere than stated, and both are PROOF_INVALID.
 *
 * @throws DSDN_CLIENT_RECEIPT_OBJECT_DIFFERS when it is about another object, DSDN_CLIENT_RECEIPT_PROOF_INVALID when it
 * does not lead to its root, DSDN_CLIENT_RECEIPT_ROOT_DIFFERS when its root is not the trusted or the published one
 */
export function verifyInclusion(inclusion: Inclusion, claim: InclusionClaim): InclusionReport {
  const { content, published, trustedRoot } = claim;
  const { height, stateRoot } = inclusion;
  const owner = parseAddress(inclusion.owner);
  const value = findBase64(inclusion.value);
  const proof = findProof(findBase64(inclusion.proof) ?? new Uint8Array(0));
  const holding = value === undefined ? undefined : findHolding(value);
  if (value === undefined || holding === undefined) throw invalid("its leaf cannot be read");
  if (proof === undefined) throw invalid("it cannot be read");
  if (holding.object !== content.object || holding.owner !== owner) {
    throw fail(clientErrors.receiptObjectDiffers, { object: content.object, actual: holding.object });
  }
  const root = findHex(stateRoot) ?? new Uint8Array(0);
  const path = holdingPath(content.object, owner);
  if (!isLeafProven(root, { path, value }, proof)) throw invalid("it does not lead to the state root beside it");
  checkContent(holding, content);
  if (published !== null && height < published.height) throw invalid("its state is older than the publication");
  const expected = trustedRoot ?? (published?.height === height ? published.stateRoot : null);
  if (expected !== null && expected !== stateRoot) {
    throw fail(clientErrors.receiptRootDiffers, { height, actual: stateRoot, expected });
  }
  const { publishedMs, expiresMs } = holding;
  return { height, stateRoot, owner, publishedMs, expiresMs, isRootGiven: trustedRoot !== undefined };
}

function checkContent(holding: HoldingRecord, content: PublishedObject): void {
  const isSame =
    holding.manifest === content.manifest.id &&
    holding.sizeBytes === content.sizeBytes &&
    holding.chunks.length === content.chunks.length &&
    content.chunks.every(({ id }, at) => id === holding.chunks[at]) &&
    (holding.isPublic || !content.isPublic);
  if (!isSame) throw invalid("the log has other content under this CID");
  if (holding.deletedMs !== null) throw invalid("its owner had deleted the object by then");
}

/** The proof of an object's leaf in the newest state of an ingress, checked; undefined when there is none to be had. */
export async function fetchInclusion(
  ingress: Ingress,
  claim: InclusionClaim & { readonly object: ObjectId; readonly owner: Address },
  signal: AbortSignal | undefined,
): Promise<Inclusion | undefined> {
  const { object, owner } = claim;
  try {
    const path = holdingPath(object, owner);
    const { details } = await ingress.call("stateLeaf", { query: { path }, timeoutMs: PROOF_TIMEOUT_MS, signal });
    const { height, stateRoot, value, proof } = details;
    if (value === null) return undefined;
    const inclusion = { height, stateRoot, owner, value, proof };
    verifyInclusion(inclusion, claim);
    return inclusion;
  } catch {
    signal?.throwIfAborted();
    // The object is published; a receipt without this proof is still a receipt.
    return undefined;
  }
}

function invalid(reason: string) {
  return fail(clientErrors.receiptProofInvalid, { reason });
}
