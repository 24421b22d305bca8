import { fail } from "../base/index.ts";
import { ENVELOPE_TAG_BYTES, findPlainSize, openSecrets, sealedSize, segmentCount } from "./envelope.ts";
import { cryptoErrors } from "./errors.ts";
import { cipherOf, openSegment, type SegmentCipher } from "./segment.ts";

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
  /** The same with another cipher than Node's, all segments at once. Errors as `open`. */
  openWith(cipher: SegmentCipher, range: { offset: number; length: number; sealed: Uint8Array }): Promise<Uint8Array>;
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

  /** The segments of a range, each with its place in the stream and in the plaintext. */
  function layOut(offset: number, length: number, sealed: Uint8Array) {
    const { sealedOffset, sealedLength } = plan(offset, length);
    if (sealed.length < sealedLength) throw fail(cryptoErrors.truncated, { actual: sealedOffset + sealed.length });
    if (sealed.length > sealedLength) throw fail(cryptoErrors.extended, { end: sealedOffset + sealedLength });
    const first = sealedOffset / sealedSegmentBytes;
    const plaintext = new Uint8Array(sealedLength - ENVELOPE_TAG_BYTES * segmentsIn(sealedLength));
    const segments = Array.from({ length: segmentsIn(sealedLength) }, (_, i) => ({
      place: { index: first + i, isFinal: first + i === lastIndex },
      sealed: sealed.subarray(i * sealedSegmentBytes, (i + 1) * sealedSegmentBytes),
      out: plaintext.subarray(i * segmentSizeBytes, (i + 1) * segmentSizeBytes),
    }));
    const skip = offset - first * segmentSizeBytes;
    return { segments, wanted: length === 0 ? plaintext : plaintext.subarray(skip, skip + length) };
  }

  function check(isWhole: boolean, index: number): void {
    if (!isWhole) throw fail(cryptoErrors.damaged, { offset: index * sealedSegmentBytes });
  }

  return {
    plan,
    open(offset, length, sealed) {
      const { segments, wanted } = layOut(offset, length, sealed);
      for (const { place, ...buffers } of segments) check(openSegment(secrets, place, buffers), place.index);
      return wanted;
    },
    async openWith(cipher, { offset, length, sealed }) {
      const { segments, wanted } = layOut(offset, length, sealed);
      const results = await Promise.all(
        segments.map(({ place, ...buffers }) => cipher.decrypt(cipherOf(secrets, place), buffers)),
      );
      for (const [at, { place }] of segments.entries()) check(results[at] === true, place.index);
      return wanted;
    },
  };

  function segmentsIn(sealedLength: number): number {
    return Math.ceil(sealedLength / sealedSegmentBytes);
  }
}

/**
 * The plaintext of a whole stream, opened with another cipher than Node's.
 *
 * @throws as `createOpener`, then DSDN_CRYPTO_TRUNCATED for a size no stream has, DSDN_CRYPTO_DAMAGED {offset}
 */
export async function openWith(
  cipher: SegmentCipher,
  secrets: { readonly key: Uint8Array; readonly header: Uint8Array },
  sealed: Uint8Array,
): Promise<Uint8Array> {
  const { segmentSizeBytes } = openSecrets(secrets.key, secrets.header);
  const sizeBytes = findPlainSize(sealed.length, Math.log2(segmentSizeBytes));
  if (sizeBytes === undefined) throw fail(cryptoErrors.truncated, { actual: sealed.length });
  const opener = createRangeOpener({ ...secrets, sizeBytes });
  // An empty stream still has a segment, which proves that it is empty.
  if (sizeBytes > 0) return opener.openWith(cipher, { offset: 0, length: sizeBytes, sealed });
  const place = { index: 0, isFinal: true };
  const isWhole = await cipher.decrypt(cipherOf(openSecrets(secrets.key, secrets.header), place), {
    sealed,
    out: new Uint8Array(0),
  });
  if (!isWhole) throw fail(cryptoErrors.damaged, { offset: 0 });
  return new Uint8Array(0);
}
