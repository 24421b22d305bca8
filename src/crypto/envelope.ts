/**
 * Envelope 1: the layout of a sealed stream. The header lives in the manifest or listing, never beside the bytes.
 *
 *   header = version(1) || suite(1) || segmentSizeLog2(1) || salt(32) || keyCommitment(32)
 *   sealed = segment*; segment = AES-256-GCM ciphertext(n) || tag(16), n = 2^segmentSizeLog2 but for the last
 *   nonce  = segment counter(11, big-endian) || final(1);   associated data = SHA-256(header)
 *
 * The last segment is never empty unless the stream is. HKDF-SHA-256 over key and salt gives the payload key and the
 * commitment under separate labels; both labels also hold version, suite and segment size, so that one key and salt
 * sealed with two segment sizes never share a nonce under one payload key.
 *
 * @source project format; the stream construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as age uses it.
 */
import { timingSafeEqual } from "node:crypto";
import { concatBytes, fail, toUtf8 } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";
import { hkdfSha256, sha256 } from "./hash.ts";

export const ENVELOPE_VERSION = 1;
/** AES-256-GCM with HKDF-SHA-256. */
export const ENVELOPE_SUITE = 1;
export const ENVELOPE_HEADER_BYTES = 67;
const ENVELOPE_KEY_BYTES = 32;
export const ENVELOPE_TAG_BYTES = 16;
/** Segments of 64 KiB to 1 MiB are read. */
const SEGMENT_SIZE_LOG2_MIN = 16;
const SEGMENT_SIZE_LOG2_MAX = 20;
/**
 * Segments of 256 KiB are written: below that the cost of one cipher a segment (10 us) shows against the cipher itself
 * (50 us), above it a small range read costs more and the working set leaves the second-level cache.
 */
export const SEGMENT_SIZE_LOG2_DEFAULT = 18;

export interface EnvelopeHeader {
  readonly segmentSizeLog2: number;
  /** 32 bytes. */
  readonly salt: Uint8Array;
  /** 32 bytes; proves the key before a segment is touched and binds the ciphertext to one key. */
  readonly keyCommitment: Uint8Array;
}

/** What a stream is sealed and opened with. */
export interface EnvelopeSecrets {
  readonly header: Uint8Array;
  readonly payloadKey: Uint8Array;
  /** SHA-256 of the header. */
  readonly associatedData: Uint8Array;
  readonly segmentSizeBytes: number;
}

/**
 * The header of a sealed stream, parsed in the order in which failures are named.
 *
 * @throws DSDN_CRYPTO_ENVELOPE_VERSION, DSDN_CRYPTO_ENVELOPE_SUITE, DSDN_CRYPTO_ENVELOPE_HEADER
 */
export function parseEnvelopeHeader(header: Uint8Array): EnvelopeHeader {
  const [version, suite, segmentSizeLog2] = header;
  if (version === undefined) throw fail(cryptoErrors.envelopeHeader, { reason: "it is empty" });
  if (version !== ENVELOPE_VERSION) throw fail(cryptoErrors.envelopeVersion, { version });
  if (suite !== undefined && suite !== ENVELOPE_SUITE) throw fail(cryptoErrors.envelopeSuite, { suite });
  if (header.length !== ENVELOPE_HEADER_BYTES || segmentSizeLog2 === undefined) {
    throw fail(cryptoErrors.envelopeHeader, { reason: `${header.length} bytes, not ${ENVELOPE_HEADER_BYTES}` });
  }
  checkSegmentSize(segmentSizeLog2);
  return { segmentSizeLog2, salt: header.slice(3, 35), keyCommitment: header.slice(35) };
}

