import { equalBytes, fail } from "../base/index.ts";
import { ENVELOPE_TAG_BYTES, makeSecrets, SEGMENT_SIZE_LOG2_DEFAULT } from "./envelope.ts";
import { cryptoErrors } from "./errors.ts";
import { createSha256 } from "./hash.ts";
import { platformCipher } from "./platform-cipher.ts";
import { createSealer, makeSalt, type Sealed, type Sealer, type SealOptions, seal } from "./sealer.ts";
import { cipherOf, type SealingCipher } from "./segment.ts";
import { SegmentSplitter } from "./segment-splitter.ts";

/** A `Sealer` whose cipher takes its time; calls must not overlap. */
export interface AsyncSealer {
  /** 67 bytes, for the manifest or listing. */
  readonly header: Uint8Array;
  update(plaintext: Uint8Array): Promise<Uint8Array>;
  finish(): Promise<Uint8Array>;
}

/** Starts sealing a stream with this platform's cipher. Errors and bytes as `createSealer`. */
export function createPlatformSealer(options: SealOptions): Sealer | AsyncSealer {
  return platformCipher === undefined ? createSealer(options) : createSealerWith(platformCipher, options);
}

/** Seals one stream with this platform's cipher. Errors and bytes as `seal`. */
export function sealOnPlatform(options: SealOptions, plaintext: Uint8Array): Sealed | Promise<Sealed> {
  return platformCipher === undefined ? seal(options, plaintext) : sealWith(platformCipher, options, plaintext);
}

/** Seals `plaintext` as one stream with another cipher than Node's. Errors and bytes as `seal`. */
export async function sealWith(cipher: SealingCipher, options: SealOptions, plaintext: Uint8Array): Promise<Sealed> {
  const sealer = createSealerWith(cipher, options);
  const start = await sealer.update(plaintext);
  const end = await sealer.finish();
  const sealed = new Uint8Array(start.length + end.length);
  sealed.set(start);
  sealed.set(end, start.length);
  return { header: sealer.header, sealed };
}

/** `createSealer` with another cipher than Node's; the segments of one call are sealed at the same time. */
export function createSealerWith(
  cipher: SealingCipher,
  { key, salt, segmentSizeLog2 = SEGMENT_SIZE_LOG2_DEFAULT }: SealOptions,
): AsyncSealer {
  const contentHash = "contentHash" in salt ? Uint8Array.from(salt.contentHash) : undefined;
  const secrets = makeSecrets(key, makeSalt(salt), segmentSizeLog2);
  const splitter = new SegmentSplitter(secrets.segmentSizeBytes);
  const digest = contentHash && createSha256();
  let index = 0;
  let isOver = false;
  const checkOpen = () => {
    if (isOver) throw fail(cryptoErrors.streamOver, {});
  };
  const encrypt = (isFinal: boolean, buffers: { plaintext: Uint8Array; out: Uint8Array }) =>
    cipher.encrypt(cipherOf(secrets, { index: index++, isFinal }), buffers);
  return {
    header: secrets.header,
    async update(plaintext) {
      checkOpen();
      digest?.update(plaintext);
      const sealedSegmentBytes = secrets.segmentSizeBytes + ENVELOPE_TAG_BYTES;
      const out = new Uint8Array(splitter.countReady(plaintext.length) * sealedSegmentBytes);
      const sealing: Promise<void>[] = [];
      splitter.push(plaintext, (segment) => {
        const at = sealing.length * sealedSegmentBytes;
        // The splitter's own memory is filled anew before the cipher is done with it.
        const copy = { plaintext: segment.slice(), out: out.subarray(at, at + sealedSegmentBytes) };
        sealing.push(encrypt(false, copy));
      });
      await Promise.all(sealing);
      return out;
    },
    async finish() {
      checkOpen();
      isOver = true;
      if (contentHash && digest && !equalBytes(digest.digest(), contentHash)) {
        splitter.clear();
        throw fail(cryptoErrors.contentChanged, {});
      }
      const plaintext = splitter.rest().slice();
      splitter.clear();
      const out = new Uint8Array(plaintext.length + ENVELOPE_TAG_BYTES);
      await encrypt(true, { plaintext, out });
      return out;
    },
  };
}
