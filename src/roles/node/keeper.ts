import { type Clock, type Lifecycle, type Logger, toDsdnError, toUtf8 } from "../../base/index.ts";
import type { ChunkFetcher, ChunkHolder, Outbox } from "../../net/index.ts";
import {
  type ChunkId,
  type EventSink,
  type KeyId,
  limits,
  objectIdOfManifestChunk,
  type SignedEvent,
} from "../../protocol/index.ts";
import { planDrops, planRepairs, type Replica } from "../../state/index.ts";
import type { ChunkStore } from "../../storage/index.ts";
import { chunkSources, decodePublishRequestFile } from "../surface/index.ts";
import { PUBLISH_REQUEST_NAME } from "./storage-routes.ts";
import { WaitingRequests } from "./waiting-requests.ts";

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
const COLLECT_MS = 60_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 60_000;
/** Beside a chunk that was acknowledged again while the log counted it as unused. */
const PROMISE_NAME = "promise";

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
  readonly #requests: WaitingRequests;
  /** Chunks the log counts as unused that were acknowledged again, with the time of that. */
  readonly #promised = new Map<ChunkId, number>();
  readonly #failedPulls = new Map<ChunkId, { readonly retryAtMs: number; readonly waitMs: number }>();
  readonly #stop = new AbortController();
  #stopWatching = () => {};
  #cancelPlan: (() => void) | undefined;
  #planAtMs = 0;
  /** Height whose repairs are done or tried. */
  #repairedHeight = -1;
  #isPlanning = false;
  #isPlanWanted = false;
  #collectAtMs = 0;
  #inventoryAtMs = 0;
  repaired = 0;
  dropped = 0;
  /** Reports of damage since the start, whoever found it. */
  damagedCount = 0;

  constructor(options: KeeperOptions, deps: KeeperDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#requests = new WaitingRequests(deps);
  }

  async start(): Promise<void> {
    const now = this.#deps.clock.monotonicMs();
    for await (const chunk of this.#deps.store.list()) {
      if (!this.#isReported(chunk)) this.#unreported.set(chunk, now);
    }
    for await (const chunk of this.#deps.store.listBeside(PUBLISH_REQUEST_NAME)) {
      const bytes = await this.#deps.store.findBeside(chunk, PUBLISH_REQUEST_NAME);
      if (bytes !== undefined) this.#requests.keep(objectIdOfManifestChunk(chunk), decodePublishRequestFile(bytes));
    }
    for await (const chunk of this.#deps.store.listBeside(PROMISE_NAME)) this.#promised.set(chunk, now);
    this.#requests.postpone();
    this.#collectAtMs = now + COLLECT_MS;
    this.#stopWatching = this.#deps.replica.onHeight(() => this.#plan());
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#stopWatching();
    this.#cancelPlan?.();
  }

  /**
   * Told of a chunk that is about to be made durable and acknowledged. The log may count it as unused and its delay as
   * over: it is then kept as long as a chunk that was never published, also over a restart.
   */
  async promise(chunk: ChunkId): Promise<void> {
    const { replica, store, clock } = this.#deps;
    if (replica.state.findChunk(chunk) === undefined || replica.state.isChunkUsed(chunk)) return;
    this.#promised.set(chunk, clock.monotonicMs());
    await store.putBeside(chunk, PROMISE_NAME, toUtf8(String(clock.nowMs())));
  }

  /**
   * Told of a publish request, its events in order and the request last. Gives what must lie beside the manifest: also
   * the requests of others for the same object that are not on the log yet.
   */
  remember(chunk: ChunkId, events: readonly SignedEvent[]): readonly SignedEvent[] {
    return this.#requests.add(objectIdOfManifestChunk(chunk), events);
  }

  /** Told of every chunk that was just made durable. */
  stored(chunk: ChunkId): void {
    if (!this.#isReported(chunk)) this.#unreported.set(chunk, this.#deps.clock.monotonicMs());
    this.#plan();
  }

  /** Told of a chunk that was found damaged: the log learns that this replica is gone, and repair brings it back. */
  damaged(chunk: ChunkId): void {
    this.damagedCount++;
    this.#deps.log.warn("chunk damaged", { chunk });
    this.#unreported.delete(chunk);
    this.#repairedHeight = -1;
    if (this.#isReported(chunk)) this.#deps.outbox.publish("ReplicaRemoved", { chunks: [chunk] }).catch(() => {});
    this.#plan();
  }

  #isReported(chunk: ChunkId): boolean {
    return this.#deps.replica.state.findChunk(chunk)?.replicas.includes(this.#options.self) ?? false;
  }

  /** Works after the delay, or before it when that was planned already. */
  #plan(delayMs = this.#options.planMs): void {
    const { clock } = this.#deps;
    const atMs = clock.monotonicMs() + delayMs;
    const isPlanned = this.#cancelPlan !== undefined && this.#planAtMs <= atMs;
    if (isPlanned || this.#stop.signal.aborted) return;
    this.#cancelPlan?.();
    this.#planAtMs = atMs;
    this.#cancelPlan = clock.after(delayMs, () => {
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
      await this.#requests.resubmit();
      await this.#collect();
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#deps.log.error("keeping failed", { code: toDsdnError(error).code });
    }
    this.#isPlanning = false;
    if (this.#isPlanWanted) this.#plan();
    else if (!this.#requests.isEmpty || this.#failedPulls.size > 0) this.#plan(RETRY_FIRST_MS);
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
    const { replica, clock } = this.#deps;
    const now = clock.monotonicMs();
    const isRetryDue = [...this.#failedPulls.values()].some(({ retryAtMs }) => retryAtMs <= now);
    // What is missing follows from the log: looking through every chunk again at the same height finds the same.
    if (this.#repairedHeight === replica.height && !isRetryDue) return;
    this.#repairedHeight = replica.height;
    const missing = planRepairs(replica.state, this.#options.self).map(({ chunk }) => chunk.id);
    const known = new Set(missing);
    for (const chunk of this.#failedPulls.keys()) if (!known.has(chunk)) this.#failedPulls.delete(chunk);
    const wanted = missing.filter(
      (chunk) => !this.#unreported.has(chunk) && (this.#failedPulls.get(chunk)?.retryAtMs ?? 0) <= now,
    );
    for (let start = 0; start < wanted.length; start += REPAIRS_AT_ONCE) {
      this.#stop.signal.throwIfAborted();
      await Promise.all(wanted.slice(start, start + REPAIRS_AT_ONCE).map((chunk) => this.#pull(chunk)));
      // A long repair must not keep the log from learning of it, nor an owner's request from its way there.
      this.#report();
      await this.#requests.resubmit();
    }
  }

  async #pull(chunk: ChunkId): Promise<void> {
    const { store, replica, fetcher, log, clock } = this.#deps;
    try {
      if (!(await store.has(chunk))) {
        const holders: readonly ChunkHolder[] = chunkSources(replica.state, chunk);
        const others = holders.filter((holder) => holder.node !== this.#options.self);
        await store.put(chunk, await fetcher.fetch(chunk, others, this.#stop.signal));
        this.repaired++;
      }
      this.#failedPulls.delete(chunk);
      this.stored(chunk);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      log.warn("chunk not pulled", { chunk, code: toDsdnError(error).code });
      const waitMs = Math.min((this.#failedPulls.get(chunk)?.waitMs ?? RETRY_FIRST_MS / 2) * 2, RETRY_MOST_MS);
      this.#failedPulls.set(chunk, { retryAtMs: clock.monotonicMs() + waitMs, waitMs });
    }
  }

  /** Drops chunks that nobody owns any more after their delay, and bytes that were never published. */
  async #collect(): Promise<void> {
    const { clock, replica, store, outbox } = this.#deps;
    if (clock.monotonicMs() < this.#collectAtMs) return;
    this.#collectAtMs = clock.monotonicMs() + COLLECT_MS;
    const tooOld = clock.monotonicMs() - this.#options.unpublishedMs;
    for (const [chunk, sinceMs] of this.#promised) {
      if (sinceMs <= tooOld || replica.state.isChunkUsed(chunk)) this.#promised.delete(chunk);
    }
    const drops = planDrops(replica.state, this.#options.self, replica.logTimeMs).slice(0, limits.replicasPerEvent);
    const dropped: ChunkId[] = [];
    for (const { chunk, reason } of drops) {
      // Looked at again for each: while others were removed it may have been acknowledged or published again.
      const isWanted = this.#promised.has(chunk.id) || replica.state.isChunkUsed(chunk.id);
      if (reason === "unused" && isWanted) continue;
      await store.remove(chunk.id);
      dropped.push(chunk.id);
      this.dropped++;
    }
    if (dropped.length > 0) outbox.publish("ReplicaRemoved", { chunks: dropped }).catch(() => {});
    for (const [chunk, sinceMs] of this.#unreported) {
      if (sinceMs > tooOld || replica.state.findChunk(chunk) !== undefined) continue;
      await store.remove(chunk);
      this.#unreported.delete(chunk);
      this.#requests.forget(objectIdOfManifestChunk(chunk));
    }
  }
}
