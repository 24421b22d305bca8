import {
  type Clock,
  createHttpClient,
  createHttpServer,
  type Disk,
  findBase64,
  fromUtf8,
  type HttpServer,
  type HttpServerFactory,
  type Lifecycle,
  type Logger,
  openRecordLog,
  type RecordLog,
  type Route,
  type Step,
  startAll,
  stopAll,
} from "../../base/index.ts";
import type { Ed25519Signer } from "../../crypto/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import { createChunkFetcher, type Outbox, type TxtLookup } from "../../net/index.ts";
import {
  decodeSignedEvent,
  type EventSink,
  findEvent,
  type Genesis,
  hexId,
  type KeyId,
  openEvent,
  workloadIdOf,
} from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { chunkSources, createRoleOutbox, roleRoutes } from "../surface/index.ts";
import { DomainWatch } from "./domain-watch.ts";
import { Examiner } from "./examiner.ts";
import { LivenessWatch } from "./liveness.ts";

export interface ValidatorOptions {
  readonly key: Ed25519Signer;
  readonly host: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly coordinatorUrls: readonly string[];
  readonly blockedHashes: ReadonlySet<string>;
  /** How often nodes are asked whether they live. */
  readonly probeMs: number;
}

export interface ValidatorDeps {
  /** `createHttpServer` of base unless said. */
  readonly createHttpServer?: HttpServerFactory;
  readonly genesis: Genesis;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Logger;
  readonly replica: Replica;
  readonly da: Pick<DataAvailability, "health">;
  readonly sink: EventSink;
  readonly dns: TxtLookup;
}

/** Approves public packages, looks up host names and reports silent nodes. No path of it reads, changes or deletes users' chunks. */
export interface Validator extends Lifecycle {
  readonly id: KeyId;
  readonly url: string;
  readonly port: number;
}

const PENDING_WAIT_MS = 20_000;
const PENDING_RETRY_MS = 1_000;
const AUDIT_ROWS = 200;

export function createValidator(options: ValidatorOptions, deps: ValidatorDeps): Validator {
  return new RunningValidator(options, deps);
}

class RunningValidator implements Validator {
  readonly #options: ValidatorOptions;
  readonly #deps: ValidatorDeps;
  readonly #outbox: Outbox;
  readonly #server: HttpServer;
  #audit: RecordLog | undefined;
  #newest: { readonly sizeBytes: number; readonly entries: readonly unknown[] } = { sizeBytes: 0, entries: [] };
  #examiner: Examiner | undefined;
  #steps: Step[] | undefined;
  #stopAsking = new AbortController();
  readonly id: KeyId;

  constructor(options: ValidatorOptions, deps: ValidatorDeps) {
    this.#options = options;
    this.#deps = deps;
    this.id = hexId<KeyId>(options.key.publicKey);
    this.#outbox = createRoleOutbox(options, deps);
    const { host, port } = options;
    this.#server = (this.#deps.createHttpServer ?? createHttpServer)(
      { name: "validator", host, port },
      { routes: this.#routes(), log: deps.log },
    );
  }

  get url(): string {
    return this.#server.url;
  }

  get port(): number {
    return this.#server.port;
  }

  async start(signal?: AbortSignal): Promise<void> {
    if (this.#steps !== undefined) return;
    const { disk, replica, clock, log, genesis, dns } = this.#deps;
    this.#audit = await openRecordLog(disk, `${this.#options.dataFolder}/audit.log`);
    const fetcher = createChunkFetcher({ clock });
    this.#examiner = new Examiner({
      self: this.id,
      replica,
      source: { get: (chunk) => fetcher.fetch(chunk, chunkSources(replica.state, chunk)) },
      outbox: this.#outbox,
      audit: this.#audit,
      blockedHashes: this.#options.blockedHashes,
      clock,
      log,
    });
    const watching = { probeMs: this.#options.probeMs, silentMs: genesis.governed.livenessMs };
    const liveness = new LivenessWatch(watching, { replica, outbox: this.#outbox, clock, log });
    const domains = new DomainWatch({ self: this.id, replica, dns, outbox: this.#outbox, clock, log });
    this.#steps = [
      { name: "http", part: this.#server },
      { name: "outbox", part: this.#outbox },
      { name: "examiner", part: this.#examiner },
      { name: "liveness", part: liveness },
      { name: "domains", part: domains },
    ];
    await startAll(this.#steps, signal);
    this.#stopAsking = new AbortController();
    for (const url of this.#options.coordinatorUrls) void this.#askPending(url);
  }

  async stop(): Promise<void> {
    this.#stopAsking.abort();
    const steps = this.#steps ?? [];
    this.#steps = undefined;
    await stopAll(steps);
  }

  /** Hears of workloads while their events travel, so that approval reaches the log with them. */
  async #askPending(url: string): Promise<void> {
    const client = createHttpClient({ name: "The coordinator", url });
    const { signal } = this.#stopAsking;
    let after = 0;
    while (!signal.aborted) {
      try {
        const path = `/v1/pending/workloads?after=${after}&waitMs=${PENDING_WAIT_MS}`;
        const body = (await client.json(path, { signal, timeoutMs: PENDING_WAIT_MS + 10_000 })) as {
          details?: { events?: unknown; next?: unknown };
        };
        const { events, next } = body.details ?? {};
        for (const text of Array.isArray(events) ? events : []) this.#consider(text);
        if (typeof next === "number") after = next;
      } catch {
        // A coordinator that restarted counts from zero again.
        after = 0;
        await this.#deps.clock.sleep(PENDING_RETRY_MS, signal).catch(() => {});
      }
    }
  }

  #consider(text: unknown): void {
    const bytes = typeof text === "string" ? findBase64(text) : undefined;
    if (bytes === undefined) return;
    try {
      const head = openEvent(decodeSignedEvent(bytes));
      const event = findEvent(head);
      if (event?.kind !== "WorkloadSubmitted" || event.body.spec.intent.visibility !== "public") return;
      const workload = workloadIdOf(event.author, event.sequence, event.body.package);
      const owner = this.#deps.replica.state.findSession(event.author)?.wallet;
      this.#examiner?.examine({ workload, package: event.body.package, submitter: event.author, owner });
    } catch {
      this.#deps.log.warn("pending event not understood");
    }
  }

  #routes(): Route[] {
    const counter = (name: string, help: string, value: number) => ({ name, help, kind: "counter" as const, value });
    return [
      { method: "GET", path: "/audit", handle: async () => ({ json: { entries: await this.#readAudit() } }) },
      ...roleRoutes({
        role: "validator",
        replica: this.#deps.replica,
        da: this.#deps.da,
        metrics: () => [
          counter("dsdn_validator_approved_total", "Packages approved.", this.#examiner?.approved ?? 0),
          counter("dsdn_validator_refused_total", "Packages refused.", this.#examiner?.refused ?? 0),
        ],
      }),
    ];
  }

  /** The newest entries. The file only grows, so it is read again only when it did. */
  async #readAudit(): Promise<readonly unknown[]> {
    const sizeBytes = this.#audit?.sizeBytes ?? 0;
    if (this.#audit === undefined || this.#newest.sizeBytes === sizeBytes) return this.#newest.entries;
    const records: Uint8Array[] = [];
    for await (const record of this.#audit.read()) {
      records.push(record);
      if (records.length > AUDIT_ROWS) records.shift();
    }
    this.#newest = { sizeBytes, entries: records.map((record) => JSON.parse(fromUtf8(record))) };
    return this.#newest.entries;
  }
}
