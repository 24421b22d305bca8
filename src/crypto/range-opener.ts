import { fail } from "../base/index.ts";
import { ENVELOPE_TAG_BYTES, openSecrets, sealedSize, segmentCount } from "./envelope.ts";
import { cryptoErrors } from "./errors.ts";
import { openSegment } from "./segment.ts";

/** The sealed bytes that hold a range of plaintext: whole segments. */
export interface SealedRange {
  readonly sealedOffset: number;
  readonly sealedLength: number;
}

export interface RangeOpener {
  /** Which sealed bytes are needed for `length` plaintext bytes from `offset`. @throws DSDN_CRYPTO_RANGE */
  plan(offset: number, length: number): SealedRange;
  /**
   * The plaintext range from exactly the planned sealed bytes.
   *
   * @throws DSDN_CRYPTO_RANGE, DSDN_CRYPTO_TRUNCATED, DSDN_CRYPTO_EXTENDED, DSDN_CRYPTO_DAMAGED {offset}
   */
  open(offset: number, length: number, sealed: Uint8Array): Uint8Array;
}

interface RangeOptions {
  /** 32 bytes, not kept. */
  readonly key: Uint8Array;
  readonly header: Uint8Array;
  /** Plaintext size from the manifest. A wrong one makes the last segment fail, never gives wrong bytes. */
  readonly sizeBytes: number;
}

/**
 * Reads ranges of a sealed stream, each verified by itself.
 *
 * @throws as `createOpener`
 */
export function createRangeOpener({ key, header, sizeBytes }: RangeOptions): RangeOpener {
  const secrets = openSecrets(key, header);
  const { segmentSizeBytes } = secrets;
  const log2 = Math.log2(segmentSizeBytes);
  const sealedSegmentBytes = segmentSizeBytes + ENVELOPE_TAG_BYTES;
  const sealedTotal = sealedSize(sizeBytes, log2);
  const lastIndex = segmentCount(sizeBytes, log2) - 1;

  function plan(offset: number, length: number): SealedRange {
    const isInside = [offset, length].every((value) => Number.isSafeInteger(value) && value >= 0);
    if (!isInside || offset + length > sizeBytes) throw fail(cryptoErrors.range, { offset, length, sizeBytes });
    if (length === 0) return { sealedOffset: 0, sealedLength: 0 };
    const first = Math.floor(offset / segmentSizeBytes);
    const end = Math.floor((offset + length - 1) / segmentSizeBytes) + 1;
    const sealedOffset = first * sealedSegmentBytes;
    return { sealedOffset, sealedLength: Math.min(end * sealedSegmentBytes, sealedTotal) - sealedOffset };
  }

  return {
    plan,
    open(offset, length, sealed) {
      const { sealedOffset, sealedLength } = plan(offset, length);
      if (sealed.length < sealedLength) throw fail(cryptoErrors.truncated, { actual: sealedOffset + sealed.length });
      if (sealed.length > sealedLength) throw fail(cryptoErrors.extended, { end: sealedOffset + sealedLength });
      const first = sealedOffset / sealedSegmentBytes;
      const plaintext = new Uint8Array(sealedLength - ENVELOPE_TAG_BYTES * segmentsIn(sealedLength));
      for (let i = 0; i * sealedSegmentBytes < sealedLength; i++) {
        const segment = sealed.subarray(i * sealedSegmentBytes, (i + 1) * sealedSegmentBytes);
        const out = plaintext.subarray(i * segmentSizeBytes, (i + 1) * segmentSizeBytes);
        const place = { index: first + i, isFinal: first + i === lastIndex };
        if (!openSegment(secrets, place, { sealed: segment, out })) {
          throw fail(cryptoErrors.damaged, { offset: (first + i) * sealedSegmentBytes });
        }
      }
      const skip = offset - first * segmentSizeBytes;
      return length === 0 ? plaintext : plaintext.subarray(skip, skip + length);
    },
  };

  function segmentsIn(sealedLength: number): number {
    return Math.ceil(sealedLength / sealedSegmentBytes);
  }
}
