import { fail, type HttpRequest, type HttpResponse, type Lifecycle } from "../../base/index.ts";
import { parseWorkloadId, type WorkloadId } from "../../protocol/index.ts";
import { createByteCache, type WorkloadRuntime } from "../../runtime/index.ts";
import type { WorkloadRecord } from "../../state/index.ts";
import { nodeErrors } from "./errors.ts";
import { HostedWorkload, type HostedWorkloadDeps } from "./hosted-workload.ts";
import type { WorkloadLog } from "./workload-log.ts";

export interface WorkloadHostDeps extends Omit<HostedWorkloadDeps, "runtime" | "siteCache"> {
  /** Made with the sink that gets every log line of a guest. */
  readonly createRuntime: (onLog: (workload: string, line: GuestLine) => void) => WorkloadRuntime;
  /** @throws DSDN_NODE_LOG_PRIVATE unless `shown` is of the workload's owner */
  readonly checkLogReader: (workload: WorkloadRecord, shown: string) => void;
}

interface GuestLine {
  readonly timeMs: number;
  readonly stream: "stdout" | "stderr";
  readonly requestId: string;
  readonly text: string;
}

const KEPT_ENDED = 50;
const SITE_CACHE_BYTES = 64 * 1024 * 1024;

/** Runs what the log assigned to this node and nothing else. A workload that the log takes away is stopped. */
export class WorkloadHost implements Lifecycle {
  readonly #deps: WorkloadHostDeps;
  readonly #hosted = new Map<WorkloadId, HostedWorkload>();
  readonly #ended = new Map<WorkloadId, WorkloadLog>();
  readonly #hostedDeps: HostedWorkloadDeps;
  #runtime: WorkloadRuntime | undefined;
  #stopWatching = () => {};

  constructor(deps: WorkloadHostDeps) {
    this.#deps = deps;
    // One cache for all sites of the node, so that their number does not multiply the memory.
    const siteCache = createByteCache({ limitBytes: SITE_CACHE_BYTES });
    this.#hostedDeps = { ...deps, siteCache, runtime: () => this.#getRuntime() };
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
    for (const hosted of this.#hosted.values()) hosted.abort();
    this.#hosted.clear();
    await this.#runtime?.close();
    this.#runtime = undefined;
  }

  /** Answers a request of a deployment. @throws DSDN_NODE_WORKLOAD_MISSING, DSDN_PROTOCOL_BAD_ID */
  serve(asked: string, request: HttpRequest, path: string): Promise<HttpResponse> | HttpResponse {
    // As an ingress writes it the id is a key as it stands.
    const hosted = this.#hosted.get(asked as WorkloadId) ?? this.#hosted.get(parseWorkloadId(asked));
    // What is private answers nobody, whoever comes to know the address of its node.
    const isServed = hosted?.isReady === true && hosted.record.spec.intent.visibility === "public";
    if (hosted === undefined || !isServed) throw fail(nodeErrors.workloadMissing, { workload: asked });
    return hosted.answer(request, path);
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

  #getRuntime(): WorkloadRuntime {
    this.#runtime ??= this.#deps.createRuntime((workload, line) =>
      this.#hosted.get(workload as WorkloadId)?.log.add(line),
    );
    return this.#runtime;
  }

  #reconcile(): void {
    const assigned = new Map(
      this.#deps.replica.state.workloadsOnNode(this.#deps.self).map((workload) => [workload.id, workload]),
    );
    for (const [id, hosted] of this.#hosted) {
      // Given to this node once more after it failed here, because no other can take it: it starts anew.
      const wanted = assigned.get(id);
      if (wanted?.attempts === hosted.record.attempts) hosted.goOn(wanted);
      else if (assigned.has(id) || !this.#isReplaced(hosted)) void this.#end(hosted);
      else void this.#drain(hosted);
    }
    for (const [id, record] of assigned) {
      if (this.#hosted.has(id)) continue;
      const hosted = new HostedWorkload(record, this.#hostedDeps);
      this.#hosted.set(id, hosted);
      void hosted.start();
    }
  }

  #isReplaced({ isReady, record }: HostedWorkload): boolean {
    return isReady && this.#deps.replica.state.findWorkload(record.id)?.status === "superseded";
  }

  async #drain(hosted: HostedWorkload): Promise<void> {
    if (await hosted.drain()) await this.#end(hosted);
  }

  async #end(hosted: HostedWorkload): Promise<void> {
    const { id } = hosted.record;
    this.#hosted.delete(id);
    this.#ended.set(id, hosted.log);
    const oldest = this.#ended.keys().next().value;
    if (this.#ended.size > KEPT_ENDED && oldest !== undefined) this.#ended.delete(oldest);
    await hosted.end();
  }
}
