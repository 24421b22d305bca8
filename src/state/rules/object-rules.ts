import { equalBytes } from "../../base/index.ts";
import {
  type Address,
  type ChunkRef,
  manifestChunkId,
  type ObjectId,
  type PublishedObject,
} from "../../protocol/index.ts";
import type { Rule, RuleContext } from "../context.ts";
import type { HoldingRecord, OwnerRecord, SessionRecord } from "../entities.ts";
import type { Rejection } from "../reasons.ts";
import { authorise, ownerOf } from "./session-rules.ts";

/** True while an owner's hold on an object lasts. */
export function isHeld(holding: HoldingRecord, nowMs: number): boolean {
  return holding.deletedMs === null && (holding.expiresMs === null || holding.expiresMs > nowMs);
}

/** The owner's hold on the object, when it lasts. */
export function findHeld(context: RuleContext, object: ObjectId, owner: Address): HoldingRecord | undefined {
  const holding = context.tables.object.find(`${object}/${owner}`);
  return holding !== undefined && isHeld(holding, context.nowMs) ? holding : undefined;
}

interface Publication {
  readonly content: PublishedObject;
  readonly owner: Address;
  readonly createdMs: number;
  readonly expiresMs: number | null;
}

/**
 * Publishing again what one owns is no mistake (a second program may have missed the first answer): the hold is kept,
 * and lasts longer when the new expiry is later.
 */
export const objectPublished: Rule<"ObjectPublished"> = (context, { author, body }) => {
  const { session, reason } = authorise(context, author, "upload");
  if (session === undefined) return reason;
  if (body.expiresMs !== null && body.expiresMs <= context.nowMs) return "object-expired";
  const { wallet: owner } = session;
  const held = findHeld(context, body.content.object, owner);
  if (held !== undefined) {
    const expiresMs = laterExpiry(held.expiresMs, body.expiresMs);
    const isPublic = held.isPublic || body.content.isPublic;
    if (!isSameContent(held, body.content)) return "object-malformed";
    if (expiresMs !== held.expiresMs || isPublic !== held.isPublic) {
      context.tables.object.put(`${held.object}/${owner}`, { ...held, expiresMs, isPublic });
    }
    return undefined;
  }
  if (session.usedBytes + body.content.sizeBytes > session.quotaBytes) return "quota";
  const refused = publish(context, {
    content: body.content,
    owner,
    createdMs: body.createdMs,
    expiresMs: body.expiresMs,
  });
  if (refused === undefined) chargeSession(context, session, body.content.sizeBytes);
  return refused;
};

/** Makes the object the owner's, within the owner's quota; for uploads and for outputs of workloads. */
export function publish(context: RuleContext, publication: Publication): Rejection | undefined {
  const { tables, nowMs } = context;
  const { content, createdMs, expiresMs } = publication;
  const refs = [content.manifest, ...content.chunks];
  if (!isWellFormed(content)) return "object-malformed";
  if (refs.some((ref) => isConflicting(context, ref))) return "chunk-conflict";
  const room = findRoom(context, publication);
  if (room === undefined) return "quota";
  const { owner, ended } = room;
  for (const holding of ended) {
    tables.object.put(`${holding.object}/${holding.owner}`, { ...holding, isCounted: false });
  }
  for (const ref of refs) {
    if (tables.chunk.find(ref.id) === undefined) tables.chunk.put(ref.id, { ...ref, replicas: [] });
  }
  tables.owner.put(owner.address, owner);
  tables.object.put(`${content.object}/${owner.address}`, {
    object: content.object,
    owner: owner.address,
    manifest: content.manifest.id,
    chunks: content.chunks.map(({ id }) => id),
    sizeBytes: content.sizeBytes,
    isPublic: content.isPublic,
    createdMs,
    publishedMs: nowMs,
    expiresMs,
    deletedMs: null,
    isCounted: true,
  });
  return undefined;
}

interface Room {
  /** The owner with the object charged. */
  readonly owner: OwnerRecord;
  /** Holds that ended by expiry and are given back to the quota now that it is needed. */
  readonly ended: readonly HoldingRecord[];
}

