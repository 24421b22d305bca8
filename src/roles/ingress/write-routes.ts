import {
  baseErrors,
  type Clock,
  fail,
  findBase64,
  type HttpRequest,
  type Logger,
  type Route,
  toBase64,
  toDsdnError,
} from "../../base/index.ts";
import { sha256 } from "../../crypto/index.ts";
import { isRetryableRefusal } from "../../net/index.ts";
import {
  type ChunkId,
  chunkIdOf,
  DURABLE_ZONES,
  decodeManifest,
  decodeSignedEvent,
  type EventSink,
  encodeStoredAck,
  ingressApi,
  LEASE_HEADER,
  objectIdOf,
  parseChunkId,
  type SignedEvent,
  type StoredAck,
} from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { answer, serveApi } from "../surface/index.ts";
import type { RecentRequests } from "./recent.ts";
import { chunkJob, manifestJob, type Spreader } from "./spreader.ts";

export interface WriteSurface {
  readonly replica: Replica;
  readonly spreader: Spreader;
  readonly sink: EventSink;
  readonly recent: RecentRequests;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The routes that take something in. None signs anything: acknowledgements are the nodes' own. */
export function writeRoutes(surface: WriteSurface): Route[] {
  const presence = new PresenceCache(surface.clock);
  return [
    serveApi(ingressApi.submitEvents, async (_request, body) => {
      const events = body.events.map(readEvent);
      await surface.sink.submit(events);
      for (const event of events) surface.recent.add(event);
      return answer(`${events.length} event(s) accepted`, { accepted: events.length });
    }),
    serveApi(ingressApi.putChunk, async (request) => {
      const bytes = await request.body();
      if (bytes.length === 0) throw fail(baseErrors.requestInvalid, { field: "the body", reason: "is empty" });
      const chunk = chunkIdOf(bytes);
      const acks = await surface.spreader.spread(chunkJob(chunk, bytes, leaseOf(request)));
      presence.add(chunk, acks, surface.replica);
      return answer(`stored in ${zonesOf(acks)} zones`, { chunk, acks: acks.map(toAckText) });
    }),
    serveApi(ingressApi.findChunks, (_request, body) => {
      const present = body.chunks.filter((text) => isStored(surface.replica, presence, parseChunkId(text)));
      return answer(`${present.length} of ${body.chunks.length} chunk(s) stored`, { present });
    }),
    serveApi(ingressApi.publishObject, async (_request, body) => {
      const manifest = readBase64(body.manifest, "manifest");
      decodeManifest(manifest);
      const before = body.before.map(readEvent);
      const request = readEvent(body.publishRequest);
      const after = body.after.map(readEvent);
      const parts = { manifest, before: body.before, publishRequest: body.publishRequest };
      const acks = await surface.spreader.spread(manifestJob(chunkIdOf(manifest), parts, body.lease));
      surface.recent.add(request);
      const handedOver = await handOver(surface, [...before, request, ...after]);
      const details = { object: objectIdOf(manifest), acks: acks.map(toAckText) };
      const publishRequestHash = toBase64(sha256(request.event));
      return answer(`durable in ${zonesOf(acks)} zones`, details, { handedOver, publishRequestHash });
    }),
  ];
}

/**
 * True when a coordinator keeps the events. When none can be reached the object is durable all the same: the nodes
 * hold the request and bring it to the log later. An event the coordinator refuses is the client's mistake.
 */
async function handOver(surface: WriteSurface, events: readonly SignedEvent[]): Promise<boolean> {
  try {
    await surface.sink.submit(events);
    return true;
  } catch (error) {
    if (!isRetryableRefusal(error)) throw error;
    surface.log.warn("events not handed over", { code: toDsdnError(error).code, events: events.length });
    return false;
  }
}

function readEvent(text: string): SignedEvent {
  return decodeSignedEvent(readBase64(text, "events"));
}

function readBase64(text: string, field: string): Uint8Array {
  const bytes = findBase64(text);
  if (bytes === undefined) throw fail(baseErrors.requestInvalid, { field, reason: "must be base64" });
  return bytes;
}

function leaseOf(request: HttpRequest): string | undefined {
  const header = request.headers[LEASE_HEADER];
  return typeof header === "string" ? header : undefined;
}

function toAckText(ack: StoredAck): string {
  return toBase64(encodeStoredAck(ack));
}

function zonesOf(acks: readonly StoredAck[]): number {
  return new Set(acks.map((ack) => ack.zone)).size;
}

/**
 * By the log, or by acknowledgements that passed here a moment ago. A chunk no object needs any more may be collected
 * at any time: it has to be sent again, so that its nodes promise it anew.
 */
function isStored(replica: Replica, presence: PresenceCache, chunk: ChunkId): boolean {
  if (!replica.state.isChunkUsed(chunk)) return presence.has(chunk, replica);
  const holders = (replica.state.findChunk(chunk)?.replicas ?? []).flatMap((id) => replica.state.findNode(id) ?? []);
  const zones = new Set(holders.filter((node) => node.status === "active").map((node) => node.zone));
  return zones.size >= DURABLE_ZONES || presence.has(chunk, replica);
}

const MAX_REMEMBERED = 50_000;
/** Nodes keep an unpublished chunk two days; an upload that relies on this has a day left. */
const REMEMBERED_MS = 24 * 3_600_000;

interface Moment {
  readonly monotonicMs: number;
  readonly logTimeMs: number;
}

/** Chunks acknowledged in two zones whose object is not on the log yet. Forgetting them costs a second upload only. */
class PresenceCache {
  readonly #nodes = new Map<ChunkId, { readonly nodes: readonly StoredAck["node"][]; readonly since: Moment }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(chunk: ChunkId, acks: readonly StoredAck[], replica: Replica): void {
    this.#nodes.delete(chunk);
    this.#nodes.set(chunk, { nodes: acks.map((ack) => ack.node), since: this.#now(replica) });
    const oldest = this.#nodes.keys().next().value;
    if (this.#nodes.size > MAX_REMEMBERED && oldest !== undefined) this.#nodes.delete(oldest);
  }

  has(chunk: ChunkId, replica: Replica): boolean {
    const known = this.#nodes.get(chunk);
    if (known === undefined) return false;
    const now = this.#now(replica);
    // Nodes keep what was never published by their own time, and what was deleted by the log's.
    const isOld = (of: keyof Moment) => now[of] - known.since[of] > REMEMBERED_MS;
    if (isOld("monotonicMs") || isOld("logTimeMs")) return false;
    const nodes = known.nodes.flatMap((id) => replica.state.findNode(id) ?? []);
    return new Set(nodes.filter((node) => node.status === "active").map((node) => node.zone)).size >= DURABLE_ZONES;
  }
  #now({ logTimeMs }: Replica): Moment {
    return { monotonicMs: this.#clock.monotonicMs(), logTimeMs };
  }
}
