import { type Clock, type Lifecycle, type Logger, toDsdnError } from "../../base/index.ts";
import type { ChunkFetcher, ChunkHolder, Outbox } from "../../net/index.ts";
import {
  type ChunkId,
  type EventSink,
  findEvent,
  type KeyId,
  limits,
  type ObjectId,
  objectIdOfManifestChunk,
  openEvent,
  type SignedEvent,
} from "../../protocol/index.ts";
import { planDrops, planRepairs, type Replica } from "../../state/index.ts";
import type { ChunkStore } from "../../storage/index.ts";
import { chunkSources, decodePublishRequestFile } from "../surface/index.ts";
import { PUBLISH_REQUEST_NAME } from "./storage-routes.ts";

export interface KeeperOptions {
  readonly self: KeyId;
  /** Plans at most this often. */
  readonly planMs: number;
  /** An unpublished chunk is kept this long: as long as a lease lasts, and a day more. */
  readonly unpublishedMs: number;
}

export interface KeeperDeps {
  readonly store: ChunkStore;
  readonly replica: Replica;
  readonly fetcher: ChunkFetcher;
  readonly outbox: Outbox;
  readonly sink: EventSink;
  readonly clock: Clock;
  readonly log: Logger;
}

const REPAIRS_AT_ONCE = 4;
const RESUBMIT_MS = 5_000;
const COLLECT_MS = 60_000;

/**
 * Keeps the node's disk as the log says: reports what it holds, pulls what it should hold, drops what it need not, and
 * brings publish requests to the log that nobody else brought there. Takes no orders.
 */
export class Keeper implements Lifecycle {
  readonly #options: KeeperOptions;
  readonly #deps: KeeperDeps;
  /** Held chunks the log does not yet count as ours, with the time we first had them. */
  readonly #unreported = new Map<ChunkId, number>();
  readonly #reporting = new Set<ChunkId>();
  readonly #requests = new Map<ObjectId, readonly SignedEvent[]>();
  readonly #stop = new AbortController();
  #stopWatching = () => {};
  #cancelPlan: (() => void) | undefined;
  #isPlanning = false;
  #isPlanWanted = false;
  #resubmitAtMs = 0;
  #collectAtMs = 0;
  #inventoryAtMs = 0;
  repaired = 0;
  dropped = 0;
  /** Reports of damage since the start, whoever found it. */
  damagedCount = 0;