/** The secrets of a new stream; the salt must never be used with this key for other plaintext. */
export function makeSecrets(key: Uint8Array, salt: Uint8Array, segmentSizeLog2: number): EnvelopeSecrets {
  checkKey(key);
  checkSegmentSize(segmentSizeLog2);
  const start = Uint8Array.of(ENVELOPE_VERSION, ENVELOPE_SUITE, segmentSizeLog2);
  const header = concatBytes(start, salt, derive(key, salt, { purpose: "commitment", start }));
  return withPayloadKey(key, salt, header);
}

/**
 * The secrets of an existing stream.
 *
 * @throws as `parseEnvelopeHeader`, then DSDN_CRYPTO_WRONG_KEY
 */
export function openSecrets(key: Uint8Array, header: Uint8Array): EnvelopeSecrets {
  const { salt, keyCommitment } = parseEnvelopeHeader(header);
  checkKey(key);
  const expected = derive(key, salt, { purpose: "commitment", start: header.subarray(0, 3) });
  if (!timingSafeEqual(expected, keyCommitment)) throw fail(cryptoErrors.wrongKey, {});
  return withPayloadKey(key, salt, Uint8Array.from(header));
}

/** Whether `key` is the one a stream with this header was sealed under; false also for what is no header. */
export function isEnvelopeKey(key: Uint8Array, header: Uint8Array): boolean {
  try {
    openSecrets(key, header);
    return true;
  } catch {
    return false;
  }
}

/** Sealed bytes of `sizeBytes` plaintext bytes. */
export function sealedSize(sizeBytes: number, segmentSizeLog2 = SEGMENT_SIZE_LOG2_DEFAULT): number {
  checkSegmentSize(segmentSizeLog2);
  return sizeBytes + ENVELOPE_TAG_BYTES * segmentCount(sizeBytes, segmentSizeLog2);
}

/** Plaintext bytes of `sealedBytes` sealed bytes, or undefined when no stream has that size. Inverse of `sealedSize`. */
export function findPlainSize(sealedBytes: number, segmentSizeLog2 = SEGMENT_SIZE_LOG2_DEFAULT): number | undefined {
  checkSegmentSize(segmentSizeLog2);
  const segments = Math.max(1, Math.ceil(sealedBytes / (2 ** segmentSizeLog2 + ENVELOPE_TAG_BYTES)));
  const sizeBytes = sealedBytes - segments * ENVELOPE_TAG_BYTES;
  return Number.isSafeInteger(sizeBytes) && sizeBytes >= 0 && segmentCount(sizeBytes, segmentSizeLog2) === segments
    ? sizeBytes
    : undefined;
}

/** How many segments hold `sizeBytes` of plaintext; an empty stream has one. */
export function segmentCount(sizeBytes: number, segmentSizeLog2: number): number {
  return Math.max(1, Math.ceil(sizeBytes / 2 ** segmentSizeLog2));
}

function withPayloadKey(key: Uint8Array, salt: Uint8Array, header: Uint8Array): EnvelopeSecrets {
  const start = header.subarray(0, 3);
  return {
    header,
    payloadKey: derive(key, salt, { purpose: "payload key", start }),
    associatedData: sha256(header),
    segmentSizeBytes: 2 ** (header[2] ?? 0),
  };
}

function derive(key: Uint8Array, salt: Uint8Array, label: { purpose: string; start: Uint8Array }): Uint8Array {
  return hkdfSha256(key, { salt, info: concatBytes(toUtf8(`dsdn/envelope/1/${label.purpose}`), label.start) });
}

function checkKey(key: Uint8Array): void {
  if (key.length !== ENVELOPE_KEY_BYTES) {
    throw fail(cryptoErrors.keyLength, { what: "file key", expected: ENVELOPE_KEY_BYTES, actual: key.length });
  }
}

function checkSegmentSize(log2: number): void {
  if (!Number.isInteger(log2) || log2 < SEGMENT_SIZE_LOG2_MIN || log2 > SEGMENT_SIZE_LOG2_MAX) {
    throw fail(cryptoErrors.envelopeHeader, { reason: `segment size 2^${log2} is outside 2^16..2^20` });
  }
}
