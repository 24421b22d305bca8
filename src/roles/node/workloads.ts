import {
  type Clock,
  fail,
  type HttpRequest,
  type HttpResponse,
  type Lifecycle,
  type Logger,
  toDsdnError,
} from "../../base/index.ts";
import type { Outbox } from "../../net/index.ts";
import type { ChunkSource } from "../../objects/index.ts";
import {
  type KeyId,
  limits,
  type PublishedObject,
  parseWorkloadId,
  type SealedBody,
  WORKLOAD_HEADER,
  type WorkloadId,
} from "../../protocol/index.ts";
import {
  createByteCache,
  createStaticSite,
  type StaticSite,
  type WorkloadHandle,
  type WorkloadRuntime,
} from "../../runtime/index.ts";
import type { Replica, WorkloadRecord } from "../../state/index.ts";
import { type OpenPackage, openPackage } from "../surface/index.ts";
import { runBatch } from "./batch-run.ts";
import { createDeploymentStorage } from "./deployment-storage.ts";
import { nodeErrors } from "./errors.ts";
import { headerOf, singleHeaders, toHeaders, withWorkload } from "./guest-headers.ts";
import { argsOf, envOf } from "./sealed-workload.ts";
import { drained } from "./workload-drain.ts";
import { WorkloadLog } from "./workload-log.ts";
import { probeProgram } from "./workload-probe.ts";

export interface WorkloadHostDeps {
  readonly self: KeyId;
  readonly replica: Replica;
  readonly source: ChunkSource;
  readonly outbox: Outbox;
  /** Made with the sink that gets every log line of a guest. */
  readonly createRuntime: (onLog: (workload: string, line: GuestLine) => void) => WorkloadRuntime;
  /** What the owner sealed for this node, if anything. @throws DSDN_NODE_SEALED_UNREADABLE */
  readonly unseal: (workload: WorkloadRecord) => SealedBody | undefined;
  /** @throws DSDN_NODE_LOG_PRIVATE unless `shown` is of the workload's owner */
  readonly checkLogReader: (workload: WorkloadRecord, shown: string) => void;
  /** Keeps an object made of these bytes, sealed for the owner if so said, and says what the log must know of it. */
  readonly storeOutput: (bytes: Uint8Array, sealing: SealedBody["output"]) => Promise<PublishedObject>;
  readonly ownUrl: () => string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a site or a program answers. */
type SiteAnswer = Required<Pick<HttpResponse, "status" | "headers" | "body">>;

interface GuestLine {
  readonly timeMs: number;
  readonly stream: "stdout" | "stderr";
  readonly requestId: string;
  readonly text: string;
}

/** One workload this node was given. */
interface Hosted {
  readonly record: WorkloadRecord;
  readonly log: WorkloadLog;
  readonly abort: AbortController;
  handle: WorkloadHandle | undefined;
  site: StaticSite | undefined;
  isReady: boolean;
  /** When the log gave it the place that was announced last: each place is announced once. */
  announcedForMs: number | undefined;
  /** Requests it is answering. */
  inFlight: number;
  /** Ends the wait for its last requests once a later version has replaced it. */
  drain: AbortController | undefined;
}

const RETRY_MS = 1_000;
const TRIES = 20;
const KEPT_ENDED = 50;
const SITE_CACHE_BYTES = 64 * 1024 * 1024;

/**
 * Runs what the log assigned to this node and nothing else: pulls the package, checks it, runs it, reports what became
 * of it. A workload that the log takes away is stopped.
 */
export class WorkloadHost implements Lifecycle {
  readonly #deps: WorkloadHostDeps;
  readonly #hosted = new Map<WorkloadId, Hosted>();
  readonly #ended = new Map<WorkloadId, WorkloadLog>();
  /** Shared by all sites of the node, so that their number does not multiply the memory. */
  readonly #siteCache = createByteCache({ limitBytes: SITE_CACHE_BYTES });
  #runtime: WorkloadRuntime | undefined;
  #stopWatching = () => {};

  constructor(deps: WorkloadHostDeps) {
    this.#deps = deps;
  }

  get count(): number {
    return this.#hosted.size;
  }