/** Room for the object in its owner's quota, or undefined. Changes nothing. */
function findRoom(context: RuleContext, { content, owner: address }: Publication): Room | undefined {
  const quota = context.genesis.governed.givenQuotaBytes;
  const owner = ownerOf(context, address);
  const before = context.tables.object.find(`${content.object}/${address}`);
  // A hold that ended by expiry and is now taken up again must not be counted twice.
  const again = before?.isCounted === true ? [before] : [];
  const simple = charge(owner, content.sizeBytes, again);
  if (simple.owner.usedBytes <= quota) return simple;
  const ended = context.tables.object
    .listBy("owner", address)
    .filter((holding) => holding.isCounted && !isHeld(holding, context.nowMs));
  const full = charge(owner, content.sizeBytes, ended);
  return full.owner.usedBytes <= quota ? full : undefined;
}

function charge(owner: OwnerRecord, sizeBytes: number, ended: readonly HoldingRecord[]): Room {
  const back = ended.reduce((sum, holding) => sum + holding.sizeBytes, 0);
  return { owner: { ...owner, usedBytes: Math.max(0, owner.usedBytes - back) + sizeBytes }, ended };
}

function chargeSession({ tables }: RuleContext, session: SessionRecord, sizeBytes: number): void {
  tables.session.put(session.key, { ...session, usedBytes: session.usedBytes + sizeBytes });
}

/** The manifest chunk is the object's own, no chunk stands twice, and the size is the sum. */
function isWellFormed(content: PublishedObject): boolean {
  const refs = [content.manifest, ...content.chunks];
  return (
    content.manifest.id === manifestChunkId(content.object) &&
    new Set(refs.map(({ id }) => id)).size === refs.length &&
    refs.reduce((sum, { size }) => sum + size, 0) === content.sizeBytes
  );
}

/** One chunk id has one size and one root. */
function isConflicting({ tables }: RuleContext, ref: ChunkRef): boolean {
  const known = tables.chunk.find(ref.id);
  return known !== undefined && (known.size !== ref.size || !equalBytes(known.merkleRoot, ref.merkleRoot));
}

function isSameContent(held: HoldingRecord, content: PublishedObject): boolean {
  return (
    held.sizeBytes === content.sizeBytes &&
    held.chunks.length === content.chunks.length &&
    held.chunks.every((id, at) => id === content.chunks[at]?.id)
  );
}

function laterExpiry(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : Math.max(left, right);
}

/** The owner keeps an object longer. */
export const objectExtended: Rule<"ObjectExtended"> = (context, { author, body }) => {
  const { session, reason } = authorise(context, author, "upload");
  if (session === undefined) return reason;
  const held = findHeld(context, body.object, session.wallet);
  if (held === undefined) return "object-unknown";
  if (laterExpiry(held.expiresMs, body.expiresMs) !== body.expiresMs) return "not-later";
  if (held.expiresMs !== body.expiresMs) {
    context.tables.object.put(`${held.object}/${held.owner}`, { ...held, expiresMs: body.expiresMs });
  }
  return undefined;
};

/** The owner gives an object up; other owners of the same object keep theirs. */
export const deleteRequested: Rule<"DeleteRequested"> = (context, { author, body }) => {
  const { session, reason } = authorise(context, author, "delete");
  if (session === undefined) return reason;
  const held = findHeld(context, body.object, session.wallet);
  if (held === undefined) return "object-unknown";
  const owner = ownerOf(context, held.owner);
  const usedBytes = Math.max(0, owner.usedBytes - held.sizeBytes);
  context.tables.owner.put(owner.address, { ...owner, usedBytes });
  context.tables.object.put(`${held.object}/${held.owner}`, { ...held, deletedMs: context.nowMs, isCounted: false });
  return undefined;
};

/** The owner moves a mutable name. The first update has sequence 0 and claims it. */
export const pointerUpdated: Rule<"PointerUpdated"> = (context, { author, body }) => {
  const { session, reason } = authorise(context, author, "upload");
  if (session === undefined) return reason;
  const known = context.tables.pointer.find(body.pointer);
  if (known !== undefined && known.owner !== session.wallet) return "not-owner";
  if (body.sequence !== (known === undefined ? 0 : known.sequence + 1)) return "pointer-sequence";
  context.tables.pointer.put(body.pointer, {
    id: body.pointer,
    owner: session.wallet,
    sequence: body.sequence,
    root: body.root,
    updatedMs: context.nowMs,
  });
  return undefined;
};
