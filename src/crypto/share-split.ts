import { split } from "shamir-secret-sharing";
import { fail, type Random, toHex } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";
import { areShareCounts, commitToKey, formatShare } from "./share.ts";
import { recoverKey } from "./share-recovery.ts";

const KEY_BYTES = 32;

export interface ShareSet {
  readonly setId: string;
  readonly threshold: number;
  readonly total: number;
  /** 32 bytes, not secret: proves that a recovered key is the one that was split. */
  readonly commitment: Uint8Array;
  /** The share texts. Secret. */
  readonly shares: readonly string[];
}

interface SplitOptions {
  /** 2..total. */
  readonly threshold: number;
  /** 2..16. */
  readonly total: number;
  /** For the set id only; the polynomial always comes from the operating system. */
  readonly random: Random;
}

/**
 * Splits the key and proves, before it returns, that the shares give it back.
 *
 * @throws DSDN_CRYPTO_KEY_LENGTH, DSDN_CRYPTO_SHARE_COUNTS
 */
export async function splitKey(key: Uint8Array, { threshold, total, random }: SplitOptions): Promise<ShareSet> {
  if (key.length !== KEY_BYTES) {
    throw fail(cryptoErrors.keyLength, { what: "key to split", expected: KEY_BYTES, actual: key.length });
  }
  if (!areShareCounts(threshold, total)) throw fail(cryptoErrors.shareCounts, { threshold, total });
  const setIdBytes = random.bytes(4);
  const set = { setId: toHex(setIdBytes), threshold, total };
  // The library wants a plain Uint8Array, not a Buffer.
  const parts = await split(Uint8Array.from(key), total, threshold);
  const shares = parts.map((bytes) => formatShare({ ...set, bytes }));
  const commitment = commitToKey(key, { ...set, setId: setIdBytes });
  for (let first = 0; first + threshold <= total; first++) {
    await recoverKey(shares.slice(first, first + threshold), { commitment });
  }
  return { ...set, commitment, shares };
}