  async start(): Promise<void> {
    this.#stopWatching = this.#deps.replica.onHeight(() => this.#reconcile());
    this.#reconcile();
  }

  async stop(): Promise<void> {
    this.#stopWatching();
    for (const hosted of this.#hosted.values()) {
      hosted.abort.abort();
      hosted.log.close();
    }
    this.#hosted.clear();
    await this.#runtime?.close();
    this.#runtime = undefined;
  }

  /** Answers a request of a deployment. @throws DSDN_NODE_WORKLOAD_MISSING, DSDN_PROTOCOL_BAD_ID */
  serve(asked: string, request: HttpRequest, path: string): Promise<HttpResponse> | HttpResponse {
    const { clock } = this.#deps;
    // As an ingress writes it the id is a key as it stands.
    const hosted = this.#hosted.get(asked as WorkloadId) ?? this.#hosted.get(parseWorkloadId(asked));
    // What is private answers nobody, whoever comes to know the address of its node.
    const isServed = hosted?.isReady === true && hosted.record.spec.intent.visibility === "public";
    if (hosted === undefined || !isServed) throw fail(nodeErrors.workloadMissing, { workload: asked });
    const requestId = headerOf(request, "x-dsdn-request-id");
    const answer = this.#answer(hosted, request, { path, requestId });
    const { method } = request;
    const finish = (given: SiteAnswer, tookMs: number): HttpResponse => {
      hosted.log.addAnswer({ timeMs: clock.nowMs(), requestId, method, path, status: given.status, tookMs });
      return withWorkload(given, hosted.record.id);
    };
    // A hot file is there at once: its request needs no turn of its own.
    if (!(answer instanceof Promise)) return finish(answer, 0);
    hosted.inFlight++;
    const startedMs = clock.monotonicMs();
    return answer
      .then((given) => finish(given, Math.round(clock.monotonicMs() - startedMs)))
      .finally(() => hosted.inFlight--);
  }

  /** True once requests of the workload are answered. */
  isReady(id: WorkloadId): boolean {
    return this.#hosted.get(id)?.isReady === true;
  }

  /**
   * @param shown - with what a reader shows to be the owner; empty for nothing.
   * @throws DSDN_NODE_WORKLOAD_MISSING, DSDN_NODE_LOG_PRIVATE
   */
  logOf(id: WorkloadId, shown: string): WorkloadLog {
    const record = this.#deps.replica.state.findWorkload(id);
    if (record !== undefined) this.#deps.checkLogReader(record, shown);
    const log = this.#hosted.get(id)?.log ?? this.#ended.get(id);
    if (record === undefined || log === undefined) throw fail(nodeErrors.workloadMissing, { workload: id });
    return log;
  }

  #answer(
    hosted: Hosted,
    request: HttpRequest,
    target: { path: string; requestId: string },
  ): Promise<SiteAnswer> | SiteAnswer {
    const queryAt = target.path.indexOf("?");
    const path = queryAt === -1 ? target.path : target.path.slice(0, queryAt);
    const { site, handle } = hosted;
    if (site !== undefined && (handle === undefined || site.has(path))) {
      const query = queryAt === -1 ? "" : target.path.slice(queryAt);
      return site.serve({ method: request.method, path, query, headers: request.headers });
    }
    return this.#call(hosted, request, target);
  }

