import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type DsdnError, fail } from "../base/index.ts";
import {
  byteString,
  decodeCanonical,
  decodeWith,
  domainHash,
  type EventBody,
  encodeCanonical,
  encodeWith,
  eventBodies,
  limits,
  uint,
  z,
} from "../protocol/index.ts";
import { chainErrors } from "./errors.ts";
import { MAX_BATCH_BLOCKS, MAX_BATCH_UNPACKED_BYTES, MAX_TRANSACTION_BYTES } from "./rules.ts";

/** What a replayer needs to mine one block again. */
const record = z.strictObject({
  /** Block number. */
  n: uint(),
  /** Seconds since 1970. */
  timestamp: uint(0xffff_ffff_ffff),
  prevRandao: byteString(32),
  rawTxs: z.array(byteString(1, MAX_TRANSACTION_BYTES)),
});
export type BlockRecord = z.output<typeof record>;

const packed = z.strictObject({
  version: z.literal(1),
  chainId: uint(0xffff_ffff),
  firstBlock: uint(),
  lastBlock: uint(),
  /** Bytes of the records before they were compressed: the bound of unpacking is known before it begins. */
  unpackedSize: uint(MAX_BATCH_UNPACKED_BYTES),
  /** Raw DEFLATE of the canonical bytes of BlockRecord[]. @source RFC 1951 */
  records: byteString(1, limits.chainBatchBytes),
});

/** The body of a ChainBatch event: {number, previous, stateRoot, batch}. */
export type ChainBatchBody = EventBody<"ChainBatch">;

/** A batch, unpacked. `number` counts batches from 0; `previous` is the hash of the batch before, or the genesis digest. */
export interface ChainBatch {
  readonly number: number;
  readonly previous: Uint8Array;
  /** After the last block. */
  readonly stateRoot: Uint8Array;
  readonly chainId: number;
  readonly firstBlock: number;
  readonly lastBlock: number;
  readonly records: readonly BlockRecord[];
}

/** The event body of a batch. @throws DSDN_CHAIN_BATCH_MALFORMED when the records do not fit into one batch. */
export function packBatch(batch: Omit<ChainBatch, "firstBlock" | "lastBlock">): ChainBatchBody {
  const first = batch.records[0];
  const last = batch.records.at(-1);
  if (first === undefined || last === undefined) throw malformed("it holds no block");
  const unpacked = encodeCanonical(batch.records.map((entry) => z.encode(record, entry)));
  if (unpacked.length > MAX_BATCH_UNPACKED_BYTES) throw malformed(`it unpacks to ${unpacked.length} bytes`);
  const bytes = encodeCanonical({
    version: 1,
    chainId: batch.chainId,
    firstBlock: first.n,
    lastBlock: last.n,
    unpackedSize: unpacked.length,
    records: new Uint8Array(deflateRawSync(unpacked)),
  });
  if (bytes.length > limits.chainBatchBytes) throw malformed(`it has ${bytes.length} bytes`);
  return { number: batch.number, previous: batch.previous, stateRoot: batch.stateRoot, batch: bytes };
}

/**
 * The batch behind an event body. Nothing of it is trusted: unpacking stops at the announced size, which is bounded.
 * @throws DSDN_CHAIN_BATCH_MALFORMED
 */
export function unpackBatch(body: ChainBatchBody): ChainBatch {
  const envelope = parse(() =>
    decodeWith(packed, body.batch, { what: "chain batch", limitBytes: limits.chainBatchBytes }),
  );
  const unpacked = inflate(envelope.records, envelope.unpackedSize);
  const values = parse(() => decodeCanonical(unpacked, "chain batch", MAX_BATCH_UNPACKED_BYTES));
  const records = z
    .array(record)
    .min(1)
    .max(MAX_BATCH_BLOCKS)
    .safeDecode(values as z.input<typeof record>[]);
  if (!records.success) throw malformed("its records have another form");
  const { chainId, firstBlock, lastBlock } = envelope;
  if (records.data[0]?.n !== firstBlock || records.data.at(-1)?.n !== lastBlock) {
    throw malformed("its blocks are not the ones it announces");
  }
  if (records.data.some((entry, index) => entry.n !== firstBlock + index)) throw malformed("its blocks have a gap");
  const { number, previous, stateRoot } = body;
  return { number, previous, stateRoot, chainId, firstBlock, lastBlock, records: records.data };
}

/** The 32-byte name of a batch, which the next batch carries as `previous`. */
export function chainBatchHash(body: ChainBatchBody): Uint8Array {
  return domainHash("chainBatch", encodeWith(eventBodies.ChainBatch, body));
}

/** Bytes a record takes in an unpacked batch, rounded up. */
export function recordSizeBytes(entry: BlockRecord): number {
  return entry.rawTxs.reduce((sum, raw) => sum + raw.length + 9, 128);
}

function inflate(bytes: Uint8Array, size: number): Uint8Array {
  // `info` tells how much was read, so that nothing can hide behind the end of the stream.
  const options = { maxOutputLength: Math.max(size, 1), info: true } as const;
  let result: { buffer: Buffer; engine: { bytesWritten: number } };
  try {
    result = inflateRawSync(bytes, options) as unknown as typeof result;
  } catch (error) {
    throw malformed("its records do not unpack to the announced size", error);
  }
  if (result.buffer.length !== size) throw malformed("its records do not unpack to the announced size");
  if (result.engine.bytesWritten !== bytes.length) throw malformed("bytes follow the end of its records");
  return new Uint8Array(result.buffer);
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw malformed("it is not canonical", error);
  }
}

function malformed(reason: string, cause?: unknown): DsdnError {
  return fail(chainErrors.batchMalformed, { reason }, { cause, verdict: "reject" });
}
