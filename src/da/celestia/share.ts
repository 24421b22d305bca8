import { fail } from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import { NAMESPACE_BYTES, TAIL_PADDING_NAMESPACE } from "./namespace.ts";

/** @source celestia-app specs/src/shares.md */
export const SHARE_BYTES = 512;
const INFO_BYTES = 1;
const SEQUENCE_LENGTH_BYTES = 4;
export const SIGNER_BYTES = 20;
const FIRST_DATA_OFFSET = NAMESPACE_BYTES + INFO_BYTES + SEQUENCE_LENGTH_BYTES;
const NEXT_DATA_OFFSET = NAMESPACE_BYTES + INFO_BYTES;
/** Data bytes of a share that starts a version-0 sequence. */
const FIRST_SHARE_DATA_BYTES: number = SHARE_BYTES - FIRST_DATA_OFFSET;
/** Data bytes of every further share. */
const NEXT_SHARE_DATA_BYTES: number = SHARE_BYTES - NEXT_DATA_OFFSET;

/** What a blob is before it stands in a square. */
export interface BlobContent {
  readonly namespace: Uint8Array;
  readonly data: Uint8Array;
  /** 0, or 1 with a signer. */
  readonly shareVersion: number;
  readonly signer: Uint8Array | undefined;
}

/** A blob read back from shares, and the position of its first share in the list. */
export interface ParsedBlob extends BlobContent {
  readonly firstShare: number;
}

/** How many shares hold a blob of this size. @source celestia-app specs/src/shares.md: share splitting */
export function countShares(sizeBytes: number, shareVersion = 0): number {
  const first = FIRST_SHARE_DATA_BYTES - (shareVersion === 1 ? SIGNER_BYTES : 0);
  return sizeBytes <= first ? 1 : 1 + Math.ceil((sizeBytes - first) / NEXT_SHARE_DATA_BYTES);
}

/**
 * The shares of a blob, 512 bytes each:
 * `namespace(29) || version << 1 | start (1) || first only: length(4, big-endian) || v1 first only: signer(20) || data || zeros`.
 */
export function splitBlob(blob: BlobContent): Uint8Array[] {
  const count = countShares(blob.data.length, blob.shareVersion);
  const shares: Uint8Array[] = [];
  let taken = 0;
  for (let index = 0; index < count; index++) {
    const share = new Uint8Array(SHARE_BYTES);
    share.set(blob.namespace);
    share[NAMESPACE_BYTES] = (blob.shareVersion << 1) | (index === 0 ? 1 : 0);
    let offset = NEXT_DATA_OFFSET;
    if (index === 0) {
      new DataView(share.buffer).setUint32(NEXT_DATA_OFFSET, blob.data.length);
      offset = FIRST_DATA_OFFSET;
      if (blob.signer !== undefined && blob.shareVersion === 1) {
        share.set(blob.signer, offset);
        offset += SIGNER_BYTES;
      }
    }
    const part = blob.data.subarray(taken, taken + SHARE_BYTES - offset);
    share.set(part, offset);
    taken += part.length;
    shares.push(share);
  }
  return shares;
}

/** A share that only fills space, in the namespace of the blob before it. @source celestia-app specs: namespace padding */
export function createPaddingShare(namespace: Uint8Array): Uint8Array {
  const share = new Uint8Array(SHARE_BYTES);
  share.set(namespace);
  share[NAMESPACE_BYTES] = 1;
  return share;
}

/** The share that fills the end of a square. */
export function createTailPaddingShare(): Uint8Array {
  return createPaddingShare(TAIL_PADDING_NAMESPACE);
}

/**
 * The blobs of a complete run of shares of one namespace, padding left out, in order.
 *
 * @throws DSDN_DA_PROOF_INVALID when the shares are not whole sequences: a proof over them cannot be right.
 */
export function mergeShares(shares: readonly Uint8Array[]): ParsedBlob[] {
  const blobs: ParsedBlob[] = [];
  let index = 0;
  while (index < shares.length) {
    const first = readShare(shares, index);
    if (!first.isStart) throw broken("a sequence begins without its start share");
    if (first.shareVersion > 1) throw broken(`share version ${first.shareVersion} is unknown`);
    const length = new DataView(first.bytes.buffer, first.bytes.byteOffset).getUint32(NEXT_DATA_OFFSET);
    const count = length === 0 ? 1 : countShares(length, first.shareVersion);
    if (index + count > shares.length) throw broken("a sequence is longer than the shares");
    if (length > 0) blobs.push(mergeSequence(shares, { from: index, count, length }));
    index += count;
  }
  return blobs;
}

function mergeSequence(
  shares: readonly Uint8Array[],
  run: { from: number; count: number; length: number },
): ParsedBlob {
  const first = readShare(shares, run.from);
  const data = new Uint8Array(run.length);
  const hasSigner = first.shareVersion === 1;
  const firstOffset = FIRST_DATA_OFFSET + (hasSigner ? SIGNER_BYTES : 0);
  let filled = 0;
  for (let step = 0; step < run.count; step++) {
    const share = readShare(shares, run.from + step);
    if (step > 0 && (share.isStart || share.shareVersion !== first.shareVersion)) throw broken("a sequence is torn");
    const offset = step === 0 ? firstOffset : NEXT_DATA_OFFSET;
    const part = share.bytes.subarray(offset, Math.min(SHARE_BYTES, offset + run.length - filled));
    data.set(part, filled);
    filled += part.length;
  }
  return {
    namespace: first.bytes.slice(0, NAMESPACE_BYTES),
    data,
    shareVersion: first.shareVersion,
    signer: hasSigner ? first.bytes.slice(FIRST_DATA_OFFSET, firstOffset) : undefined,
    firstShare: run.from,
  };
}

function readShare(
  shares: readonly Uint8Array[],
  index: number,
): { bytes: Uint8Array; isStart: boolean; shareVersion: number } {
  const bytes = shares[index];
  if (bytes === undefined || bytes.length !== SHARE_BYTES) throw broken("a share does not have 512 bytes");
  const info = bytes[NAMESPACE_BYTES] ?? 0;
  return { bytes, isStart: (info & 1) === 1, shareVersion: info >> 1 };
}

function broken(reason: string) {
  return fail(daErrors.proofInvalid, { reason });
}
