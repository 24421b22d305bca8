import { concatBytes, fromUtf8, toBase64, toUtf8 } from "../../base/index.ts";
import { hashHeader } from "../celestia/comet-header.ts";
import { timeToMs } from "../celestia/header-json.ts";
import { NAMESPACE_BYTES } from "../celestia/namespace.ts";
import type { AxisRoots } from "../celestia/namespace-proof.ts";
import { NODE_BYTES } from "../celestia/nmt.ts";
import { SIGNER_BYTES } from "../celestia/share.ts";
import { readBase64, readCount, readList, readObject } from "../json-shape.ts";
import type { DaBlob } from "../port.ts";
import {
  blockIdOf,
  type ChainFacts,
  dataRootOfEmptyBlock,
  fillHeader,
  joinRoots,
  type LocalBlock,
  NO_BLOCK_ID,
  rootsOfEmptyBlock,
} from "./block.ts";

/** First byte of a record. */
const KIND_BLOCK = 1;
const KIND_OFFSET = 2;
const PLACE = "the local node's file";

/**
 * Block = 1 || length of the JSON part(4, big-endian) || JSON || roots, 90 bytes each || data of the blobs. The JSON
 * holds what cannot be derived from the chain; a block without blobs has no roots.
 */
export function encodeBlock(block: LocalBlock): Uint8Array {
  const { header, blobs, roots } = block;
  const meta = {
    height: header.height,
    timeMs: timeToMs(header.time),
    previous: toBase64(header.lastBlockId.hash),
    lastCommit: toBase64(header.lastCommitHash),
    signature: toBase64(block.vote.signature),
    ...(blobs.length === 0 ? {} : { data: toBase64(header.dataHash), blobs: blobs.map(describeBlob) }),
    ...(blobs.length === 0 ? {} : { roots: roots.rowRoots.length + roots.columnRoots.length }),
  };
  const tail = blobs.length === 0 ? [] : [joinRoots(roots), ...blobs.map((blob) => blob.data)];
  return joinRecord(KIND_BLOCK, meta, tail);
}

/** Offset = 2 || length(4) || {"offsetMs"}: how far header time stands before the clock. */
export function encodeOffset(offsetMs: number): Uint8Array {
  return joinRecord(KIND_OFFSET, { offsetMs }, []);
}

function describeBlob(blob: DaBlob): object {
  return {
    namespace: toBase64(blob.namespace),
    commitment: toBase64(blob.commitment),
    ...(blob.signer === undefined ? {} : { signer: toBase64(blob.signer) }),
    version: blob.shareVersion,
    index: blob.index,
    size: blob.data.length,
  };
}

function joinRecord(kind: number, meta: object, parts: readonly Uint8Array[]): Uint8Array {
  const json = toUtf8(JSON.stringify(meta));
  const head = new Uint8Array(5);
  head[0] = kind;
  new DataView(head.buffer).setUint32(1, json.length);
  return concatBytes(head, json, ...parts);
}

/** True for the record of a block; false for one of the clock. */
export function isBlockRecord(bytes: Uint8Array): boolean {
  return bytes[0] === KIND_BLOCK;
}

/** The offset in a record that is not a block. */
export function decodeOffset(bytes: Uint8Array): number {
  const offsetMs = readMeta(bytes).json["offsetMs"];
  return typeof offsetMs === "number" ? offsetMs : 0;
}

/** The block of a record. Its checksum was checked by the record log. @throws DSDN_DA_BAD_ANSWER for a foreign file */
export function decodeBlock(bytes: Uint8Array, chain: ChainFacts): LocalBlock {
  const { json, end } = readMeta(bytes);
  let offset = end;
  const take = (length: number) => {
    offset += length;
    return bytes.slice(offset - length, offset);
  };
  const rootCount = readCount(json["roots"] ?? 0, PLACE);
  const roots = rootCount === 0 ? rootsOfEmptyBlock() : splitRoots(take(rootCount * NODE_BYTES));
  const blobs = readList(json["blobs"] ?? [], PLACE).map((item): DaBlob => {
    const blob = readObject(item, PLACE);
    return {
      namespace: readBase64(blob["namespace"], PLACE, NAMESPACE_BYTES),
      commitment: readBase64(blob["commitment"], PLACE, 32),
      signer: blob["signer"] === undefined ? undefined : readBase64(blob["signer"], PLACE, SIGNER_BYTES),
      shareVersion: readCount(blob["version"], PLACE),
      index: readCount(blob["index"], PLACE),
      data: take(readCount(blob["size"], PLACE)),
    };
  });
  const previous = readBase64(json["previous"], PLACE);
  const header = fillHeader(chain, {
    height: readCount(json["height"], PLACE),
    timeMs: readCount(json["timeMs"], PLACE),
    lastBlockId: previous.length === 0 ? NO_BLOCK_ID : blockIdOf(previous),
    lastCommitHash: readBase64(json["lastCommit"], PLACE, 32),
    dataHash: rootCount === 0 ? dataRootOfEmptyBlock() : readBase64(json["data"], PLACE, 32),
  });
  const signature = readBase64(json["signature"], PLACE, 64);
  const vote = { flag: 2, validatorAddress: header.proposerAddress, time: header.time, signature };
  return { header, id: blockIdOf(hashHeader(header)), vote, roots, blobs };
}

function readMeta(bytes: Uint8Array): { json: { readonly [name: string]: unknown }; end: number } {
  const end = 5 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  return { json: readObject(JSON.parse(fromUtf8(bytes.subarray(5, end))), PLACE), end };
}

function splitRoots(bytes: Uint8Array): AxisRoots {
  const all = Array.from({ length: bytes.length / NODE_BYTES }, (_, index) =>
    bytes.slice(index * NODE_BYTES, (index + 1) * NODE_BYTES),
  );
  return { rowRoots: all.slice(0, all.length / 2), columnRoots: all.slice(all.length / 2) };
}
