import {
  type Clock,
  createHttpServer,
  type Disk,
  type HttpServer,
  type HttpServerFactory,
  type Lifecycle,
  type Logger,
  type Random,
  type Step,
  startAll,
  stopAll,
} from "../../base/index.ts";
import type { Ed25519Signer, Wallet } from "../../crypto/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import { type ChunkFetcher, createChunkFetcher, type Outbox } from "../../net/index.ts";
import type { ChunkSource } from "../../objects/index.ts";
import { type ChunkId, type EventSink, type Genesis, hexId, type KeyId, type NodeClass } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import type { ChunkStore } from "../../storage/index.ts";
import { chunkSources, createRoleOutbox } from "../surface/index.ts";
import { createGrpcServer, type GrpcServer } from "./grpc/grpc-server.ts";
import { Keeper } from "./keeper.ts";
import { createLeaseBook } from "./leases.ts";
import { checkLogReader, type LogReaderDeps } from "./log-readers.ts";
import { storeOutputObject } from "./output-object.ts";
import { Registration } from "./registration.ts";
import { Scrubber } from "./scrubber.ts";
import { openSealedBody } from "./sealed-workload.ts";
import { statusRoutes } from "./status-routes.ts";
import { type ChunkIntake, createChunkIntake, type StorageSurfaceDeps, storageRoutes } from "./storage-routes.ts";
import { WorkloadHost, type WorkloadHostDeps } from "./workload-host.ts";
import { WORKLOAD_PREFIX, workloadRoutes } from "./workload-routes.ts";

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
  readonly random: Random;
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

const PLAN_MS = 20;
const UNPUBLISHED_MS = 48 * 3_600_000;

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
  readonly id: KeyId;

  constructor(options: NodeOptions, deps: NodeDeps) {
    this.#options = options;
    this.#deps = deps;
    this.id = hexId<KeyId>(options.key.publicKey);
    this.#fetcher = createChunkFetcher({ clock: deps.clock });
    this.#outbox = createRoleOutbox(options, deps);
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
    await startAll(parts, signal);
  }

  async stop(): Promise<void> {
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
      ...workloadRoutes(host),
      ...statusRoutes({
        ...this.#options,
        self: this.id,
        replica,
        da: this.#deps.da,
        store,
        host,
        keeper,
        scrubber,
        outbox: this.#outbox,
      }),
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
      { name: "registration", part: this.#registration() },
    ];
  }

  #registration(): Registration {
    const addresses = () => ({
      httpUrl: this.url,
      grpcUrl: this.#options.publicGrpcUrl ?? `http://${this.#options.host}:${this.grpcPort}`,
    });
    return new Registration({ ...this.#options, self: this.id, addresses }, { ...this.#deps, outbox: this.#outbox });
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
    const { replica, clock, log, random, createRuntime } = this.#deps;
    const source: ChunkSource = {
      get: async (chunk) =>
        (await store.find(chunk)) ??
        this.#fetcher.fetch(
          chunk,
          chunkSources(replica.state, chunk).filter(({ node }) => node !== this.id),
        ),
    };
    const put = async (chunk: ChunkId, part: Uint8Array) => {
      await store.put(chunk, part);
      keeper.stored(chunk);
    };
    const readers: LogReaderDeps = {
      network: replica.state.network,
      // As owners reckon: a devnet may have moved the time of its log ahead.
      nowMs: () => Math.max(clock.nowMs(), replica.logTimeMs),
      isRevoked: (session) => replica.state.findSession(session)?.isRevoked ?? false,
    };
    const sealedTo = { self: this.id, network: replica.state.network, key: this.#options.key.agreement };
    return new WorkloadHost({
      self: this.id,
      replica,
      source,
      outbox: this.#outbox,
      createRuntime,
      unseal: (workload) => openSealedBody(sealedTo, workload),
      checkLogReader: (workload, shown) => checkLogReader(readers, workload, shown),
      storeOutput: (bytes, sealing) => storeOutputObject(bytes, put, { sealing, random }),
      ownUrl: () => this.url,
      clock,
      log,
    });
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
