import { concatBytes, findHex, fromUtf8, toHex, toUtf8 } from "../../base/index.ts";
import { formatHeader, parseHeader } from "../header-json.ts";
import { readCount, readHex, readList, readObject } from "../json-shape.ts";
import type { AxisRoots } from "../namespace-proof.ts";
import { NODE_BYTES } from "../nmt.ts";
import type { DaBlob } from "../port.ts";
import { joinRoots, type LocalBlock, rootsOfEmptyBlock } from "./block.ts";

/** What stands in the local node's file: a block, or a new offset of its clock. */
export type LocalRecord =
  | { readonly kind: "block"; readonly block: LocalBlock }
  | { readonly kind: "offset"; readonly offsetMs: number };

/** Record = length of the JSON part(4, big-endian) || JSON || roots, 90 bytes each || data of the blobs. */
export function encodeBlock(block: LocalBlock): Uint8Array {
  const hasRoots = block.blobs.length > 0;
  const meta = {
    header: formatHeader(block.header, { are64BitNumbers: true }),
    hash: toHex(block.id.hash),
    parts: toHex(block.id.partsHash),
    signature: toHex(block.vote.signature),
    roots: hasRoots ? block.roots.rowRoots.length + block.roots.columnRoots.length : 0,
    blobs: block.blobs.map((blob) => ({
      namespace: toHex(blob.namespace),
      commitment: toHex(blob.commitment),
      signer: blob.signer === undefined ? "" : toHex(blob.signer),
      shareVersion: blob.shareVersion,
      index: blob.index,
      size: blob.data.length,
    })),
  };
  const roots = hasRoots ? joinRoots(block.roots) : new Uint8Array(0);
  return joinRecord(meta, [roots, ...block.blobs.map((blob) => blob.data)]);
}

export function encodeOffset(offsetMs: number): Uint8Array {
  return joinRecord({ offsetMs }, []);
}

function joinRecord(meta: object, parts: readonly Uint8Array[]): Uint8Array {
  const json = toUtf8(JSON.stringify(meta));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length);
  return concatBytes(length, json, ...parts);
}

/** The record's content. Its checksum was checked by the record log, so anything odd is our own bug. */
export function decodeRecord(bytes: Uint8Array): LocalRecord {
  const place = "the local node's file";
  const jsonLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const meta = readObject(JSON.parse(fromUtf8(bytes.subarray(4, 4 + jsonLength))), place);
  if (typeof meta["offsetMs"] === "number") return { kind: "offset", offsetMs: meta["offsetMs"] };
  const header = parseHeader(meta["header"], place);
  let offset = 4 + jsonLength;
  const take = (length: number) => bytes.slice(offset, (offset += length));
  const rootCount = readCount(meta["roots"], place);
  const roots = rootCount === 0 ? rootsOfEmptyBlock() : splitRoots(take(rootCount * NODE_BYTES));
  const blobs = readList(meta["blobs"], place).map((item): DaBlob => {
    const blob = readObject(item, place);
    return {
      namespace: findHex(String(blob["namespace"])) ?? new Uint8Array(0),
      commitment: readHex(blob["commitment"], place, 32),
      signer: blob["signer"] === "" ? undefined : readHex(blob["signer"], place, 20),
      shareVersion: readCount(blob["shareVersion"], place),
      index: readCount(blob["index"], place),
      data: take(readCount(blob["size"], place)),
    };
  });
  const vote = {
    flag: 2,
    validatorAddress: header.proposerAddress,
    time: header.time,
    signature: readHex(meta["signature"], place, 64),
  };
  const id = { hash: readHex(meta["hash"], place, 32), partsTotal: 1, partsHash: readHex(meta["parts"], place, 32) };
  return { kind: "block", block: { header, id, vote, roots, blobs } };
}

function splitRoots(bytes: Uint8Array): AxisRoots {
  const all = Array.from({ length: bytes.length / NODE_BYTES }, (_, index) =>
    bytes.slice(index * NODE_BYTES, (index + 1) * NODE_BYTES),
  );
  return { rowRoots: all.slice(0, all.length / 2), columnRoots: all.slice(all.length / 2) };
}
