import {
  type Clock,
  createHttpServer,
  type Disk,
  fail,
  type HttpServer,
  type HttpServerFactory,
  type Lifecycle,
  type Logger,
  type Route,
  type Step,
  startAll,
  stopAll,
} from "../../base/index.ts";
import { type Ed25519Signer, toPeerId, type Wallet } from "../../crypto/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import { type ChunkFetcher, createChunkFetcher, createOutbox, type Outbox } from "../../net/index.ts";
import type { ChunkSource } from "../../objects/index.ts";
import {
  addressOfWallet,
  type ChunkId,
  type EventSink,
  type Genesis,
  hexId,
  type KeyId,
  type NodeClass,
  nodeBindingDigest,
  parseWorkloadId,
} from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import type { ChunkStore } from "../../storage/index.ts";
import { chunkSources, logViewOf, onSharedOrigin, roleRoutes } from "../surface/index.ts";
import { nodeErrors } from "./errors.ts";
import { createGrpcServer, type GrpcServer } from "./grpc/grpc-server.ts";
import { Keeper } from "./keeper.ts";
import { createLeaseBook } from "./leases.ts";
import { storeOutputObject } from "./output-object.ts";
import { Scrubber } from "./scrubber.ts";
import { type ChunkIntake, createChunkIntake, type StorageSurfaceDeps, storageRoutes } from "./storage-routes.ts";
import { WorkloadHost, type WorkloadHostDeps } from "./workloads.ts";

export { nodeErrors } from "./errors.ts";

export interface NodeOptions {
  readonly key: Ed25519Signer;
  /** The wallet that runs this node and signs for it. */
  readonly operator: Wallet;
  readonly zone: string;
  readonly class: NodeClass;
  readonly capacityBytes: number;
  readonly host: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  /** How others reach this node; the bound address unless said. */
  readonly publicHttpUrl?: string;
  readonly publicGrpcUrl?: string;
  readonly dataFolder: string;
  readonly storagePath: string;
  /** Everything on disk is read back this long after the last time it was; six hours unless said. */
  readonly scrubEveryMs?: number;
}

export interface NodeDeps {
  /** `createHttpServer` of base unless said. */
  readonly createHttpServer?: HttpServerFactory;
  readonly genesis: Genesis;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Logger;
  readonly replica: Replica;
  readonly da: Pick<DataAvailability, "health">;
  readonly sink: EventSink;
  /** Opens the chunk store; it reports damage it finds. */
  readonly openStore: (onDamaged: (chunk: ChunkId) => void) => Promise<ChunkStore>;
  readonly createRuntime: WorkloadHostDeps["createRuntime"];
}

/** Stores chunks and runs workloads. It follows the log and pulls what it needs; it takes no orders. */
export interface StorageNode extends Lifecycle {
  readonly id: KeyId;
  readonly url: string;
  readonly httpPort: number;
  readonly grpcPort: number;
}

/** What the node's own answers speak of. */
interface Parts {
  readonly store: ChunkStore;
  readonly host: WorkloadHost;
  readonly keeper: Keeper;
  readonly scrubber: Scrubber;
}

/** Orders a node of another make would take: here they are answered and refused. */
const ORDERS = ["/schedule", "/replicate", "/run", "/delete", "/replica/add", "/replica/remove", "/assign"];
/** Below it deployments answer; an ingress forwards their requests with the page's own Origin. */
const WORKLOAD_PREFIX = "/w/";
const PLAN_MS = 20;
const REGISTER_FIRST_MS = 1_000;
const REGISTER_MOST_MS = 60_000;
const UNPUBLISHED_MS = 48 * 3_600_000;
const SITE_BODY_BYTES = 8 * 1024 * 1024;

export function createNode(options: NodeOptions, deps: NodeDeps): StorageNode {
  return new RunningNode(options, deps);
}

class RunningNode implements StorageNode {
  readonly #options: NodeOptions;
  readonly #deps: NodeDeps;
  readonly #fetcher: ChunkFetcher;
  readonly #outbox: Outbox;
  #server: HttpServer | undefined;
  #grpc: GrpcServer | undefined;
  #steps: Step[] | undefined;
  #stopRegistering = new AbortController();
  readonly id: KeyId;

