import { equalBytes, fail, type Random } from "../base/index.ts";
import { ENVELOPE_TAG_BYTES, type EnvelopeSecrets, makeSecrets, SEGMENT_SIZE_LOG2_DEFAULT } from "./envelope.ts";
import { cryptoErrors } from "./errors.ts";
import { createSha256, DIGEST_BYTES, hkdfSha256 } from "./hash.ts";
import { sealSegment } from "./segment.ts";
import { SegmentSplitter } from "./segment-splitter.ts";

/**
 * Where the salt comes from. With `random` every stream differs. With `contentHash` (SHA-256 of the whole plaintext)
 * the same file of the same owner gives the same bytes again, which is what finds unchanged files.
 */
export type SaltSource =
  | { readonly random: Random }
  | { readonly ownerSecret: Uint8Array; readonly contentHash: Uint8Array };

export interface SealOptions {
  /** 32 bytes, not kept. */
  readonly key: Uint8Array;
  readonly salt: SaltSource;
  /** 16..20; 18 unless said. */
  readonly segmentSizeLog2?: number;
}

/** Seals one stream. Every byte that `update` and `finish` return belongs to it, in order. */
export interface Sealer {
  /** 67 bytes, for the manifest or listing. */
  readonly header: Uint8Array;
  /** The sealed bytes that became ready, perhaps none. The result is the caller's; `plaintext` is not kept. */
  update(plaintext: Uint8Array): Uint8Array;
  /**
   * The last sealed bytes; at least a tag. The stream is then over.
   *
   * @throws DSDN_CRYPTO_CONTENT_CHANGED when the plaintext is not the one whose hash made the salt. What was returned so
   * far must then be thrown away and never sent: sealed once more, other plaintext would share its nonces.
   */
  finish(): Uint8Array;
}

/**
 * Starts sealing a stream of unknown length.
 *
 * @throws DSDN_CRYPTO_KEY_LENGTH, DSDN_CRYPTO_ENVELOPE_HEADER; later calls after the end DSDN_CRYPTO_STREAM_OVER
 */
export function createSealer({ key, salt, segmentSizeLog2 = SEGMENT_SIZE_LOG2_DEFAULT }: SealOptions): Sealer {
  const contentHash = "contentHash" in salt ? Uint8Array.from(salt.contentHash) : undefined;
  const secrets = makeSecrets(key, makeSalt(salt), segmentSizeLog2);
  const splitter = new SegmentSplitter(secrets.segmentSizeBytes);
  const digest = contentHash && createSha256();
  let index = 0;
  let isOver = false;

  function checkOpen(): void {
    if (isOver) throw fail(cryptoErrors.streamOver, {});
  }

  return {
    header: secrets.header,
    update(plaintext) {
      checkOpen();
      digest?.update(plaintext);
      const sealedSegmentBytes = secrets.segmentSizeBytes + ENVELOPE_TAG_BYTES;
      const out = allocate(splitter.countReady(plaintext.length) * sealedSegmentBytes);
      let at = 0;
      splitter.push(plaintext, (segment) => {
        const place = { index: index++, isFinal: false };
        sealSegment(secrets, place, { plaintext: segment, out: out.subarray(at, at + sealedSegmentBytes) });
        at += sealedSegmentBytes;
      });
      return out;
    },
    finish() {
      checkOpen();
      isOver = true;
      if (contentHash && digest && !equalBytes(digest.digest(), contentHash)) {
        splitter.clear();
        throw fail(cryptoErrors.contentChanged, {});
      }
      const out = sealLast(secrets, index, splitter.rest());
      splitter.clear();
      return out;
    },
  };
}

/** A stream sealed in one call. */
export interface Sealed {
  /** 67 bytes. */
  readonly header: Uint8Array;
  readonly sealed: Uint8Array;
}

/** Seals `plaintext` as one stream. Errors as `createSealer`. */
export function seal(options: SealOptions, plaintext: Uint8Array): Sealed {
  const sealer = createSealer(options);
  const start = sealer.update(plaintext);
  const end = sealer.finish();
  const sealed = allocate(start.length + end.length);
  sealed.set(start);
  sealed.set(end, start.length);
  return { header: sealer.header, sealed };
}

function sealLast(secrets: EnvelopeSecrets, index: number, plaintext: Uint8Array): Uint8Array {
  const out = allocate(plaintext.length + ENVELOPE_TAG_BYTES);
  sealSegment(secrets, { index, isFinal: true }, { plaintext, out });
  return out;
}

/** The salt of a new stream, 32 bytes. */
export function makeSalt(source: SaltSource): Uint8Array {
  if ("random" in source) return source.random.bytes(DIGEST_BYTES);
  const { ownerSecret, contentHash } = source;
  for (const [what, bytes] of [
    ["owner secret", ownerSecret],
    ["content hash", contentHash],
  ] as const) {
    if (bytes.length !== DIGEST_BYTES) {
      throw fail(cryptoErrors.keyLength, { what, expected: DIGEST_BYTES, actual: bytes.length });
    }
  }
  return hkdfSha256(ownerSecret, { salt: contentHash, info: "dsdn/envelope/1/salt" });
}

/** Uninitialised memory that every caller fills to the end; zeroing it would cost a fifth of the throughput. */
function allocate(sizeBytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(sizeBytes).buffer);
}
