import { join } from "node:path";
import { type Disk, type Random, readBytes, writeShared } from "../../base/index.ts";
import type { Account } from "../../keys/index.ts";
import { type ChunkSource, openObject, readFile } from "../../objects/index.ts";
import {
  decodeWith,
  encodeWith,
  limits,
  type ObjectId,
  objectId,
  parseObjectId,
  text,
  uint,
  z,
} from "../../protocol/index.ts";
import type { Ingress } from "../ingress.ts";
import { keyOfListing } from "./sealing.ts";

/** What the owner calls an object, and what is worth knowing without opening it. */
export const indexRow = z.strictObject({
  name: text(limits.nameBytes, 1),
  object: objectId,
  sizeBytes: uint(limits.objectBytes),
  files: uint(),
  createdMs: uint(),
  expiresMs: uint().nullable(),
  isPublic: z.boolean(),
});
export type IndexRow = z.output<typeof indexRow>;

/** More changes than wait for the log at once. */
const REPLACED = 256;

const indexFile = z.strictObject({ version: z.literal(1), rows: z.array(indexRow).max(1_000_000) });
const localIndex = z.strictObject({
  /** Sequence of the pointer update that carries these rows; null when there was none yet. */
  sequence: uint().nullable(),
  root: objectId.nullable(),
  rows: z.array(indexRow),
  /** Changes of this machine that the log is not known to have taken. */
  changes: z.array(z.strictObject({ name: text(limits.nameBytes, 1), row: indexRow.nullable() })),
  /** Not in files of older programs. */
  replaced: z.array(objectId).max(REPLACED).default([]),
});

export interface IndexChange {
  readonly name: string;
  /** Null takes the name away. */
  readonly row: IndexRow | null;
}

/** The owner's names as they are after everything this machine and the log know of. */
export interface OwnerIndex {
  readonly sequence: number | null;
  /** The object that holds the rows. */
  readonly root: ObjectId | null;
  readonly rows: readonly IndexRow[];
  /** Changes of this machine that the log is not known to have taken; they are in the rows. */
  readonly changes: readonly IndexChange[];
  /** What held the rows before: the log may not have deleted it yet. */
  readonly replaced: readonly ObjectId[];
}

export const INDEX_PATH = "index";
export const INDEX_POINTER = "index";
const MAX_BYTES = 256 * 1024 * 1024;

export interface IndexDeps {
  readonly account: Account;
  readonly folder: string;
  readonly disk: Disk;
  readonly random: Random;
  readonly ingress: Ingress;
  readonly source: ChunkSource;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The newest index: the one this machine wrote last while that is on its way, otherwise the log's with this machine's
 * unconfirmed changes made again. So a change is not lost when another machine was quicker or the log refused it.
 *
 * @param isOnItsWay - whether an update of this machine may still reach the log.
 * @throws what opening an object throws
 */
export async function loadIndex(deps: IndexDeps, isOnItsWay: boolean): Promise<OwnerIndex> {
  const local = await findLocal(deps);
  const pointer = deps.account.pointerId(INDEX_POINTER);
  const { details } = await deps.ingress.call("pointer", { params: { pointer }, signal: deps.signal });
  const isAhead = (local?.sequence ?? -1) > details.sequence;
  if (local !== undefined && isAhead && isOnItsWay) return local;
  const isSame = local !== undefined && local.sequence === details.sequence && local.root === details.root;
  if (isSame) return { ...local, changes: [] };
  const { changes = [], replaced = [] } = local ?? {};
  const root = details.root === null ? null : parseObjectId(details.root);
  const base = root === null ? [] : await readRows(deps, root);
  const sequence = details.sequence < 0 ? null : details.sequence;
  return { sequence, root, rows: applyChanges(base, changes), changes, replaced };
}

/** Keeps the index on this machine, sealed for the account: names are content. */
export async function saveIndex(deps: IndexDeps, index: OwnerIndex): Promise<void> {
  const replaced = index.replaced.slice(-REPLACED);
  const bytes = encodeWith(localIndex, { ...index, rows: [...index.rows], changes: [...index.changes], replaced });
  await deps.disk.makeFolder(deps.folder);
  // Sessions of one account have outboxes, and so locks, of their own; this file they share.
  await writeShared(deps.disk, pathOf(deps), deps.account.wrap("names", bytes, deps.random));
}

/** The bytes of the index as they are stored in its object. */
export function encodeIndex(rows: readonly IndexRow[]): Uint8Array {
  return encodeWith(indexFile, { version: 1, rows: [...rows] });
}

/** The rows after the changes, sorted by name. */
export function applyChanges(rows: readonly IndexRow[], changes: readonly IndexChange[]): readonly IndexRow[] {
  const byName = new Map(rows.map((row) => [row.name, row]));
  for (const { name, row } of changes) {
    if (row === null) byName.delete(name);
    else byName.set(name, row);
  }
  return [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

async function readRows({ account, source }: IndexDeps, root: ObjectId): Promise<readonly IndexRow[]> {
  const object = await openObject(source, root, { findKey: (envelope) => keyOfListing(account, envelope) });
  const [entry] = object.listing.entries;
  const bytes = await readBytes(entry === undefined ? [] : readFile(source, object, entry));
  return decodeWith(indexFile, bytes, { what: "index", limitBytes: MAX_BYTES }).rows;
}

/** A local copy that cannot be read is a cache lost, not an error. */
async function findLocal(deps: IndexDeps): Promise<OwnerIndex | undefined> {
  const wrapped = await deps.disk.find(pathOf(deps));
  if (wrapped === undefined) return undefined;
  try {
    const bytes = deps.account.unwrap("names", wrapped);
    return decodeWith(localIndex, bytes, { what: "local index", limitBytes: MAX_BYTES });
  } catch {
    return undefined;
  }
}

function pathOf({ folder, account }: IndexDeps): string {
  return join(folder, `names-${account.fingerprint}`);
}
