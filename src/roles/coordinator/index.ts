import {
  baseErrors,
  type Clock,
  createHttpServer,
  type Disk,
  fail,
  findBase64,
  type HttpServer,
  type HttpServerFactory,
  type Lifecycle,
  type Logger,
  startAll,
  stopAll,
} from "../../base/index.ts";
import type { Ed25519Signer } from "../../crypto/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import {
  decodeSignedEvent,
  type EventHead,
  hexId,
  type KeyId,
  roleKinds,
  type SignedEvent,
} from "../../protocol/index.ts";
import { introducingKinds, type Replica } from "../../state/index.ts";
import type { CoordinatorCounters } from "./counters.ts";
import { type Mempool, openMempool } from "./mempool.ts";
import { createPoster, type Poster } from "./poster.ts";
import { coordinatorRoutes } from "./routes.ts";

export { coordinatorErrors } from "./errors.ts";

export interface CoordinatorOptions {
  readonly key: Ed25519Signer;
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  /** Waits this long after the first event so that a batch can fill; default 5. */
  readonly batchMs?: number;
  readonly dataFolder: string;
}

export interface CoordinatorDeps {
  /** `createHttpServer` of base unless said. */
  readonly createHttpServer?: HttpServerFactory;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Logger;
  readonly da: DataAvailability;
  readonly replica: Replica;
}

/** A poster: it takes signed events of others, keeps them durably and brings them to the log. It decides nothing. */
export interface Coordinator extends Lifecycle {
  readonly url: string;
  readonly port: number;
}

const REPOST_MS = 60_000;
const STAND_IN_MS = 15_000;

export function createCoordinator(options: CoordinatorOptions, deps: CoordinatorDeps): Coordinator {
  return new RunningCoordinator(options, deps);
}

class RunningCoordinator implements Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #deps: CoordinatorDeps;
  readonly #counters: CoordinatorCounters = {
    blobsPosted: 0,
    bytesPosted: 0,
    eventsPosted: 0,
    lastPostLatencyMs: 0,
    lastPostHeight: 0,
  };
  readonly #arrivals = new Set<() => void>();
  readonly #server: HttpServer;
  #mempool: Mempool | undefined;
  #poster: Poster | undefined;
  #stopWatching = () => {};

  constructor(options: CoordinatorOptions, deps: CoordinatorDeps) {
    this.#options = options;
    this.#deps = deps;
    const { host, port, token } = options;
    const routes = coordinatorRoutes({
      replica: deps.replica,
      da: deps.da,
      counters: this.#counters,
      accept: (events) => this.#accept(events),
      pending: () => this.#ready().list(),
      nextSequenceOf: (author) => this.#ready().nextSequenceOf(author),
      onArrival: (listener) => {
        this.#arrivals.add(listener);
        return () => void this.#arrivals.delete(listener);
      },
      clock: deps.clock,
    });
    const serverOptions = { name: "coordinator", host, port, ...(token === undefined ? {} : { token }) };
    this.#server = (this.#deps.createHttpServer ?? createHttpServer)(serverOptions, { routes, log: deps.log });
  }

  get url(): string {
    return this.#server.url;
  }

  get port(): number {
    return this.#server.port;
  }

  async start(signal?: AbortSignal): Promise<void> {
    if (this.#mempool !== undefined) return;
    const { disk, replica, clock, log, da } = this.#deps;
    const network = replica.state.network;
    const nextSequenceOf = (author: KeyId) => replica.state.findAuthor(author)?.nextSequence ?? 0;
    const path = `${this.#options.dataFolder}/mempool.log`;
    const isAuthored = (head: EventHead) => this.#isAuthored(head);
    this.#mempool = await openMempool({ path, network }, { disk, nextSequenceOf, isAuthored });
    this.#poster = createPoster(
      {
        key: this.#options.key,
        network,
        batchMs: this.#options.batchMs ?? 5,
        repostMs: REPOST_MS,
        standInMs: STAND_IN_MS,
        isLeaderAfter: (height) => this.#isLeader(height + 1),
      },
      {
        mempool: this.#mempool,
        da,
        clock,
        log,
        height: () => replica.height,
        onPosted: (facts) => this.#count(facts),
      },
    );
    this.#stopWatching = replica.onHeight(({ outcomes }) => {
      for (const { isConsumed, author, sequence } of outcomes) {
        if (!isConsumed) this.#mempool?.drop(author, sequence);
      }
      this.#mempool?.prune();
      if ((this.#mempool?.size ?? 0) > 0) this.#poster?.wake();
    });
    await startAll(this.#steps(), signal);
  }

  async stop(): Promise<void> {
    this.#stopWatching();
    await stopAll(this.#steps());
    this.#mempool = undefined;
  }

  #steps() {
    const poster = this.#poster ?? { start: async () => {}, stop: async () => {} };
    return [
      { name: "poster", part: poster },
      { name: "server", part: this.#server },
    ];
  }

  #ready(): Mempool {
    if (this.#mempool === undefined) {
      throw fail(baseErrors.unreachable, { service: "The coordinator", reason: "it is starting or stopping" });
    }
    return this.#mempool;
  }

  /** Leaders take turns by height; duplicates of two posters fall out by sequence. */
  #isLeader(height: number): boolean {
    const leaders = this.#deps.replica.state.roleKeys("coordinator");
    const own = hexId<KeyId>(this.#options.key.publicKey);
    return leaders.length === 0 || leaders[height % leaders.length] === own;
  }

  #isAuthored({ author, kind }: EventHead): boolean {
    const { state } = this.#deps.replica;
    const isKnown = state.findAuthor(author) !== undefined || introducingKinds.has(kind);
    return isKnown || roleKinds.some((role) => state.findRole(role, author)?.isActive === true);
  }

  async #accept(texts: readonly string[]): Promise<number> {
    const events: SignedEvent[] = texts.map((text) => {
      const bytes = findBase64(text);
      if (bytes === undefined) throw fail(baseErrors.requestInvalid, { field: "events", reason: "must be base64" });
      return decodeSignedEvent(bytes);
    });
    await this.#ready().add(events);
    this.#poster?.wake();
    for (const listener of this.#arrivals) listener();
    return events.length;
  }

  #count(facts: { height: number; events: number; bytes: number; latencyMs: number }): void {
    this.#counters.blobsPosted++;
    this.#counters.bytesPosted += facts.bytes;
    this.#counters.eventsPosted += facts.events;
    this.#counters.lastPostLatencyMs = facts.latencyMs;
    this.#counters.lastPostHeight = facts.height;
  }
}