  constructor(options: KeeperOptions, deps: KeeperDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const now = this.#deps.clock.monotonicMs();
    for await (const chunk of this.#deps.store.list()) {
      if (!this.#isReported(chunk)) this.#unreported.set(chunk, now);
    }
    for await (const chunk of this.#deps.store.listBeside(PUBLISH_REQUEST_NAME)) {
      const bytes = await this.#deps.store.findBeside(chunk, PUBLISH_REQUEST_NAME);
      if (bytes !== undefined) this.#requests.set(objectIdOfManifestChunk(chunk), decodePublishRequestFile(bytes));
    }
    this.#resubmitAtMs = now + RESUBMIT_MS;
    this.#collectAtMs = now + COLLECT_MS;
    this.#stopWatching = this.#deps.replica.onHeight(() => this.#plan());
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#stopWatching();
    this.#cancelPlan?.();
  }

  /** Told of every chunk that was just made durable, with the events of its publish request when it is a manifest. */
  stored(chunk: ChunkId, request: readonly SignedEvent[] | undefined): void {
    if (!this.#isReported(chunk)) this.#unreported.set(chunk, this.#deps.clock.monotonicMs());
    if (request !== undefined) this.#requests.set(objectIdOfManifestChunk(chunk), request);
    this.#plan();
  }

  /** Told of a chunk that was found damaged: the log learns that this replica is gone, and repair brings it back. */
  damaged(chunk: ChunkId): void {
    this.damagedCount++;
    this.#deps.log.warn("chunk damaged", { chunk });
    this.#unreported.delete(chunk);
    if (this.#isReported(chunk)) this.#deps.outbox.publish("ReplicaRemoved", { chunks: [chunk] }).catch(() => {});
    this.#plan();
  }

  #isReported(chunk: ChunkId): boolean {
    return this.#deps.replica.state.findChunk(chunk)?.replicas.includes(this.#options.self) ?? false;
  }

  #plan(): void {
    if (this.#cancelPlan !== undefined || this.#stop.signal.aborted) return;
    this.#cancelPlan = this.#deps.clock.after(this.#options.planMs, () => {
      this.#cancelPlan = undefined;
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#isPlanning) {
      this.#isPlanWanted = true;
      return;
    }
    this.#isPlanning = true;
    try {
      await this.#takeInventory();
      this.#report();
      await this.#repair();
      await this.#resubmit();
      await this.#collect();
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#deps.log.error("keeping failed", { code: toDsdnError(error).code });
    }
    this.#isPlanning = false;
    if (this.#isPlanWanted || this.#requests.size > 0) this.#plan();
    this.#isPlanWanted = false;
  }

  /** Says on the log what we hold, as soon as the log knows the chunk. */
  #report(): void {
    const { replica, outbox } = this.#deps;
    const ready: ChunkId[] = [];
    for (const chunk of this.#unreported.keys()) {
      if (this.#isReported(chunk)) this.#unreported.delete(chunk);
      else if (!this.#reporting.has(chunk) && replica.state.findChunk(chunk) !== undefined) ready.push(chunk);
    }
    for (let start = 0; start < ready.length; start += limits.replicasPerEvent) {
      const chunks = ready.slice(start, start + limits.replicasPerEvent);
      for (const chunk of chunks) this.#reporting.add(chunk);
      const done = () => {
        for (const chunk of chunks) this.#reporting.delete(chunk);
      };
      outbox.publish("ReplicaAdded", { chunks }).then(done, done);
    }
  }

  /**
   * Says on the log which chunks it counts as ours and the disk no longer has, after a lost or emptied disk for example.
   * Until then nobody would bring them back.
   */
  async #takeInventory(): Promise<void> {
    const { clock, replica, store, outbox, log } = this.#deps;
    if (clock.monotonicMs() < this.#inventoryAtMs) return;
    this.#inventoryAtMs = clock.monotonicMs() + COLLECT_MS;
    const lost: ChunkId[] = [];
    for (const { id } of replica.state.chunksOnNode(this.#options.self)) {
      this.#stop.signal.throwIfAborted();
      if (!(await store.has(id))) lost.push(id);
    }
    if (lost.length > 0) log.warn("chunks lost", { chunks: lost.length });
    for (let start = 0; start < lost.length; start += limits.replicasPerEvent) {
      const chunks = lost.slice(start, start + limits.replicasPerEvent);
      outbox.publish("ReplicaRemoved", { chunks }).catch(() => {});
    }
  }

  async #repair(): Promise<void> {
    const wanted = planRepairs(this.#deps.replica.state, this.#options.self)
      .map(({ chunk }) => chunk.id)
      .filter((chunk) => !this.#unreported.has(chunk));
    for (let start = 0; start < wanted.length; start += REPAIRS_AT_ONCE) {
      this.#stop.signal.throwIfAborted();
      await Promise.all(wanted.slice(start, start + REPAIRS_AT_ONCE).map((chunk) => this.#pull(chunk)));
    }
  }

  async #pull(chunk: ChunkId): Promise<void> {
    const { store, replica, fetcher, log } = this.#deps;
    try {
      if (!(await store.has(chunk))) {
        const holders: readonly ChunkHolder[] = chunkSources(replica.state, chunk);
        const others = holders.filter((holder) => holder.node !== this.#options.self);
        await store.put(chunk, await fetcher.fetch(chunk, others, this.#stop.signal));
        this.repaired++;
      }
      this.stored(chunk, undefined);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      log.warn("chunk not pulled", { chunk, code: toDsdnError(error).code });
      this.#isPlanWanted = true;
    }
  }

  /** Publish requests whose object is not on the log are handed to the coordinators again. */
  async #resubmit(): Promise<void> {
    const { clock, replica, sink, log } = this.#deps;
    for (const object of this.#requests.keys()) {
      if (replica.state.findObject(object) !== undefined) this.#requests.delete(object);
    }
    if (clock.monotonicMs() < this.#resubmitAtMs) return;
    this.#resubmitAtMs = clock.monotonicMs() + RESUBMIT_MS;
    for (const [object, events] of this.#requests) {
      const fresh = events.filter((signed) => {
        const head = openEvent(signed);
        return head.sequence >= (replica.state.findAuthor(head.author)?.nextSequence ?? 0);
      });
      const hasRequest = fresh.some((signed) => findEvent(openEvent(signed))?.kind === "ObjectPublished");
      if (!hasRequest) this.#requests.delete(object);
      else
        await sink
          .submit(fresh)
          .catch((error) => log.warn("request not handed over", { code: toDsdnError(error).code }));
    }
  }

  /** Drops chunks that nobody owns any more after their delay, and bytes that were never published. */
  async #collect(): Promise<void> {
    const { clock, replica, store, outbox } = this.#deps;
    if (clock.monotonicMs() < this.#collectAtMs) return;
    this.#collectAtMs = clock.monotonicMs() + COLLECT_MS;
    const drops = planDrops(replica.state, this.#options.self, replica.logTimeMs)
      .map(({ chunk }) => chunk.id)
      .slice(0, limits.replicasPerEvent);
    for (const chunk of drops) {
      await store.remove(chunk);
      this.dropped++;
    }
    if (drops.length > 0) outbox.publish("ReplicaRemoved", { chunks: drops }).catch(() => {});
    const tooOld = clock.monotonicMs() - this.#options.unpublishedMs;
    for (const [chunk, sinceMs] of this.#unreported) {
      if (sinceMs > tooOld || replica.state.findChunk(chunk) !== undefined) continue;
      await store.remove(chunk);
      this.#unreported.delete(chunk);
    }
  }
}
