import {
  concatBytes,
  createHttpServer,
  fail,
  findBase64,
  type HttpRequest,
  type HttpServer,
  type Route,
  seededRandom,
  toBase64,
  toHex,
} from "../../../src/base/index.ts";
import { type Ed25519Signer, generateEd25519, sha256 } from "../../../src/crypto/index.ts";
import {
  type ApiDetails,
  type ChunkId,
  chunkIdOf,
  decodeManifest,
  decodeSignedEvent,
  decodeUploadLease,
  type Event,
  type EventOutcome,
  encodeSignedEvent,
  encodeStoredAck,
  encodeWith,
  findEvent,
  hexId,
  type IngressApi,
  ingressApi,
  isSessionGrantSigned,
  isUploadLeaseSigned,
  type KeyId,
  LEASE_HEADER,
  type NetworkId,
  type ObjectId,
  objectIdOf,
  openEvent,
  parseAddress,
  parseChunkId,
  type SignedEvent,
  type StoredAck,
  signStoredAck,
} from "../../../src/protocol/index.ts";
import { coordinatorErrors } from "../../../src/roles/coordinator/errors.ts";
import { holdingEntity } from "../../../src/state/entities.ts";
import { EMPTY_TREE, encodeProof, proveLeaf, rootOf, updateTree } from "../../../src/state/smt.ts";

interface FakeNode {
  readonly key: Ed25519Signer;
  readonly id: KeyId;
  readonly zone: string;
}

/**
 * An ingress with nodes, coordinator and log in one object: real sockets, real signatures, leases honoured, events taken
 * in order of sequence. What a test wants to go wrong is switched on by hand.
 */
export class IngressForTests {
  readonly network = hexId<NetworkId>(sha256(new Uint8Array([1])));
  readonly chunks = new Map<ChunkId, Uint8Array>();
  readonly accepted: Event[] = [];
  readonly outcomes = new Map<string, EventOutcome>();
  readonly nextSequences = new Map<string, number>();
  /** Events of a later sequence than the next, as a coordinator keeps them. */
  readonly waiting = new Map<string, SignedEvent>();
  /** Session keys that were revoked. */
  readonly revoked = new Set<string>();
  readonly calls: string[] = [];
  puts = 0;
  bytesIn = 0;
  logTimeMs = 1_750_000_000_000;
  /** Called before a route answers; throwing or never resolving is up to the test. */
  before: (route: string, request: HttpRequest) => void | Promise<void> = () => {};
  /** Changes the acknowledgements of an answer. */
  bend: (acks: StoredAck[]) => StoredAck[] = (acks) => acks;
  /** Changes what a leaf's route answers. */
  bendLeaf: (leaf: ApiDetails<"stateLeaf">) => ApiDetails<"stateLeaf"> = (leaf) => leaf;
  /** While true events are kept and nothing reaches the log. */
  isLogDown = false;
  /** While true no coordinator takes events: publication requests lie on the nodes and nowhere else. */
  isCoordinatorDown = false;
  /** What the ingress says of its data-availability node. */
  isConnected = true;
  /** A reason makes the log reject events of the kind. */
  reject: (event: Event) => string | undefined = () => undefined;
  /** While true an event whose number another event has is refused, as a coordinator does. */
  isStrict = false;
  /** What the log counts as the owner's, whoever asks. */
  owned: () => ApiDetails<"ownerObjects">["objects"] = () => [];
  /** The NDJSON stream of every workload. */
  logs: (request: HttpRequest) => AsyncIterable<Uint8Array> = async function* () {};
  readonly nodes: readonly FakeNode[];
  readonly server: HttpServer;

