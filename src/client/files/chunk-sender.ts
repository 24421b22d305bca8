import { fail } from "../../base/index.ts";
import { type ChunkId, type ChunkRef, encodeStoredAck, LEASE_HEADER, type NetworkId } from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import { CHUNK_STALL_MS, type Ingress } from "../ingress.ts";
import { checkAcks, type ZoneOf } from "./acks.ts";
import type { BufferPool } from "./buffer-pool.ts";
import type { ChunkRecord } from "./content-journal.ts";

export interface ChunkSenderDeps {
  readonly ingress: Ingress;
  readonly network: NetworkId;
  readonly pool: BufferPool;
  readonly zoneOf: ZoneOf;
  readonly refreshNodes: () => Promise<void>;
  /** A lease with room for that many more bytes, base64. */
  readonly leaseFor: (sizeBytes: number) => Promise<string>;
  /** Chunks the network is known to hold. */
  readonly known: ReadonlyMap<ChunkId, ChunkRecord>;
  /** Called for every chunk once it is safe, in the order in which they became so. */
  readonly onStored: (record: ChunkRecord, wasSent: boolean) => Promise<void>;
  /** Called when more of a chunk has left. */
  readonly onLeft?: () => void;
  readonly signal?: AbortSignal | undefined;
}

/** Sends finished chunks, several at once. */
export interface ChunkSender {
  /** Takes a chunk whose bytes come from the pool and go back to it. Rejects once any chunk has failed. */
  store(chunk: ChunkRef, bytes: Uint8Array): Promise<void>;
  /** Bytes of chunks that are not safe yet and have left this machine; a chunk sent twice counts once. */
  readonly leftBytes: number;
  /** Resolves when every chunk taken is safe. */
  drain(): Promise<void>;
}

/** The pool bounds how many chunks are on their way. */
export function createChunkSender(deps: ChunkSenderDeps): ChunkSender {
  const underWay = new Map<ChunkId, Promise<void>>();
  const failures: unknown[] = [];
  /** The most of each chunk under way that left at one go. */
  const left = new Map<ChunkId, number>();

  const noteLeft = (chunk: ChunkId, sentBytes: number): void => {
    if (sentBytes <= (left.get(chunk) ?? 0)) return;
    left.set(chunk, sentBytes);
    deps.onLeft?.();
  };

  async function send(chunk: ChunkRef, bytes: Uint8Array): Promise<void> {
    const known = deps.known.get(chunk.id);
    const record = known ?? { ref: chunk, acks: (await put(chunk, bytes)).map(encodeStoredAck) };
    left.delete(chunk.id);
    await deps.onStored(record, known === undefined);
  }

  async function put(chunk: ChunkRef, bytes: Uint8Array) {
    const answer = await deps.ingress.call("putChunk", {
      body: bytes,
      headers: { [LEASE_HEADER]: await deps.leaseFor(bytes.length), "content-type": "application/octet-stream" },
      stallMs: CHUNK_STALL_MS,
      signal: deps.signal,
      onSent: (sentBytes) => noteLeft(chunk.id, sentBytes),
    });
    if (answer.details.chunk !== chunk.id) {
      throw fail(clientErrors.ackInvalid, { chunk: chunk.id, reason: "it is for another chunk" });
    }
    const claim = { network: deps.network, chunk, publishRequest: null };
    try {
      return checkAcks(answer.details.acks, claim, deps.zoneOf);
    } catch {
      // The node may have joined a moment ago.
      await deps.refreshNodes();
      return checkAcks(answer.details.acks, claim, deps.zoneOf);
    }
  }

  return {
    get leftBytes() {
      return [...left.values()].reduce((sum, bytes) => sum + bytes, 0);
    },
    async store(chunk, bytes) {
      if (failures.length > 0) throw failures[0];
      deps.signal?.throwIfAborted();
      if (underWay.has(chunk.id)) {
        deps.pool.give(bytes);
        return;
      }
      const run = send(chunk, bytes)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => {
          deps.pool.give(bytes);
          underWay.delete(chunk.id);
        });
      underWay.set(chunk.id, run);
    },
    async drain() {
      while (underWay.size > 0) await Promise.all(underWay.values());
      if (failures.length > 0) throw failures[0];
    },
  };
}
