import {
  createHttpClient,
  fail,
  findBase64,
  type HttpClient,
  type Logger,
  toBase64,
  toDsdnError,
} from "../../base/index.ts";
import { type PlacementNode, place } from "../../placement/index.ts";
import {
  type ChunkId,
  DURABLE_ZONES,
  decodeStoredAck,
  isStoredAckSigned,
  LEASE_HEADER,
  type NetworkId,
  REPLICATION_FACTOR,
  type StoredAck,
} from "../../protocol/index.ts";
import { ingressErrors } from "./errors.ts";

/** A node as the spreader needs it. */
export interface SpreadNode extends PlacementNode {
  readonly httpUrl: string;
}

export interface SpreadJob {
  readonly chunk: ChunkId;
  /** The request every node gets. */
  readonly path: string;
  readonly method: "PUT" | "POST";
  readonly body?: Uint8Array;
  readonly json?: unknown;
  /** Base64. */
  readonly lease: string | undefined;
}

export interface SpreadDeps {
  readonly network: NetworkId;
  readonly nodes: () => readonly SpreadNode[];
  readonly log: Logger;
}

/** Sends bytes to the nodes where the reducer will place them. */
export interface Spreader {
  /**
   * Resolves with verified acknowledgements as soon as two zones have fsynced the bytes; the remaining replica goes on
   * in the background. When a node fails, the next one by `place` takes its turn.
   * @throws DSDN_INGRESS_NOT_DURABLE, or the error of a node that refused the bytes themselves
   */
  spread(job: SpreadJob): Promise<readonly StoredAck[]>;
}

const NODE_TIMEOUT_MS = 60_000;

export function createSpreader(deps: SpreadDeps): Spreader {
  const clients = new Map<string, HttpClient>();
  const clientOf = (url: string): HttpClient => {
    const client = clients.get(url) ?? createHttpClient({ name: "A node", url });
    clients.set(url, client);
    return client;
  };
  return { spread: (job) => new SpreadRun(job, deps, clientOf).run() };
}

/** One chunk on its way to its nodes. */
class SpreadRun {
  readonly #job: SpreadJob;
  readonly #deps: SpreadDeps;
  readonly #clientOf: (url: string) => HttpClient;
  readonly #tried = new Set<string>();
  readonly #acks: StoredAck[] = [];
  #underWay = 0;
  readonly #refusals: unknown[] = [];
  #done: { resolve: (acks: readonly StoredAck[]) => void; reject: (error: unknown) => void } | undefined;

  constructor(job: SpreadJob, deps: SpreadDeps, clientOf: (url: string) => HttpClient) {
    this.#job = job;
    this.#deps = deps;
    this.#clientOf = clientOf;
  }

  run(): Promise<readonly StoredAck[]> {
    return new Promise((resolve, reject) => {
      this.#done = { resolve, reject };
      this.#fill();
    });
  }

  /** Keeps as many nodes busy as replicas are missing. */
  #fill(): void {
    // What so many nodes refuse for its own sake, none will take: the bytes are not carried to all others too.
    const isRefused = () => this.#refusals.length >= REPLICATION_FACTOR;
    while (!isRefused() && this.#acks.length + this.#underWay < REPLICATION_FACTOR) {
      const node = this.#next();
      if (node === undefined) break;
      this.#tried.add(node.id);
      this.#underWay++;
      void this.#send(node);
    }
    const isOver = this.#underWay === 0;
    if (!isOver) return;
    const zones = this.#zones();
    if (zones >= DURABLE_ZONES) {
      this.#done?.resolve([...this.#acks]);
      return;
    }
    const facts = { zones, needed: DURABLE_ZONES, tried: [...this.#tried] };
    this.#done?.reject(this.#refusals.at(-1) ?? fail(ingressErrors.notDurable, facts));
  }

  #next(): SpreadNode | undefined {
    const candidates = this.#deps.nodes().filter((node) => !this.#tried.has(node.id));
    const { nodes } = place({ nodes: candidates }, this.#job.chunk, candidates.length);
    const used = new Set(this.#acks.map((ack) => ack.zone));
    const byId = new Map(candidates.map((node) => [node.id, node]));
    const ranked = nodes.flatMap((id) => byId.get(id) ?? []);
    return ranked.find((node) => !used.has(node.zone)) ?? ranked[0];
  }

  #zones(): number {
    return new Set(this.#acks.map((ack) => ack.zone)).size;
  }

  async #send(node: SpreadNode): Promise<void> {
    try {
      const { path, method, body, json, lease } = this.#job;
      const answer = await this.#clientOf(node.httpUrl).send(path, {
        method,
        timeoutMs: NODE_TIMEOUT_MS,
        headers: lease === undefined ? {} : { [LEASE_HEADER]: lease },
        ...(body === undefined ? {} : { body }),
        ...(json === undefined ? {} : { json }),
      });
      const ack = this.#findAck(answer.headers["dsdn-ack"], node);
      if (ack !== undefined) this.#acks.push(ack);
    } catch (error) {
      const known = toDsdnError(error);
      if (known.spec.kind === "user") this.#refusals.push(known);
      this.#deps.log.warn("node did not store", { node: node.id, code: known.code });
    }
    this.#underWay--;
    if (this.#zones() >= DURABLE_ZONES) this.#done?.resolve([...this.#acks]);
    this.#fill();
  }

  #findAck(header: string | undefined, node: SpreadNode): StoredAck | undefined {
    const bytes = findBase64(header ?? "");
    if (bytes === undefined) return undefined;
    const ack = decodeStoredAck(bytes);
    const isHonest = ack.node === node.id && ack.zone === node.zone && ack.chunk === this.#job.chunk;
    return isHonest && ack.network === this.#deps.network && isStoredAckSigned(ack) ? ack : undefined;
  }
}

/** The job that stores a plain chunk. */
export function chunkJob(chunk: ChunkId, body: Uint8Array, lease: string | undefined): SpreadJob {
  return { chunk, path: `/storage/chunk?hash=${chunk}`, method: "PUT", body, lease };
}

/** The job that stores a manifest with its owner's publish request. */
export function manifestJob(
  chunk: ChunkId,
  parts: { manifest: Uint8Array; before: readonly string[]; publishRequest: string },
  lease: string | undefined,
): SpreadJob {
  const json = { manifest: toBase64(parts.manifest), before: parts.before, publishRequest: parts.publishRequest };
  return { chunk, path: "/storage/manifest", method: "POST", json, lease };
}