  constructor(zones = ["zone-a", "zone-b", "zone-c"]) {
    const random = seededRandom("ingress for tests");
    this.nodes = zones.map((zone) => {
      const key = generateEd25519(random);
      return { key, id: hexId<KeyId>(key.publicKey), zone };
    });
    this.server = createHttpServer(
      { name: "ingress", host: "127.0.0.1", port: 0 },
      { routes: [...this.#routes(), ...this.#chunkRoutes()] },
    );
  }

  get url(): string {
    return this.server.url;
  }

  eventsOf(kind: Event["kind"]): Event[] {
    return this.accepted.filter((event) => event.kind === kind);
  }

  /** Lets what waited reach the log. */
  bringLogBack(): void {
    this.isLogDown = false;
    this.#drain();
  }

  #route<R extends keyof IngressApi>(
    name: R,
    handle: (request: HttpRequest) => Promise<ApiDetails<R>> | ApiDetails<R>,
  ): Route {
    const { method, path, maxBodyBytes } = ingressApi[name] as {
      method: Route["method"];
      path: string;
      maxBodyBytes?: number;
    };
    return {
      method,
      path,
      maxBodyBytes: maxBodyBytes ?? 1024 * 1024,
      handle: async (request) => {
        this.calls.push(name);
        await this.before(name, request);
        return { json: { summary: name, details: await handle(request), audit: {} } };
      },
    };
  }

  #routes(): Route[] {
    const position = { height: 1, logTimeMs: this.logTimeMs, stateRoot: "0".repeat(64) };
    return [
      this.#route("network", () => ({
        ...position,
        network: this.network,
        name: "test",
        stage: "devnet",
        genesis: "",
        chainRpcUrl: null,
        siteDomain: "localhost",
      })),
      this.#route("status", () => ({
        ...position,
        dataAvailability: { isConnected: this.isConnected, lastHeight: 1, latencyMs: 1, lagMs: 1 },
        nodes: { active: this.nodes.length, total: this.nodes.length },
        zones: 3,
        objects: 0,
        deployments: 0,
      })),
      this.#route("nodes", () => ({
        nodes: this.nodes.map(({ id, zone }) => ({
          node: id,
          peerId: id,
          operator: "0".repeat(40),
          class: "regular" as const,
          zone,
          status: "active",
          capacityBytes: 1e12,
          httpUrl: "http://127.0.0.1:1",
          grpcUrl: "",
          replicas: 0,
          workloads: 0,
        })),
      })),
      this.#route("author", (request) => {
        const author = request.params["key"] ?? "";
        const next = this.nextSequences.get(author) ?? 0;
        const queued = [...this.waiting.values()]
          .map((event) => openEvent(event))
          .filter((head) => head.author === author);
        const pending = Math.max(next, ...queued.map(({ sequence }) => sequence + 1));
        return { author, nextSequence: next, pendingSequence: pending, isKnown: next > 0 };
      }),
      this.#route("session", (request) => {
        const session = request.params["key"] ?? "";
        const facts = { owner: "0".repeat(40), scopes: [], quotaBytes: 0, usedBytes: 0, expiresMs: 0, events: 0 };
        return { session, ...facts, isRevoked: this.revoked.has(session) };
      }),
      this.#route("owner", (request) => ({
        owner: request.params["address"] ?? "",
        nextGrantNonce: 0,
        usedBytes: 0,
        quotaBytes: 1e12,
      })),
      this.#route("pointer", (request) => {
        const pointer = request.params["pointer"] ?? "";
        const last = this.accepted.findLast(
          (event) => event.kind === "PointerUpdated" && event.body.pointer === pointer,
        );
        if (last?.kind !== "PointerUpdated") return { pointer, sequence: -1, root: null, owner: null };
        return { pointer, sequence: last.body.sequence, root: last.body.root, owner: null };
      }),
      this.#route("submitEvents", async (request) => {
        const { events } = (await request.json()) as { events: string[] };
        this.#take(events);
        return { accepted: events.length };
      }),
      this.#route("eventOutcome", (request) => {
        const { author = "", sequence = "" } = request.params;
        return this.outcomes.get(`${author}/${sequence}`) ?? pendingOutcome(author, Number(sequence));
      }),
      this.#route("ownerObjects", () => ({ objects: this.owned(), next: null })),
      this.#route("stateLeaf", (request) => this.bendLeaf(this.#leaf(request.query.get("path") ?? ""))),
    ];
  }

  /** The leaf among others, as in a state that holds every accepted object of whoever is asked for. */
  #leaf(path: string): ApiDetails<"stateLeaf"> {
    const owner = parseAddress(path.split("/")[2] ?? "");
    const leaves = this.accepted.flatMap((event) => {
      if (event.kind !== "ObjectPublished") return [];
      const { content, createdMs, expiresMs } = event.body;
      const { object, sizeBytes, isPublic } = content;
      const holding = {
        object,
        owner,
        manifest: content.manifest.id,
        chunks: content.chunks.map(({ id }) => id),
        ...{ sizeBytes, isPublic, createdMs, publishedMs: this.logTimeMs, expiresMs, deletedMs: null, isCounted: true },
      };
      return [{ path: `object/${object}/${owner}`, value: encodeWith(holdingEntity, holding) }];
    });
    const value = leaves.find((leaf) => leaf.path === path)?.value;
    const tree = updateTree(EMPTY_TREE, [...leaves, { path: "network", value: new Uint8Array(9) }]);
    return {
      height: this.accepted.length,
      stateRoot: Buffer.from(rootOf(tree)).toString("hex"),
      path,
      value: value === undefined ? null : toBase64(value),
      proof: toBase64(encodeProof(proveLeaf(tree, path))),
    };
  }

  #chunkRoutes(): Route[] {
    return [
      this.#route("putChunk", async (request) => {
        const bytes = await request.body();
        this.#checkLease(String(request.headers[LEASE_HEADER]));
        this.puts += 1;
        this.bytesIn += bytes.length;
        const chunk = chunkIdOf(bytes);
        this.chunks.set(chunk, bytes);
        return { chunk, acks: this.#acks(chunk, bytes.length, null) };
      }),
      this.#route("findChunks", async (request) => {
        const { chunks } = (await request.json()) as { chunks: ChunkId[] };
        return { present: chunks.filter((chunk) => this.chunks.has(chunk)) };
      }),
      this.#route("publishObject", async (request) => {
        const body = (await request.json()) as { [name: string]: string } & { before: string[]; after: string[] };
        const manifest = bytesOf(body["manifest"]);
        decodeManifest(manifest);
        this.#checkLease(body["lease"] ?? "");
        const chunk = chunkIdOf(manifest);
        this.chunks.set(chunk, manifest);
        const signed = decodeSignedEvent(bytesOf(body["publishRequest"]));
        if (!this.isCoordinatorDown) this.#take([...body.before, body["publishRequest"] ?? "", ...body.after]);
        const acks = this.#acks(chunk, manifest.length, sha256(encodeSignedEvent(signed)));
        return { object: objectIdOf(manifest), acks };
      }),
      this.#route("object", (request) => {
        const object = request.params["object"] as ObjectId;
        const event = this.accepted.findLast((e) => e.kind === "ObjectPublished" && e.body.content.object === object);
        if (event?.kind !== "ObjectPublished") throw new Error("no such object");
        const { content, createdMs, expiresMs } = event.body;
        const ref = (c: (typeof content.chunks)[number]) => ({
          id: c.id,
          size: c.size,
          merkleRoot: Buffer.from(c.merkleRoot).toString("hex"),
        });
        return {
          object,
          owner: "0".repeat(40),
          sizeBytes: content.sizeBytes,
          isPublic: content.isPublic,
          status: "published" as const,
          createdMs,
          expiresMs,
          position: null,
          manifest: ref(content.manifest),
          chunks: content.chunks.map(ref),
          replicas: 3,
          zones: 3,
        };
      }),
      {
        method: "GET",
        path: "/v1/workloads/{workload}/logs",
        handle: (request) => ({ body: this.logs(request), headers: { "content-type": "application/x-ndjson" } }),
      },
      {
        method: "GET",
        path: "/v1/chunks/{chunk}",
        handle: async (request) => {
          this.calls.push("chunk");
          await this.before("chunk", request);
          const bytes = this.chunks.get(parseChunkId(request.params["chunk"] ?? ""));
          if (bytes === undefined) throw new Error("no such chunk");
          const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
          if (range === null) return { body: bytes };
          return { status: 206, body: bytes.subarray(Number(range[1]), Number(range[2]) + 1) };
        },
      },
    ];
  }

  #checkLease(text: string): void {
    const lease = decodeUploadLease(bytesOf(text));
    const isGood = isUploadLeaseSigned(lease) && isSessionGrantSigned(this.network, lease.grant);
    if (!isGood || lease.network !== this.network) throw new Error("bad lease");
  }

  #acks(chunk: ChunkId, size: number, publishRequest: Uint8Array | null): string[] {
    const facts = { network: this.network, chunk, size, timeMs: this.logTimeMs, publishRequest };
    const acks = this.nodes.map(({ key, zone }) => signStoredAck(key, { ...facts, zone }));
    return this.bend(acks).map((ack) => toBase64(encodeStoredAck(ack)));
  }

  #take(texts: readonly string[]): void {
    for (const text of texts) {
      const signed = decodeSignedEvent(bytesOf(text));
      const { author, sequence } = openEvent(signed);
      const expected = this.nextSequences.get(author) ?? 0;
      if (this.isStrict && sequence < expected) {
        throw fail(coordinatorErrors.staleSequence, { given: sequence, expected });
      }
      this.waiting.set(`${author}/${sequence}`, signed);
    }
    if (!this.isLogDown) this.#drain();
  }

  #drain(): void {
    for (let isMoving = true; isMoving; ) {
      isMoving = false;
      for (const [id, signed] of this.waiting) {
        const head = openEvent(signed);
        const next = this.nextSequences.get(head.author) ?? 0;
        if (head.sequence < next) this.waiting.delete(id);
        if (head.sequence !== next) continue;
        this.waiting.delete(id);
        this.nextSequences.set(head.author, next + 1);
        this.#consume(id, findEvent(head), signed);
        isMoving = true;
      }
    }
  }

  #consume(id: string, event: Event | undefined, { signature, event: bytes }: SignedEvent): void {
    if (event === undefined) throw new Error("an event of unknown form");
    const reason = this.reject(event);
    if (reason === undefined) this.accepted.push(event);
    this.outcomes.set(id, {
      author: event.author,
      sequence: event.sequence,
      status: reason === undefined ? "accepted" : "rejected",
      reason: reason ?? null,
      event: toHex(sha256(concatBytes(signature, bytes))),
      position: { height: this.accepted.length, blob: 0, event: 0 },
      logTimeMs: this.logTimeMs,
      blobCommitment: null,
      stateRoot: null,
    });
  }
}

function pendingOutcome(author: string, sequence: number): EventOutcome {
  const nothing = { reason: null, position: null, logTimeMs: null, blobCommitment: null, stateRoot: null };
  return { author, sequence, status: "pending", ...nothing };
}

function bytesOf(text: string | undefined): Uint8Array {
  const bytes = findBase64(text ?? "");
  if (bytes === undefined) throw new Error("not base64");
  return bytes;
}
