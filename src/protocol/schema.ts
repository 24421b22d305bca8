import { CID } from "multiformats/cid";
import * as z from "zod";
import { DsdnError, fail } from "../base/index.ts";
import { decodeCanonical, encodeAmount, encodeCanonical, findAmount } from "./canonical.ts";
import { protocolErrors } from "./errors.ts";
import type { Address, ChunkId, DeploymentId, KeyId, NetworkId, ObjectId, PointerId, WorkloadId } from "./ids.ts";
import { findChunkId, findObjectId, hexId, idBytes, linkOf } from "./ids.ts";
import { limits } from "./limits.ts";

/**
 * Building blocks of the network's formats. Each is a codec between the canonical value (bytes, links, whole numbers)
 * and the value programs use (branded text ids, bigint amounts).
 */
export const uint = (max: number = Number.MAX_SAFE_INTEGER) => z.int().min(0).max(max);
export const byteString = (min: number, max: number = min) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length >= min && value.length <= max, {
    error: `must be ${min === max ? min : `${min} to ${max}`} bytes`,
  });
/** Text whose UTF-8 form has at most `maxBytes` bytes; no NUL, no lone surrogate. */
export const text = (maxBytes: number, minBytes = 0) =>
  z.string().refine(
    (value) => {
      const size = Buffer.byteLength(value);
      return size >= minBytes && size <= maxBytes && !value.includes("\0") && value.isWellFormed();
    },
    { error: `must be ${minBytes} to ${maxBytes} bytes of text` },
  );

const isCid = (value: unknown): value is CID => CID.asCID(value) !== null;
const cid = z.custom<CID>(isCid, { error: "must be a link" });

function linkCodec<Id extends ChunkId | ObjectId>(find: (link: CID) => Id | undefined, what: string) {
  return z.codec(
    cid,
    z.custom<Id>((value) => typeof value === "string"),
    {
      decode: (link, context) => {
        const id = find(link);
        if (id !== undefined) return id;
        context.issues.push({ code: "custom", message: `must be a ${what}`, input: link });
        return z.NEVER;
      },
      encode: (id) => linkOf(id),
    },
  );
}

export const chunkId = linkCodec(findChunkId, "chunk id");
export const objectId = linkCodec(findObjectId, "object id");

function hexCodec<Id extends NetworkId | KeyId | Address | DeploymentId | WorkloadId | PointerId>(bytes: number) {
  return z.codec(
    byteString(bytes),
    z.custom<Id>((value) => typeof value === "string"),
    {
      decode: (value) => hexId<Id>(value),
      encode: (id) => idBytes(id),
    },
  );
}

export const networkId = hexCodec<NetworkId>(32);
export const keyId = hexCodec<KeyId>(32);
export const address = hexCodec<Address>(20);
export const deploymentId = hexCodec<DeploymentId>(32);
export const workloadId = hexCodec<WorkloadId>(32);
export const pointerId = hexCodec<PointerId>(32);

/** An amount that may pass 2^53: minimal big-endian bytes on the wire, bigint in programs. */
export const amount = z.codec(byteString(0, 32), z.bigint(), {
  decode: (bytes, context) => {
    const value = findAmount(bytes);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: "must be a minimal integer", input: bytes });
    return z.NEVER;
  },
  encode: (value) => encodeAmount(value),
});

/** A reference to a stored chunk: audits and range reads verify against the root over 64 KiB leaves. */
export const chunkRef = z.strictObject({
  id: chunkId,
  size: uint(64 * 1024 * 1024).min(1),
  merkleRoot: byteString(32),
});
export type ChunkRef = z.output<typeof chunkRef>;

/** Canonical bytes of a value described by `schema`. */
export function encodeWith<S extends z.ZodType>(schema: S, value: z.output<S>): Uint8Array {
  return encodeCanonical(z.encode(schema, value));
}

/**
 * The value behind canonical bytes, or an error that names the field.
 * @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL
 */
export function decodeWith<S extends z.ZodType>(
  schema: S,
  bytes: Uint8Array,
  bounds: { what: string; limitBytes: number },
): z.output<S> {
  const result = schema.safeDecode(decodeCanonical(bytes, bounds.what, bounds.limitBytes) as z.input<S>);
  if (result.success) return result.data;
  throw fail(
    protocolErrors.notCanonical,
    { what: bounds.what, reason: describeIssue(result.error) },
    { verdict: "reject" },
  );
}

/** The same, with undefined in place of an error: for reducers, which never throw on hostile input. */
export function findWith<S extends z.ZodType>(
  schema: S,
  bytes: Uint8Array,
  bounds: { what: string; limitBytes: number },
): z.output<S> | undefined {
  try {
    return decodeWith(schema, bytes, bounds);
  } catch (error) {
    if (error instanceof DsdnError) return undefined;
    throw error;
  }
}

/** The first thing wrong: `path: message`. */
export function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "it does not match its schema";
  const path = issue.path.join(".");
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}

export const zone = text(limits.zoneBytes, 1);
export { z };
