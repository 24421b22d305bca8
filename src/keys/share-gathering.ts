import { fail, findHex, isError } from "../base/index.ts";
import { cryptoErrors, parseShare, type RejectedShare, recoverKey } from "../crypto/index.ts";
import type { Account } from "./account.ts";
import { keysErrors } from "./errors.ts";
import type { SplitRecord } from "./keys-config.ts";
import { type GivenShare, readShareText } from "./share-text.ts";

interface GatherOptions {
  /** Splits of the account that is here, for their commitments. */
  readonly splits: readonly SplitRecord[];
  /** Commitment or its first 16 hex digits or more, as typed from a page. */
  readonly check?: string | undefined;
}

/** The key that was brought together, and how. */
export interface GatheredKey {
  /** 32 bytes. Secret. */
  readonly key: Uint8Array;
  readonly setId: string;
  readonly rejected: readonly RejectedShare[];
}

/**
 * The key of share texts, share files or scanned codes, proven against a commitment: the typed one, one of this
 * account's splits, or the one that the shares carry.
 *
 * @throws as `recoverKey`, DSDN_KEYS_CHECK_MISSING, DSDN_KEYS_CHECK_INVALID
 */
export async function gatherShares(texts: readonly string[], options: GatherOptions): Promise<GatheredKey> {
  const given = texts.map(readShareText);
  const shares = given.map(({ share }) => share);
  const known = options.check === undefined ? findKnownSet(given, options.splits) : undefined;
  const commitment = options.check === undefined ? known?.commitment : parseCheck(options.check);
  // Without any commitment the shares are still checked for everything else; no key is committed to by zeros.
  const wanted = commitment ?? new Uint8Array(32);
  try {
    const { key, rejected } = await recoverKey(shares, { commitment: wanted, ...(known && { setId: known.setId }) });
    const bad = new Set(rejected.map(({ position }) => position));
    const good = shares.find((_, i) => !bad.has(i + 1)) ?? "";
    return { key, rejected, setId: parseShare(good).setId };
  } catch (cause) {
    if (commitment === undefined && isError(cause, cryptoErrors.sharesWrongKey)) {
      throw fail(keysErrors.checkMissing, {}, { cause });
    }
    throw cause;
  }
}

/** The set with the most of the given shares among those whose commitment is known. */
function findKnownSet(
  given: readonly GivenShare[],
  splits: readonly SplitRecord[],
): { readonly setId: string; readonly commitment: Uint8Array } | undefined {
  const sets = new Map<string, { readonly setId: string; readonly commitment: Uint8Array; readonly count: number }>();
  for (const { share, check } of given) {
    const setId = findSetId(share);
    const split = splits.find((record) => record.setId === setId);
    const commitment = split ? findHex(split.commitment) : check;
    if (setId === undefined || commitment === undefined) continue;
    sets.set(setId, { setId, commitment, count: (sets.get(setId)?.count ?? 0) + 1 });
  }
  return [...sets.values()].sort((left, right) => right.count - left.count)[0];
}

function findSetId(share: string): string | undefined {
  try {
    return parseShare(share).setId;
  } catch {
    return undefined;
  }
}

function parseCheck(text: string): Uint8Array {
  const check = findHex(text.replace(/\s+/g, ""));
  if (check === undefined || check.length < 8 || check.length > 32) throw fail(keysErrors.checkInvalid, {});
  return check;
}

/** The account of share texts, for one use: nothing is put to rest. @throws as `gatherShares` */
export async function openAccountFromShares(texts: readonly string[], check?: string): Promise<Account> {
  const { openAccount } = await import("./account.ts");
  return openAccount((await gatherShares(texts, { splits: [], check })).key);
}
