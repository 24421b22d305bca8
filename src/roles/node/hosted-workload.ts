import {
  type Clock,
  fail,
  type HttpRequest,
  type HttpResponse,
  isError,
  type Logger,
  languageOf,
  toDsdnError,
  toProblem,
  toUtf8,
} from "../../base/index.ts";
import type { Outbox } from "../../net/index.ts";
import type { ChunkSource } from "../../objects/index.ts";
import { type KeyId, limits, type PublishedObject, type SealedBody, WORKLOAD_HEADER } from "../../protocol/index.ts";
import {
  type ByteCache,
  createStaticSite,
  runtimeErrors,
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

export interface HostedWorkloadDeps {
  readonly self: KeyId;
  readonly replica: Replica;
  readonly source: ChunkSource;
  readonly outbox: Outbox;
  /** Started when the first program needs it. */
  readonly runtime: () => WorkloadRuntime;
  readonly siteCache: ByteCache;
  /** What the owner sealed for this node, if anything. @throws DSDN_NODE_SEALED_UNREADABLE */
  readonly unseal: (workload: WorkloadRecord) => SealedBody | undefined;
  /** Keeps an object made of these bytes, sealed for the owner if so said, and says what the log must know of it. */
  readonly storeOutput: (bytes: Uint8Array, sealing: SealedBody["output"]) => Promise<PublishedObject>;
  readonly ownUrl: () => string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a site or a program answers. */
type SiteAnswer = Required<Pick<HttpResponse, "status" | "headers" | "body">>;

/** A request with its path and query below the workload's own root. */
interface Target {
  readonly path: string;
  readonly requestId: string;
}

const RETRY_MS = 1_000;
const TRIES = 20;

/** One workload this node was given: from its package to its last request. */
export class HostedWorkload {
  readonly record: WorkloadRecord;
  readonly log = new WorkloadLog();
  readonly #deps: HostedWorkloadDeps;
  readonly #abort = new AbortController();
  #handle: WorkloadHandle | undefined;
  #site: StaticSite | undefined;
  #isReady = false;
  /** When the log gave it the place that was announced last: each place is announced once. */
  #announcedForMs: number | undefined;
  #inFlight = 0;
  /** Ends the wait for its last requests once a later version has replaced it. */
  #drain: AbortController | undefined;

  constructor(record: WorkloadRecord, deps: HostedWorkloadDeps) {
    this.record = record;
    this.#deps = deps;
  }

  /** True once requests are answered. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Pulls the package, checks it, runs it, and tells the log what became of it. Never rejects. */
  async start(): Promise<void> {
    const { record } = this;
    try {
      const sealed = this.#deps.unseal(record);
      const opened = await this.#open(sealed?.packageKey ?? undefined);
      this.#abort.signal.throwIfAborted();
      await this.#load(opened, sealed);
      // Taken away while it was loaded: nobody else knows of the process.
      if (this.#abort.signal.aborted) return await this.#unload();
      if (record.spec.mode === "batch") await this.#runBatch(sealed);
      else {
        if (this.#isTakingOver()) await this.#probe();
        await this.#announce();
      }
    } catch (cause) {
      if (!this.#abort.signal.aborted) await this.#report(cause);
    }
  }

  /** Answers a request; what is hot is answered at once. */
  answer(request: HttpRequest, path: string): Promise<HttpResponse> | HttpResponse {
    const { clock } = this.#deps;
    const requestId = headerOf(request, "x-dsdn-request-id");
    const answer = this.#ask(request, { path, requestId });
    const { method } = request;
    const finish = (given: SiteAnswer, tookMs: number): HttpResponse => {
      this.log.addAnswer({ timeMs: clock.nowMs(), requestId, method, path, status: given.status, tookMs });
      return withWorkload(given, this.record.id);
    };
    // A hot file is there at once: its request needs no turn of its own.
    if (!(answer instanceof Promise)) return finish(answer, 0);
    this.#inFlight++;
    const startedMs = clock.monotonicMs();
    return answer
      .catch((error: unknown) => this.#tellFault(error, request))
      .then((given) => finish(given, Math.round(clock.monotonicMs() - startedMs)))
      .finally(() => this.#inFlight--);
  }

  /**
   * A replaced version answers until every ingress sends its requests to the later one and its last is answered.
   * @returns true when it may end; false when that is being waited for already, or when it is wanted again.
   */
  async drain(): Promise<boolean> {
    if (this.#drain !== undefined) return false;
    this.#drain = new AbortController();
    this.#say("replaced by a later version; its last requests are answered");
    const signal = AbortSignal.any([this.#drain.signal, this.#abort.signal]);
    return drained({ inFlight: () => this.#inFlight, signal }, this.#deps.clock);
  }

  /** Replaced and wanted again before it had ended, perhaps in one block: it never stopped answering, and says so anew. */
  goOn(wanted: WorkloadRecord): void {
    this.#drain?.abort();
    this.#drain = undefined;
    const isSaid = wanted.status === "running" || this.#announcedForMs === wanted.statusMs;
    if (!this.#isReady || isSaid) return;
    this.#announce().catch((error: unknown) => {
      this.#deps.log.warn("workload not announced", { workload: wanted.id, code: toDsdnError(error).code });
    });
  }

  /** Stops whatever it does, without waiting for its process. */
  abort(): void {
    this.#abort.abort();
    this.log.close();
  }

  /** Stops it, and its process with it. */
  async end(): Promise<void> {
    this.abort();
    await this.#unload();
  }

  #ask(request: HttpRequest, target: Target): Promise<SiteAnswer> | SiteAnswer {
    const queryAt = target.path.indexOf("?");
    const path = queryAt === -1 ? target.path : target.path.slice(0, queryAt);
    const site = this.#site;
    if (site !== undefined && (this.#handle === undefined || site.has(path))) {
      const query = queryAt === -1 ? "" : target.path.slice(queryAt);
      return site.serve({ method: request.method, path, query, headers: request.headers });
    }
    return this.#call(request, target);
  }

  /**
   * What went wrong in the program is an answer of this version like any other. Its words may quote secrets: where it
   * has some, they stay in its log. @throws what is no fault of the program: somebody else may do better.
   */
  #tellFault(cause: unknown, request: HttpRequest): SiteAnswer {
    const error = toDsdnError(cause);
    if (!error.code.startsWith("DSDN_RUNTIME_") || isError(error, runtimeErrors.notLoaded)) throw error;
    const told = isError(error, runtimeErrors.guestThrew) && this.#hasSecrets() ? withoutWords() : error;
    const problem = toProblem(told, languageOf(headerOf(request, "accept-language")));
    const headers = { "content-type": "application/problem+json" };
    return { status: problem.status, headers, body: toUtf8(JSON.stringify(problem)) };
  }

  #hasSecrets(): boolean {
    return (this.record.spec.sealed?.nodes.length ?? 0) > 0;
  }

  async #call(request: HttpRequest, target: Target): Promise<SiteAnswer> {
    if (this.#handle === undefined) throw fail(nodeErrors.workloadMissing, { workload: this.record.id });
    const host = headerOf(request, "x-forwarded-host") || "localhost";
    const answer = await this.#deps.runtime().call(this.#handle, {
      method: request.method,
      url: `http://${host}${target.path}`,
      headers: Object.entries(singleHeaders(request)).filter(([name]) => name !== "host"),
      body: await request.body(),
      requestId: target.requestId,
    });
    return { status: answer.status, headers: toHeaders(answer.headers), body: answer.body };
  }

  /** The package may still be on its way to the nodes when the log names it: a missing chunk is tried again. */
  async #open(key: Uint8Array | undefined): Promise<OpenPackage> {
    const { replica, source, clock } = this.#deps;
    const { id: workload, owner, package: object } = this.record;
    for (let attempt = 1; ; attempt++) {
      this.#abort.signal.throwIfAborted();
      try {
        const opened = await openPackage(source, object, { findKey: () => key });
        const session = replica.state.findSession(opened.deployer);
        if (session?.wallet !== owner) throw fail(nodeErrors.notOwnersPackage, { workload });
        return opened;
      } catch (error) {
        if (!toDsdnError(error).spec.isRetryable || attempt >= TRIES) throw error;
        await clock.sleep(RETRY_MS, this.#abort.signal);
      }
    }
  }

  async #load({ manifest, readPart, find }: OpenPackage, sealed: SealedBody | undefined): Promise<void> {
    const { siteCache, storeOutput, clock } = this.#deps;
    const { id: workload, spec } = this.record;
    if (manifest.site !== null) {
      const fields = { [WORKLOAD_HEADER]: workload };
      this.#site = createStaticSite(manifest, { read: readPart, cache: siteCache, fields });
    }
    if (manifest.entry === null) return;
    const given = { env: envOf(spec, sealed), args: argsOf(spec, sealed) };
    const say = (text: string) => this.#say(text);
    const storage = createDeploymentStorage(this.record, { ...this.#deps, sealed, store: storeOutput, say });
    const startMs = clock.monotonicMs();
    this.#handle = await this.#deps.runtime().load({ workload, manifest, spec, files: find, ...given, storage });
    if (spec.mode === "service") this.#say(`program ready after ${Math.round(clock.monotonicMs() - startMs)} ms`);
  }

  /** A process that does not end well must not take the node with it. */
  async #unload(): Promise<void> {
    if (this.#handle === undefined) return;
    await this.#deps
      .runtime()
      .stop(this.#handle)
      .catch((error: unknown) => {
        this.#deps.log.warn("workload not stopped", { workload: this.record.id, code: toDsdnError(error).code });
      });
  }

  /** A program that is to replace a version that answers must answer a request first. */
  async #probe(): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined) return;
    const { clock } = this.#deps;
    await probeProgram((request) => this.#deps.runtime().call(handle, request), { clock, signal: this.#abort.signal });
  }

  #isTakingOver(): boolean {
    const { deployment, id, turn } = this.record;
    const current = this.#deps.replica.state.findDeployment(deployment)?.current ?? null;
    return current !== null && current !== id && turn > 0;
  }

  async #announce(): Promise<void> {
    const { id: workload } = this.record;
    const { self, replica, outbox, ownUrl } = this.#deps;
    this.#isReady = true;
    this.#say(`running on node ${self.slice(0, 12)}`);
    const current = replica.state.findWorkload(workload);
    this.#announcedForMs = current?.statusMs;
    const url = `${ownUrl()}/w/${workload}`;
    // The address says that it runs as well; a second event would only come a block later.
    if (current?.url !== url) await outbox.publish("EndpointPublished", { workload, url });
  }

  async #runBatch(sealed: SealedBody | undefined): Promise<void> {
    if (this.#handle === undefined) return;
    this.#say(`started on node ${this.#deps.self.slice(0, 12)}`);
    const { id: workload, spec } = this.record;
    const say = (text: string) => this.#say(text);
    const { signal } = this.#abort;
    const batch = { workload, handle: this.#handle, input: spec.input, sealed, signal, say };
    await runBatch(batch, { ...this.#deps, runtime: this.#deps.runtime() });
  }

  async #report(cause: unknown): Promise<void> {
    const { id: workload } = this.record;
    const error = toDsdnError(cause);
    this.#deps.log.warn("workload failed", { workload, code: error.code });
    this.#say(`${error.code}: ${error.message}`);
    // What a program threw may quote its secrets, and the log is everybody's to read.
    const reason = this.#hasSecrets() ? error.code : `${error.code}: ${error.message}`.slice(0, limits.reasonBytes / 2);
    const told = { workload, status: "failed" as const, reason, output: null };
    await this.#deps.outbox.publish("WorkloadStatus", told).catch(() => {});
  }

  #say(text: string): void {
    this.log.add({ timeMs: this.#deps.clock.nowMs(), stream: "system", requestId: "", text });
  }
}

function withoutWords() {
  return fail(runtimeErrors.guestThrew, { detail: "-" });
}
