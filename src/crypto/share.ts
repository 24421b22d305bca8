/**
 * Share 1: a 32-byte key in `total` texts, any `threshold` of which give it back.
 *
 *   payload = version(1) || setId(4) || threshold(1) || total(1) || share(33)       share = value(32) || point(1)
 *   text    = bech32m("dsdnshare", payload), 80 characters; its checksum finds every typing mistake of up to 3 letters
 *   commitment = HKDF-SHA-256(key, salt = setId, "dsdn/share/1/commitment" || threshold || total), kept beside the object
 *
 * The audited library underneath gives a wrong secret without an error for bad shares; set, count, checksum and
 * commitment are checked here, in this order.
 */
import { bech32m } from "@scure/base";
import { combine } from "shamir-secret-sharing";
import { concatBytes, equalBytes, fail, findHex, toHex, toUtf8 } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";
import { hkdfSha256 } from "./hash.ts";

export const SHARE_VERSION = 1;
const SHARE_PREFIX = "dsdnshare";
/** Characters of every share text of version 1. */
const SHARE_TEXT_LENGTH = 80;
/** At most this many shares a set: then the search for bad ones is bounded too. */
const SHARE_TOTAL_MAX = 16;
/** What a person may type of a commitment; a wrong key passes it once in 2^64. */
export const COMMITMENT_BYTES_MIN = 8;
const PAYLOAD_BYTES = 40;
const BECH32_LENGTH_MAX = 90;

export interface Share {
  /** 8 hex digits; all shares of one split have the same. */
  readonly setId: string;
  readonly threshold: number;
  readonly total: number;
  /** The point of the polynomial, 1..255; its number on the page. No two shares of a set have the same. */
  readonly index: number;
  /** Value and point as the library wants them, 33 bytes. Secret. */
  readonly bytes: Uint8Array;
}

/**
 * The share a text holds. Spaces and line breaks are ignored; all upper case is the same as all lower case.
 *
 * @throws DSDN_CRYPTO_SHARE_TRUNCATED, DSDN_CRYPTO_SHARE_DAMAGED, DSDN_CRYPTO_SHARE_VERSION
 */
export function parseShare(text: string): Share {
  const compact = text.slice(0, 4 * BECH32_LENGTH_MAX).replace(/\s+/g, "");
  const start = `${SHARE_PREFIX}1`;
  const isShare = compact.toLowerCase().startsWith(start);
  if (isShare && compact.length < SHARE_TEXT_LENGTH) {
    throw fail(cryptoErrors.shareTruncated, { actual: compact.length, expected: SHARE_TEXT_LENGTH });
  }
  const payload = isShare && compact.length <= BECH32_LENGTH_MAX ? decodeText(compact) : undefined;
  if (payload === undefined) throw fail(cryptoErrors.shareDamaged, {});
  const [version = 0] = payload;
  if (version !== SHARE_VERSION) throw fail(cryptoErrors.shareVersion, { version });
  const [threshold = 0, total = 0] = payload.subarray(5, 7);
  const index = payload[PAYLOAD_BYTES - 1] ?? 0;
  if (payload.length !== PAYLOAD_BYTES || index === 0 || !areShareCounts(threshold, total)) {
    throw fail(cryptoErrors.shareDamaged, {});
  }
  return { setId: toHex(payload.subarray(1, 5)), threshold, total, index, bytes: payload.slice(7) };
}

/** Proves the key of a set without telling it. */
export function commitToKey(
  key: Uint8Array,
  set: { readonly setId: Uint8Array; readonly threshold: number; readonly total: number },
): Uint8Array {
  const info = concatBytes(toUtf8("dsdn/share/1/commitment"), Uint8Array.of(set.threshold, set.total));
  return hkdfSha256(key, { salt: set.setId, info });
}

/** The key that these shares interpolate to, right or wrong, or undefined when two have one index. */
export async function combineShares(shares: readonly Share[]): Promise<Uint8Array | undefined> {
  if (new Set(shares.map((share) => share.index)).size !== shares.length) return undefined;
  return combine(shares.map((share) => share.bytes));
}

/** Whether the key is the one the set's commitment was made from. The commitment may be cut, to what a page shows. */
export function isCommittedKey(key: Uint8Array, share: Share, commitment: Uint8Array): boolean {
  const setId = findHex(share.setId) ?? new Uint8Array(0);
  return equalBytes(commitToKey(key, { ...share, setId }).subarray(0, commitment.length), commitment);
}

/** 2 <= threshold <= total <= 16. */
export function areShareCounts(threshold: number, total: number): boolean {
  return (
    Number.isInteger(threshold) &&
    Number.isInteger(total) &&
    threshold >= 2 &&
    total >= threshold &&
    total <= SHARE_TOTAL_MAX
  );
}

/** The text of a share; inverse of `parseShare`. */
export function formatShare({ setId, threshold, total, bytes }: Omit<Share, "index">): string {
  const head = concatBytes(Uint8Array.of(SHARE_VERSION), findHex(setId) ?? new Uint8Array(0));
  const payload = concatBytes(head, Uint8Array.of(threshold, total), bytes);
  return bech32m.encode(SHARE_PREFIX, bech32m.toWords(payload), BECH32_LENGTH_MAX);
}

function decodeText(text: string): Uint8Array | undefined {
  const decoded = bech32m.decodeUnsafe(text, BECH32_LENGTH_MAX);
  if (decoded === undefined || decoded.prefix !== SHARE_PREFIX) return undefined;
  const bytes = bech32m.fromWordsUnsafe(decoded.words);
  return bytes === undefined ? undefined : Uint8Array.from(bytes);
}