  constructor(options: NodeOptions, deps: NodeDeps) {
    this.#options = options;
    this.#deps = deps;
    this.id = hexId<KeyId>(options.key.publicKey);
    const { clock, replica, disk, sink, log } = deps;
    this.#fetcher = createChunkFetcher({ clock });
    this.#outbox = createOutbox(
      { key: options.key, network: replica.state.network, path: `${options.dataFolder}/outbox.log` },
      { disk, sink, view: logViewOf(replica), clock, log },
    );
  }

  get url(): string {
    return this.#options.publicHttpUrl ?? this.#server?.url ?? "";
  }

  get httpPort(): number {
    return this.#server?.port ?? 0;
  }

  get grpcPort(): number {
    return this.#grpc?.port ?? 0;
  }

  async start(signal?: AbortSignal): Promise<void> {
    if (this.#steps !== undefined) return;
    const parts = await this.#build();
    this.#steps = parts;
    this.#stopRegistering = new AbortController();
    await startAll(parts, signal);
    void this.#register();
  }

  async stop(): Promise<void> {
    this.#stopRegistering.abort();
    const steps = this.#steps ?? [];
    this.#steps = undefined;
    await stopAll(steps);
  }

  async #build(): Promise<Step[]> {
    const { replica, clock, log, sink } = this.#deps;
    let keeper: Keeper | undefined;
    const store = await this.#deps.openStore((chunk) => keeper?.damaged(chunk));
    const keeping = { self: this.id, planMs: PLAN_MS, unpublishedMs: UNPUBLISHED_MS };
    keeper = new Keeper(keeping, { store, replica, fetcher: this.#fetcher, outbox: this.#outbox, sink, clock, log });
    const scrubber = new Scrubber({ everyMs: this.#options.scrubEveryMs }, { store, clock, log });
    const surface = this.#surface(store, keeper);
    const intake = createChunkIntake(surface);
    const host = this.#host(store, keeper);
    const { host: address, httpPort, grpcPort } = this.#options;
    const routes = [
      ...storageRoutes(surface, intake),
      ...this.#workloadRoutes(host),
      ...this.#roleRoutes({ store, host, keeper, scrubber }),
    ];
    this.#server = (this.#deps.createHttpServer ?? createHttpServer)(
      { name: "node", host: address, port: httpPort, contentPrefix: WORKLOAD_PREFIX },
      { routes, log },
    );
    this.#grpc = createGrpcServer({ host: address, port: grpcPort }, grpcBackend(store, intake));
    return [
      { name: "http", part: this.#server },
      { name: "grpc", part: this.#grpc },
      { name: "outbox", part: this.#outbox },
      { name: "keeper", part: keeper },
      { name: "scrubber", part: scrubber },
      { name: "workloads", part: host },
    ];
  }

  #surface(store: ChunkStore, keeper: Keeper): StorageSurfaceDeps {
    const { replica, clock, genesis } = this.#deps;
    const network = replica.state.network;
    return {
      store,
      key: this.#options.key,
      network,
      zone: this.#options.zone,
      storagePath: this.#options.storagePath,
      nowMs: () => clock.nowMs(),
      isLeaseOptional: genesis.stage === "devnet",
      leases: createLeaseBook({
        network,
        nowMs: () => clock.nowMs(),
        isRevoked: (lease) => replica.state.findSession(lease.sessionKey)?.isRevoked ?? false,
      }),
      onStoring: (chunk) => keeper.promise(chunk),
      onStored: (chunk) => keeper.stored(chunk),
      remember: (chunk, request) => keeper.remember(chunk, request),
    };
  }

  #host(store: ChunkStore, keeper: Keeper): WorkloadHost {
    const { replica, clock, log, createRuntime } = this.#deps;
    const source: ChunkSource = {
      get: async (chunk) =>
        (await store.find(chunk)) ??
        this.#fetcher.fetch(
          chunk,
          chunkSources(replica.state, chunk).filter(({ node }) => node !== this.id),
        ),
    };
    const storeOutput = (bytes: Uint8Array) =>
      storeOutputObject(bytes, async (chunk, part) => {
        await store.put(chunk, part);
        keeper.stored(chunk);
      });
    return new WorkloadHost({
      self: this.id,
      replica,
      source,
      outbox: this.#outbox,
      createRuntime,
      storeOutput,
      ownUrl: () => this.url,
      clock,
      log,
    });
  }

  #workloadRoutes(host: WorkloadHost): Route[] {
    return [
      {
        method: "*",
        path: `${WORKLOAD_PREFIX}{workload}/{rest*}`,
        isOpen: true,
        maxBodyBytes: SITE_BODY_BYTES,
        handle: async (request) => {
          const id = request.params["workload"] ?? "";
          const path = (request.raw.url ?? "").slice(WORKLOAD_PREFIX.length + id.length);
          const answer = await host.serve(parseWorkloadId(id), request, path);
          // Only a browser that was led straight here sends none; this origin is the node's, not the deployment's.
          return request.headers["x-dsdn-request-id"] === undefined ? onSharedOrigin(answer) : answer;
        },
      },
      {
        method: "GET",
        path: "/v1/workloads/{workload}/ready",
        handle: (request) => {
          const workload = parseWorkloadId(request.params["workload"] ?? "");
          return { json: { workload, isReady: host.isReady(workload) } };
        },
      },
      {
        method: "GET",
        path: "/v1/workloads/{workload}/logs",
        handle: (request) => {
          const log = host.logOf(parseWorkloadId(request.params["workload"] ?? ""));
          const isFollowing = request.query.get("follow") === "1";
          const body = log.read({ isFollowing, signal: request.signal });
          return { body, headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" } };
        },
      },
      ...ORDERS.map(
        (path): Route => ({
          method: "*",
          path,
          isOpen: true,
          handle: () => {
            throw fail(nodeErrors.ordersRefused, { path });
          },
        }),
      ),
    ];
  }

  #roleRoutes({ store, host, keeper, scrubber }: Parts): Route[] {
    const { replica, da } = this.#deps;
    const { zone, capacityBytes, class: nodeClass } = this.#options;
    const info = () => ({
      node_id: this.id,
      peer_id: toPeerId(this.#options.key.publicKey),
      zone,
      class: nodeClass,
      capacity_bytes: capacityBytes,
      status: replica.state.findNode(this.id)?.status ?? "pending",
    });
    const assignments = () =>
      replica.state.workloadsOnNode(this.id).map(({ id, status }) => ({ workload: id, status }));
    const gauge = (name: string, help: string, value: number) => ({ name, help, kind: "gauge" as const, value });
    const counter = (name: string, help: string, value: number) => ({ name, help, kind: "counter" as const, value });
    return [
      { method: "GET", path: "/info", handle: () => ({ json: info() }) },
      {
        method: "GET",
        path: "/status",
        handle: () => ({ json: { ...info(), height: replica.height, workloads: host.count } }),
      },
      {
        method: "GET",
        path: "/state",
        handle: () => ({ json: { height: replica.height, chunks: replica.state.chunksOnNode(this.id).length } }),
      },
      { method: "GET", path: "/state/fallback", handle: () => ({ json: { active: false } }) },
      { method: "GET", path: "/state/assignments", handle: () => ({ json: { assignments: assignments() } }) },
      { method: "GET", path: "/da/status", handle: () => ({ json: da.health() }) },
      ...roleRoutes({
        role: "node",
        replica,
        da,
        metricsPaths: ["/metrics", "/metrics/prometheus"],
        metrics: async () => {
          const stats = await store.stats();
          return [
            gauge("dsdn_node_chunks", "Chunks on disk.", stats.chunks),
            gauge("dsdn_node_chunk_bytes", "Bytes of chunks on disk.", stats.bytes),
            gauge("dsdn_node_workloads", "Workloads hosted.", host.count),
            gauge("dsdn_node_outbox_events", "Own events on their way to the log.", this.#outbox.pendingCount),
            counter("dsdn_node_repaired_chunks_total", "Chunks pulled from others.", keeper.repaired),
            counter("dsdn_node_scrubbed_chunks_total", "Chunks read back and found whole.", scrubber.scrubbed),
            counter("dsdn_node_damaged_chunks_total", "Times a chunk on disk was found damaged.", keeper.damagedCount),
          ];
        },
      }),
    ];
  }

  /** Brings the node on the log, or back after a quorum missed it, or moves its addresses. Tries until it is there. */
  async #register(): Promise<void> {
    const { replica, clock, log } = this.#deps;
    const { signal } = this.#stopRegistering;
    let waitMs = REGISTER_FIRST_MS;
    while (!signal.aborted) {
      try {
        await this.#registerOnce();
        waitMs = REGISTER_FIRST_MS;
        await replica.waitFor((state) => state.findNode(this.id)?.status === "suspended", signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn("not registered yet", { reason: error instanceof Error ? error.message : "unknown" });
        // A refused registration leaves no trace on the log and is paid for each time.
        await clock.sleep(waitMs, signal).catch(() => {});
        waitMs = Math.min(waitMs * 2, REGISTER_MOST_MS);
      }
    }
  }

  async #registerOnce(): Promise<void> {
    const { replica } = this.#deps;
    const { operator, zone, class: nodeClass, capacityBytes, publicGrpcUrl } = this.#options;
    const httpUrl = this.url;
    const grpcUrl = publicGrpcUrl ?? `http://${this.#options.host}:${this.grpcPort}`;
    const known = replica.state.findNode(this.id);
    if (known === undefined || known.status === "left") {
      const address = addressOfWallet(operator);
      const operatorNonce = replica.state.findOwner(address)?.nextOperatorNonce ?? 0;
      const binding = { node: this.id, operator: address, nonce: operatorNonce };
      const operatorSignature = operator.signDigest(nodeBindingDigest(replica.state.network, binding));
      const body = {
        operator: address,
        operatorNonce,
        operatorSignature,
        class: nodeClass,
        zone,
        capacityBytes,
        httpUrl,
        grpcUrl,
      };
      await this.#outbox.publish("NodeRegistered", body);
    } else if (known.status === "suspended" || known.httpUrl !== httpUrl || known.grpcUrl !== grpcUrl) {
      await this.#outbox.publish("NodeReturned", { httpUrl, grpcUrl });
    }
  }
}

function grpcBackend(store: ChunkStore, intake: ChunkIntake) {
  return {
    find: (chunk: ChunkId) => store.find(chunk),
    put: async (chunk: ChunkId, bytes: Uint8Array, lease: string | undefined) => {
      await intake.take(chunk, bytes, lease);
    },
  };
}
