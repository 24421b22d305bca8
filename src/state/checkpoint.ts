import { concatBytes, equalBytes, fail, fromUtf8, toUtf8 } from "../base/index.ts";
import { createSha256, sha256 } from "../crypto/index.ts";
import {
  byteString,
  encodeWith,
  findWith,
  type Genesis,
  keyId,
  networkId,
  networkIdOf,
  text,
  uint,
  z,
} from "../protocol/index.ts";
import { type Entity, type EntityKind, entitySchemas } from "./entities.ts";
import { stateErrors } from "./errors.ts";
import { LiveState } from "./live-state.ts";
import { rejectionReasons } from "./reasons.ts";
import type { Outcome } from "./reducer.ts";
import { findKindOfPath, listTables, type Tables } from "./tables.ts";

/**
 * A checkpoint file: magic "DSDNSTAT"(8) || version(1) || SHA-256 of the rest (32) || header length(4) || header ||
 * leaves || recent. Header = canonical {network, height, timeMs, root, leaves (count)}; a leaf = path length(2) ||
 * path || value length(4) || value, all integers big-endian. The root is computed again when a checkpoint is read, so
 * the state cannot differ from what the network agreed on. Recent = canonical {roots, outcomes}, this replica's own
 * memory of the last heights, so that who waits for an event hears of it after a restart too.
 */
const MAGIC = toUtf8("DSDNSTAT");
const VERSION = 1;
const CHECKSUM_OFFSET = MAGIC.length + 1;
const BODY_OFFSET = CHECKSUM_OFFSET + 32;
const HEADER_LIMIT_BYTES = 1024;
/** No leaf is larger: the largest is an object's, bounded by what fits into an event. */
const LEAF_LIMIT_BYTES = 4 * 1024 * 1024;

const header = z.strictObject({
  network: networkId,
  height: uint(),
  timeMs: uint(),
  root: byteString(32),
  leaves: uint(),
});

const RECENT_LIMIT_BYTES = 64 * 1024 * 1024;
const recentMemory = z.strictObject({
  roots: z.array(z.strictObject({ height: uint(), root: byteString(32) })),
  outcomes: z.array(
    z.strictObject({
      author: keyId,
      sequence: uint(),
      kind: text(64),
      id: text(64, 64).optional(),
      position: z.strictObject({ height: uint(), blob: uint(), event: uint() }),
      isAccepted: z.boolean(),
      isConsumed: z.boolean(),
      reason: z.enum(rejectionReasons).optional(),
    }),
  ),
});

/** What a replica remembers beside the state; oldest first. */
export interface RecentMemory {
  readonly roots: readonly { readonly height: number; readonly root: Uint8Array }[];
  readonly outcomes: readonly Outcome[];
}

/** A state and what its replica remembered. */
export interface Checkpoint {
  readonly state: LiveState;
  readonly recent: RecentMemory;
}

/** The whole state as the bytes of a checkpoint file. */
export function encodeCheckpoint({ state, recent }: Checkpoint): Uint8Array {
  const leaves: Uint8Array[] = [];
  let count = 0;
  for (const table of listTables(state.tables)) {
    for (const { path, value } of table.leaves()) {
      const pathBytes = toUtf8(path);
      leaves.push(uint16(pathBytes.length), pathBytes, uint32(value.length), value);
      count++;
    }
  }
  const { network, height, timeMs, root } = state;
  const head = encodeWith(header, { network, height, timeMs, root, leaves: count });
  const memory = encodeWith(recentMemory, { roots: [...recent.roots], outcomes: [...recent.outcomes] });
  const body = concatBytes(uint32(head.length), head, ...leaves, memory);
  return concatBytes(MAGIC, Uint8Array.of(VERSION), sha256(body), body);
}

/**
 * The state of a checkpoint of this network.
 * @throws DSDN_STATE_CHECKPOINT_UNUSABLE when it is torn, damaged, of another network or of a newer format; the state
 * is then rebuilt from the log.
 */
export function decodeCheckpoint(bytes: Uint8Array, genesis: Genesis): Checkpoint {
  if (bytes.length < BODY_OFFSET || !equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) {
    throw unusable("it is no checkpoint");
  }
  if (bytes[MAGIC.length] !== VERSION) throw unusable("it has another format version");
  const body = bytes.subarray(BODY_OFFSET);
  const hash = createSha256();
  hash.update(body);
  if (!equalBytes(bytes.subarray(CHECKSUM_OFFSET, BODY_OFFSET), hash.digest())) throw unusable("it is damaged");
  const reader = createReader(body);
  const facts = findWith(header, reader.take(reader.integer(4)), {
    what: "checkpoint",
    limitBytes: HEADER_LIMIT_BYTES,
  });
  if (facts === undefined) throw unusable("its header cannot be read");
  if (facts.network !== networkIdOf(genesis)) throw unusable("it belongs to another network");
  const state = new LiveState(genesis, facts.network, facts.height);
  for (let leaf = 0; leaf < facts.leaves; leaf++) {
    const path = fromUtf8(reader.take(reader.integer(2)));
    putLeaf(state.tables, path, reader.take(reader.integer(4)));
  }
  const recent = findWith(recentMemory, reader.rest(), { what: "recent memory", limitBytes: RECENT_LIMIT_BYTES });
  if (recent === undefined) throw unusable("what follows its leaves cannot be read");
  if (!equalBytes(state.commit(facts.timeMs), facts.root)) throw unusable("its leaves do not give its root");
  return { state, recent: { roots: recent.roots, outcomes: recent.outcomes.map(toOutcome) } };
}

/** What is optional in the schema may be set and undefined; in an outcome it is there or not. */
function toOutcome({ reason, id, ...rest }: z.output<typeof recentMemory>["outcomes"][number]): Outcome {
  return { ...rest, ...(id === undefined ? {} : { id }), ...(reason === undefined ? {} : { reason }) };
}

function putLeaf(tables: Tables, path: string, value: Uint8Array): void {
  const found = findKindOfPath(path);
  const entity =
    found && findWith(entitySchemas[found.kind] as z.ZodType, value, { what: "leaf", limitBytes: LEAF_LIMIT_BYTES });
  if (found === undefined || entity === undefined) throw unusable("a leaf cannot be read");
  putEntity(tables, found, entity as Entity<EntityKind>);
}

/** The schema that decoded the entity is the one of its table; the compiler cannot follow that through the lookup. */
function putEntity(tables: Tables, at: { kind: EntityKind; id: string }, entity: Entity<EntityKind>): void {
  (tables[at.kind] as { put(id: string, entity: Entity<EntityKind>): void }).put(at.id, entity);
}

function createReader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  const take = (length: number): Uint8Array => {
    if (offset + length > bytes.length) throw unusable("it ends too early");
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
  return {
    take,
    integer: (width: 2 | 4): number => {
      take(width);
      return width === 2 ? view.getUint16(offset - 2) : view.getUint32(offset - 4);
    },
    rest: () => bytes.subarray(offset),
  };
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function unusable(reason: string) {
  return fail(stateErrors.checkpointUnusable, { reason });
}
