import { base32 } from "multiformats/bases/base32";
import { CID } from "multiformats/cid";
import * as digest from "multiformats/hashes/digest";
import { fail, findHex, toHex, toUtf8 } from "../base/index.ts";
import { sha256 } from "../crypto/index.ts";
import { protocolErrors } from "./errors.ts";
import { domainHash } from "./preimages.ts";

declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** 64 hex digits: hash of the genesis document. */
export type NetworkId = Branded<string, "NetworkId">;
/** CIDv1, raw, SHA-256 of the stored bytes, base32 text `bafkrei…`. */
export type ChunkId = Branded<string, "ChunkId">;
/** CIDv1, dag-cbor, SHA-256 of the manifest's bytes, base32 text `bafyrei…`. */
export type ObjectId = Branded<string, "ObjectId">;
/** 64 hex digits: an Ed25519 public key that signs events. A node's is its NodeId; its text form is a PeerId. */
export type KeyId = Branded<string, "KeyId">;
/** 40 lower-case hex digits without 0x: an EVM address. */
export type Address = Branded<string, "Address">;
/** 64 hex digits: hash of owner and deployment name. */
export type DeploymentId = Branded<string, "DeploymentId">;
/** 64 hex digits: one run or one version. */
export type WorkloadId = Branded<string, "WorkloadId">;
/** 64 hex digits: a mutable name. */
export type PointerId = Branded<string, "PointerId">;
/** 26 base32 characters of 16 random bytes: a share link, as its ingress knows it. */
export type LinkId = Branded<string, "LinkId">;

const RAW = 0x55;
const DAG_CBOR = 0x71;
const SHA2_256 = 0x12;

/** The id of a chunk holding these bytes. */
export function chunkIdOf(bytes: Uint8Array): ChunkId {
  return chunkIdFromDigest(sha256(bytes));
}

/** The id of a chunk whose SHA-256 is `hash` (32 bytes). */
export function chunkIdFromDigest(hash: Uint8Array): ChunkId {
  return cidText(RAW, hash) as ChunkId;
}

/** The id of the object whose manifest has these bytes. */
export function objectIdOf(manifestBytes: Uint8Array): ObjectId {
  return cidText(DAG_CBOR, sha256(manifestBytes)) as ObjectId;
}

/** The chunk that stores the manifest of `object`: same digest, raw codec. */
export function manifestChunkId(object: ObjectId): ChunkId {
  return chunkIdFromDigest(digestOf(object));
}

/** The object whose manifest is stored as `chunk`. */
export function objectIdOfManifestChunk(chunk: ChunkId): ObjectId {
  return cidText(DAG_CBOR, digestOf(chunk)) as ObjectId;
}

/** The 32-byte SHA-256 inside a chunk or object id. */
export function digestOf(id: ChunkId | ObjectId): Uint8Array {
  return CID.parse(id, base32).multihash.digest;
}

function cidText(codec: number, hash: Uint8Array): string {
  return CID.createV1(codec, digest.create(SHA2_256, hash)).toString(base32);
}

/** The CID behind an id, as it stands in canonical bytes. */
export function linkOf(id: ChunkId | ObjectId): CID {
  return CID.parse(id, base32);
}

/** The chunk id of a link, or undefined when it is not a raw SHA-256 CIDv1. */
export function findChunkId(link: CID): ChunkId | undefined {
  return isOurs(link, RAW) ? (link.toString(base32) as ChunkId) : undefined;
}

/** The object id of a link, or undefined when it is not a dag-cbor SHA-256 CIDv1. */
export function findObjectId(link: CID): ObjectId | undefined {
  return isOurs(link, DAG_CBOR) ? (link.toString(base32) as ObjectId) : undefined;
}

function isOurs(link: CID, codec: number): boolean {
  return (
    link.version === 1 && link.code === codec && link.multihash.code === SHA2_256 && link.multihash.digest.length === 32
  );
}

/** Accepts `bafkrei…` or 64 hex digits. @throws DSDN_PROTOCOL_BAD_ID */
export function parseChunkId(text: string): ChunkId {
  const hash = text.length === 64 ? findHex(text) : undefined;
  const id = hash === undefined ? findChunkId(parseCid(text, "chunk id")) : chunkIdFromDigest(hash);
  if (id === undefined) throw badId("chunk id", text);
  return id;
}

