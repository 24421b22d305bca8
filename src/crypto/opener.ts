import { fail } from "../base/index.ts";
import { ENVELOPE_TAG_BYTES, type EnvelopeSecrets, openSecrets, sealedSize } from "./envelope.ts";
import { cryptoErrors } from "./errors.ts";
import { openSegment } from "./segment.ts";
import { SegmentSplitter } from "./segment-splitter.ts";

export interface OpenOptions {
  /** 32 bytes, not kept. */
  readonly key: Uint8Array;
  /** The 67-byte header from the manifest or listing. */
  readonly header: Uint8Array;
  /** Plaintext size from the manifest; when given, a missing or added part is told from damage in every case. */
  readonly sizeBytes?: number;
}

/** Opens one stream. No byte of a segment leaves before its tag was verified. */
export interface Opener {
  /**
   * The plaintext of the segments that became complete, perhaps none.
   *
   * @throws DSDN_CRYPTO_DAMAGED {offset}, DSDN_CRYPTO_EXTENDED; the stream is then over.
   */
  update(sealed: Uint8Array): Uint8Array;
  /**
   * The last plaintext. Only after it returned is the stream known to be whole.
   *
   * @throws DSDN_CRYPTO_DAMAGED {offset}, DSDN_CRYPTO_TRUNCATED, DSDN_CRYPTO_EXTENDED
   */
  finish(): Uint8Array;
}

/**
 * Starts opening a stream. Failures in order: version, suite, header, wrong key, damaged segment, wrong end.
 *
 * @throws DSDN_CRYPTO_ENVELOPE_VERSION, DSDN_CRYPTO_ENVELOPE_SUITE, DSDN_CRYPTO_ENVELOPE_HEADER, DSDN_CRYPTO_KEY_LENGTH,
 * DSDN_CRYPTO_WRONG_KEY
 */
export function createOpener({ key, header, sizeBytes }: OpenOptions): Opener {
  const secrets = openSecrets(key, header);
  const sealedSegmentBytes = secrets.segmentSizeBytes + ENVELOPE_TAG_BYTES;
  const splitter = new SegmentSplitter(sealedSegmentBytes);
  const expected = sizeBytes === undefined ? undefined : sealedSize(sizeBytes, secrets.header[2]);
  let index = 0;
  let isOver = false;

  function attempt(work: () => Uint8Array): Uint8Array {
    if (isOver) throw fail(cryptoErrors.streamOver, {});
    try {
      return work();
    } catch (error) {
      isOver = true;
      splitter.clear();
      throw error;
    }
  }

  return {
    update: (sealed) =>
      attempt(() => {
        const out = allocate(splitter.countReady(sealed.length) * secrets.segmentSizeBytes);
        let at = 0;
        splitter.push(sealed, (segment) => {
          openMiddle(secrets, index++, { sealed: segment, out: out.subarray(at, at + secrets.segmentSizeBytes) });
          at += secrets.segmentSizeBytes;
        });
        return out;
      }),
    finish: () =>
      attempt(() => {
        const rest = splitter.rest();
        const actual = index * sealedSegmentBytes + rest.length;
        if (expected !== undefined && actual < expected) throw fail(cryptoErrors.truncated, { actual });
        const out = openLast(secrets, index, rest);
        if (expected !== undefined && actual > expected) throw fail(cryptoErrors.extended, { end: expected });
        isOver = true;
        splitter.clear();
        return out;
      }),
  };
}

/** The plaintext of a whole sealed stream. Errors as `createOpener`, `update` and `finish`. */
export function open(options: OpenOptions, sealed: Uint8Array): Uint8Array {
  const opener = createOpener(options);
  const start = opener.update(sealed);
  const end = opener.finish();
  const plaintext = allocate(start.length + end.length);
  plaintext.set(start);
  plaintext.set(end, start.length);
  return plaintext;
}

/** A segment that is followed by more bytes. If it opens as the final one, the stream was extended behind it. */
function openMiddle(
  secrets: EnvelopeSecrets,
  index: number,
  buffers: { readonly sealed: Uint8Array; readonly out: Uint8Array },
): void {
  if (openSegment(secrets, { index, isFinal: false }, buffers)) return;
  const offset = index * buffers.sealed.length;
  const isEnd = openSegment(secrets, { index, isFinal: true }, buffers);
  buffers.out.fill(0);
  throw isEnd
    ? fail(cryptoErrors.extended, { end: offset + buffers.sealed.length })
    : fail(cryptoErrors.damaged, { offset });
}

/** The segment at the end of the bytes. If it opens as a middle one, the true end is missing. */
function openLast(secrets: EnvelopeSecrets, index: number, sealed: Uint8Array): Uint8Array {
  const sealedSegmentBytes = secrets.segmentSizeBytes + ENVELOPE_TAG_BYTES;
  const offset = index * sealedSegmentBytes;
  const size = sealed.length - ENVELOPE_TAG_BYTES;
  if (size < 0) throw fail(cryptoErrors.truncated, { actual: offset + sealed.length });
  const out = allocate(size);
  // An empty last segment behind others is never written; accepting it would give one stream two forms.
  const isForm = size > 0 || index === 0;
  if (isForm && openSegment(secrets, { index, isFinal: true }, { sealed, out })) return out;
  const isCut =
    sealed.length === sealedSegmentBytes && openSegment(secrets, { index, isFinal: false }, { sealed, out });
  out.fill(0);
  throw isCut
    ? fail(cryptoErrors.truncated, { actual: offset + sealed.length })
    : fail(cryptoErrors.damaged, { offset });
}

/** Uninitialised memory that is filled, or zeroed before an error leaves. */
function allocate(sizeBytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(sizeBytes).buffer);
}