  async #call(
    { handle, record }: Hosted,
    request: HttpRequest,
    target: { path: string; requestId: string },
  ): Promise<SiteAnswer> {
    if (handle === undefined || this.#runtime === undefined) {
      throw fail(nodeErrors.workloadMissing, { workload: record.id });
    }
    const host = headerOf(request, "x-forwarded-host") || "localhost";
    const answer = await this.#runtime.call(handle, {
      method: request.method,
      url: `http://${host}${target.path}`,
      headers: Object.entries(singleHeaders(request)).filter(([name]) => name !== "host"),
      body: await request.body(),
      requestId: target.requestId,
    });
    return { status: answer.status, headers: toHeaders(answer.headers), body: answer.body };
  }

  #reconcile(): void {
    const assigned = new Map(
      this.#deps.replica.state.workloadsOnNode(this.#deps.self).map((workload) => [workload.id, workload]),
    );
    for (const [id, hosted] of this.#hosted) {
      // Given to this node once more after it failed here, because no other can take it: it starts anew.
      const wanted = assigned.get(id);
      if (wanted?.attempts === hosted.record.attempts) this.#goOn(wanted, hosted);
      else if (assigned.has(id) || !this.#isReplaced(id, hosted)) void this.#end(id, hosted);
      else void this.#drain(id, hosted);
    }
    for (const [id, record] of assigned) {
      if (this.#hosted.has(id)) continue;
      const log = new WorkloadLog();
      const hosted: Hosted = {
        record,
        log,
        abort: new AbortController(),
        handle: undefined,
        site: undefined,
        isReady: false,
        announcedForMs: undefined,
        inFlight: 0,
        drain: undefined,
      };
      this.#hosted.set(id, hosted);
      void this.#run(id, hosted);
    }
  }

  #isReplaced(id: WorkloadId, hosted: Hosted): boolean {
    return hosted.isReady && this.#deps.replica.state.findWorkload(id)?.status === "superseded";
  }

  /** A replaced version answers until every ingress sends its requests to the later one and its last is answered. */
  async #drain(id: WorkloadId, hosted: Hosted): Promise<void> {
    if (hosted.drain !== undefined) return;
    hosted.drain = new AbortController();
    this.#say(hosted, "replaced by a later version; its last requests are answered");
    const signal = AbortSignal.any([hosted.drain.signal, hosted.abort.signal]);
    const isDrained = await drained({ inFlight: () => hosted.inFlight, signal }, this.#deps.clock);
    if (isDrained) await this.#end(id, hosted);
  }

  /** Replaced and wanted again before it had ended, perhaps in one block: it never stopped answering, and says so anew. */
  #goOn(wanted: WorkloadRecord, hosted: Hosted): void {
    hosted.drain?.abort();
    hosted.drain = undefined;
    const isSaid = wanted.status === "running" || hosted.announcedForMs === wanted.statusMs;
    if (!hosted.isReady || isSaid) return;
    this.#announce(wanted.id, hosted).catch((error: unknown) => {
      this.#deps.log.warn("workload not announced", { workload: wanted.id, code: toDsdnError(error).code });
    });
  }

  async #end(id: WorkloadId, hosted: Hosted): Promise<void> {
    this.#hosted.delete(id);
    hosted.abort.abort();
    hosted.log.close();
    this.#ended.set(id, hosted.log);
    const oldest = this.#ended.keys().next().value;
    if (this.#ended.size > KEPT_ENDED && oldest !== undefined) this.#ended.delete(oldest);
    await this.#unload(hosted);
  }

  /** A process that does not end well must not take the node with it. */
  async #unload({ handle, record }: Hosted): Promise<void> {
    if (handle === undefined) return;
    await this.#runtime?.stop(handle).catch((error: unknown) => {
      this.#deps.log.warn("workload not stopped", { workload: record.id, code: toDsdnError(error).code });
    });
  }

  async #run(id: WorkloadId, hosted: Hosted): Promise<void> {
    const { outbox, log } = this.#deps;
    try {
      const sealed = this.#deps.unseal(hosted.record);
      const opened = await this.#open(hosted, sealed?.packageKey ?? undefined);
      hosted.abort.signal.throwIfAborted();
      await this.#load(hosted, opened, sealed);
      // Taken away while it was loaded: nobody else knows of the process.
      if (hosted.abort.signal.aborted) return await this.#unload(hosted);
      if (hosted.record.spec.mode === "batch") await this.#runBatch(id, hosted, sealed);
      else {
        if (this.#isTakingOver(hosted)) await this.#probe(hosted);
        await this.#announce(id, hosted);
      }
    } catch (cause) {
      if (hosted.abort.signal.aborted) return;
      const error = toDsdnError(cause);
      log.warn("workload failed", { workload: id, code: error.code });
      this.#say(hosted, `${error.code}: ${error.message}`);
      // What a program threw may quote its secrets, and the log is everybody's to read.
      const isSecret = (hosted.record.spec.sealed?.nodes.length ?? 0) > 0;
      const reason = isSecret ? error.code : `${error.code}: ${error.message}`.slice(0, limits.reasonBytes / 2);
      await outbox.publish("WorkloadStatus", { workload: id, status: "failed", reason, output: null }).catch(() => {});
    }
  }

  /** The package may still be on its way to the nodes when the log names it: a missing chunk is tried again. */
  async #open(hosted: Hosted, key: Uint8Array | undefined): Promise<OpenPackage> {
    const { replica, source, clock } = this.#deps;
    for (let attempt = 1; ; attempt++) {
      hosted.abort.signal.throwIfAborted();
      try {
        const opened = await openPackage(source, hosted.record.package, { findKey: () => key });
        const session = replica.state.findSession(opened.deployer);
        if (session?.wallet !== hosted.record.owner) {
          throw fail(nodeErrors.notOwnersPackage, { workload: hosted.record.id });
        }
        return opened;
      } catch (error) {
        if (!toDsdnError(error).spec.isRetryable || attempt >= TRIES) throw error;
        await clock.sleep(RETRY_MS, hosted.abort.signal);
      }
    }
  }

  async #load(hosted: Hosted, opened: OpenPackage, sealed: SealedBody | undefined): Promise<void> {
    const { manifest } = opened;
    if (manifest.site !== null) {
      const fields = { [WORKLOAD_HEADER]: hosted.record.id };
      hosted.site = createStaticSite(manifest, { read: opened.readPart, cache: this.#siteCache, fields });
    }
    if (manifest.entry === null) return;
    this.#runtime ??= this.#deps.createRuntime((workload, line) =>
      this.#hosted.get(workload as WorkloadId)?.log.add(line),
    );
    const { id: workload, spec } = hosted.record;
    const given = { env: envOf(spec, sealed), args: argsOf(spec, sealed) };
    const storage = createDeploymentStorage(hosted.record, {
      ...this.#deps,
      sealed,
      store: this.#deps.storeOutput,
      say: (text) => this.#say(hosted, text),
    });
    const startMs = this.#deps.clock.monotonicMs();
    hosted.handle = await this.#runtime.load({ workload, manifest, spec, files: opened.find, ...given, storage });
    const tookMs = Math.round(this.#deps.clock.monotonicMs() - startMs);
    if (spec.mode === "service") this.#say(hosted, `program ready after ${tookMs} ms`);
  }

  /** A program that is to replace a version that answers must answer a request first. */
  async #probe({ handle, abort }: Hosted): Promise<void> {
    const runtime = this.#runtime;
    if (handle === undefined || runtime === undefined) return;
    await probeProgram((request) => runtime.call(handle, request), { clock: this.#deps.clock, signal: abort.signal });
  }

  #isTakingOver({ record }: Hosted): boolean {
    const current = this.#deps.replica.state.findDeployment(record.deployment)?.current ?? null;
    return current !== null && current !== record.id && record.turn > 0;
  }

  async #announce(id: WorkloadId, hosted: Hosted): Promise<void> {
    hosted.isReady = true;
    this.#say(hosted, `running on node ${this.#deps.self.slice(0, 12)}`);
    const current = this.#deps.replica.state.findWorkload(id);
    hosted.announcedForMs = current?.statusMs;
    const url = `${this.#deps.ownUrl()}/w/${id}`;
    // The address says that it runs as well; a second event would only come a block later.
    if (current?.url !== url) await this.#deps.outbox.publish("EndpointPublished", { workload: id, url });
  }

  async #runBatch(workload: WorkloadId, hosted: Hosted, sealed: SealedBody | undefined): Promise<void> {
    const { handle, record, abort } = hosted;
    if (this.#runtime === undefined || handle === undefined) return;
    this.#say(hosted, `started on node ${this.#deps.self.slice(0, 12)}`);
    const say = (text: string) => this.#say(hosted, text);
    const batch = { workload, handle, input: record.spec.input, sealed, signal: abort.signal, say };
    await runBatch(batch, { ...this.#deps, runtime: this.#runtime });
  }

  #say(hosted: Hosted, text: string): void {
    hosted.log.add({ timeMs: this.#deps.clock.nowMs(), stream: "system", requestId: "", text });
  }
}