/** @throws DSDN_PROTOCOL_BAD_ID */
export function parseObjectId(text: string): ObjectId {
  const id = findObjectId(parseCid(text, "object id"));
  if (id === undefined) throw badId("object id", text);
  return id;
}

/** True when the text looks like an object id, valid or not: names may not look like one. */
export function looksLikeObjectId(text: string): boolean {
  return /^baf[a-z2-7]{40,}$/.test(text);
}

function parseCid(text: string, what: string): CID {
  try {
    return CID.parse(text.slice(0, 200), base32);
  } catch (error) {
    throw fail(protocolErrors.badId, { what, given: text.slice(0, 80) }, { cause: error });
  }
}

function badId(what: string, text: string) {
  return fail(protocolErrors.badId, { what, given: text.slice(0, 80) });
}

function parseHexId(text: string, what: string, bytes: number): string {
  const plain = text.startsWith("0x") ? text.slice(2) : text;
  if (plain.length !== bytes * 2 || findHex(plain) === undefined) throw badId(what, text);
  return plain.toLowerCase();
}

export const parseNetworkId = (text: string) => parseHexId(text, "network id", 32) as NetworkId;
export const parseKeyId = (text: string) => parseHexId(text, "key id", 32) as KeyId;
export const parseDeploymentId = (text: string) => parseHexId(text, "deployment id", 32) as DeploymentId;
export const parseWorkloadId = (text: string) => parseHexId(text, "workload id", 32) as WorkloadId;
export const parsePointerId = (text: string) => parseHexId(text, "pointer id", 32) as PointerId;
/** Takes an address with or without 0x. A mixed-case checksum is checked where wallets are read (`crypto/wallet`). */
export const parseAddress = (text: string) => parseHexId(text, "address", 20) as Address;

/** The id of a share link from 16 random bytes. */
export function linkIdOf(bytes: Uint8Array): LinkId {
  return base32.baseEncode(bytes) as LinkId;
}

/** The id, or undefined when the text is none. */
export function findLinkId(text: string): LinkId | undefined {
  return /^[a-z2-7]{26}$/.test(text) ? (text as LinkId) : undefined;
}

/** @throws DSDN_PROTOCOL_BAD_ID */
export function parseLinkId(text: string): LinkId {
  const id = findLinkId(text);
  if (id === undefined) throw badId("link id", text);
  return id;
}

/** The id of the key, address or hash given as bytes. */
export function hexId<T extends NetworkId | KeyId | Address | DeploymentId | WorkloadId | PointerId>(
  bytes: Uint8Array,
): T {
  return toHex(bytes) as T;
}

/** The bytes behind a hex id. */
export function idBytes(id: NetworkId | KeyId | Address | DeploymentId | WorkloadId | PointerId): Uint8Array {
  return new Uint8Array(Buffer.from(id, "hex"));
}

/** The id under which all versions of one owner's deployment hang, so that a redeploy keeps its URL. */
export function deploymentIdOf(owner: Address, name: string): DeploymentId {
  return hexId<DeploymentId>(domainHash("deploymentId", idBytes(owner), toUtf8(name)));
}

/** One version of a deployment: the session key and sequence of the event that submitted it make it unique. */
export function workloadIdOf(author: KeyId, sequence: number, packageId: ObjectId): WorkloadId {
  const counter = new Uint8Array(8);
  new DataView(counter.buffer).setBigUint64(0, BigInt(sequence));
  return hexId<WorkloadId>(domainHash("workloadId", idBytes(author), counter, digestOf(packageId)));
}

/** One run of a scheduled batch: the moment it was due makes it unique. */
export function jobRunIdOf(deployment: DeploymentId, dueMs: number): WorkloadId {
  const moment = new Uint8Array(8);
  new DataView(moment.buffer).setBigUint64(0, BigInt(dueMs));
  return hexId<WorkloadId>(domainHash("jobRun", idBytes(deployment), moment));
}

/** The host label of a deployment: the first 10 base32 characters of its id. */
export function hostLabelOf(deployment: DeploymentId, length = 10): string {
  return base32.baseEncode(idBytes(deployment)).slice(0, length);
}
