import {
  type Clock,
  type Lifecycle,
  type Logger,
  type RecordLog,
  toDsdnError,
  toHex,
  toUtf8,
} from "../../base/index.ts";
import type { Outbox } from "../../net/index.ts";
import type { ChunkSource } from "../../objects/index.ts";
import { type Address, type KeyId, limits, type ObjectId, type WorkloadId } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { openPackage } from "../surface/index.ts";

/** A public workload to decide on, from the log or on its way there. */
export interface Submission {
  readonly workload: WorkloadId;
  readonly package: ObjectId;
  readonly submitter: KeyId;
  /** Undefined while the submitter's session is not on the log either. */
  readonly owner: Address | undefined;
}

export interface ExaminerDeps {
  readonly self: KeyId;
  readonly replica: Replica;
  readonly source: ChunkSource;
  readonly outbox: Outbox;
  /** Append-only: every verdict and why. */
  readonly audit: RecordLog;
  /** Hex SHA-256 of files that are never approved. */
  readonly blockedHashes: ReadonlySet<string>;
  readonly clock: Clock;
  readonly log: Logger;
}

const RETRY_MS = 1_000;
const TRIES = 60;
/** Submissions that are only on their way may be anybody's: they take no more than a part of what is done at once. */
const AT_ONCE = 1024;
const AT_ONCE_BEFORE_LOG = 32;
const DECIDED_KEPT = 10_000;
/** A package that could not be read gives its place to others for so long. */
const UNREADABLE_MS = 60_000;

/**
 * Decides on public packages: manifest, signature and file list must hold together and no file may be on the blocked
 * list. A package that cannot be read is left undecided. Private workloads carry nothing to see and are never asked for.
 */
export class Examiner implements Lifecycle {
  readonly #deps: ExaminerDeps;
  readonly #underWay = new Set<WorkloadId>();
  readonly #decided = new Set<WorkloadId>();
  /** Workloads whose package could not be read, with the time of the next try. */
  readonly #unreadable = new Map<WorkloadId, number>();
  readonly #stop = new AbortController();
  #stopWatching = () => {};
  approved = 0;
  refused = 0;

  constructor(deps: ExaminerDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#stopWatching = this.#deps.replica.onHeight(() => this.#readLog());
    this.#readLog();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#stopWatching();
  }

  /** Examines the submission unless that is done or under way. One that is refused for the moment comes by the log. */
  examine(submission: Submission): void {
    this.#examine(submission, AT_ONCE_BEFORE_LOG);
  }

  #examine(submission: Submission, atOnce: number): void {
    const { workload } = submission;
    if (this.#underWay.has(workload) || this.#decided.has(workload) || this.#stop.signal.aborted) return;
    // A vote of a key that is no validator's any more is rejected, and would be cast again at every height.
    const isValidator = this.#deps.replica.state.findRole("validator", this.#deps.self)?.isActive === true;
    if (!isValidator || this.#underWay.size >= atOnce) return;
    this.#underWay.add(workload);
    void this.#decide(submission).finally(() => this.#underWay.delete(workload));
  }

  #readLog(): void {
    const { replica, self } = this.#deps;
    for (const workload of replica.state.pendingWorkloads()) {
      const hasVoted =
        workload.approvals.includes(self) || workload.refusals.some(({ validator }) => validator === self);
      if (workload.status !== "pending" || hasVoted) continue;
      const { id, owner } = workload;
      if ((this.#unreadable.get(id) ?? 0) > this.#deps.clock.monotonicMs()) continue;
      // A vote that came before its workload was rejected: the log is asked again, so it is cast again.
      if (!this.#underWay.has(id)) this.#decided.delete(id);
      this.#examine({ workload: id, package: workload.package, submitter: self, owner }, AT_ONCE);
    }
  }

  async #decide(submission: Submission): Promise<void> {
    const { outbox, log } = this.#deps;
    const { workload } = submission;
    try {
      const reason = await this.#findFault(submission);
      await this.#record(submission, reason);
      this.#decided.add(workload);
      const oldest = this.#decided.values().next().value;
      if (this.#decided.size > DECIDED_KEPT && oldest !== undefined) this.#decided.delete(oldest);
      if (reason === undefined) {
        this.approved++;
        await outbox.publish("WorkloadApproved", { workload });
      } else {
        this.refused++;
        await outbox.publish("WorkloadRefused", { workload, reason: reason.slice(0, limits.reasonBytes / 2) });
      }
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      log.warn("workload not decided", { workload, code: toDsdnError(error).code });
      // A vote that only came too early is cast again at once.
      if (this.#decided.has(workload)) return;
      this.#unreadable.delete(workload);
      this.#unreadable.set(workload, this.#deps.clock.monotonicMs() + UNREADABLE_MS);
      const oldest = this.#unreadable.keys().next().value;
      if (this.#unreadable.size > DECIDED_KEPT && oldest !== undefined) this.#unreadable.delete(oldest);
    }
  }

  /** Why the package is refused, or undefined when it is not. Chunks on their way to the nodes are waited for. */
  async #findFault(submission: Submission): Promise<string | undefined> {
    const { replica, source, blockedHashes, clock } = this.#deps;
    for (let attempt = 1; ; attempt++) {
      this.#stop.signal.throwIfAborted();
      try {
        const { manifest, deployer } = await openPackage(source, submission.package);
        const session = replica.state.findSession(deployer);
        if (submission.owner !== undefined && session?.wallet !== submission.owner)
          return "signed by another owner's session";
        if (submission.owner === undefined && deployer !== submission.submitter) return "not signed by its submitter";
        const blocked = manifest.files.find((file) => blockedHashes.has(toHex(file.hash)));
        return blocked === undefined ? undefined : `${blocked.path} is on the blocked list`;
      } catch (cause) {
        const error = toDsdnError(cause);
        if (error.verdict === "reject") return `${error.code}: ${error.message}`;
        if (!error.spec.isRetryable || attempt >= TRIES) throw error;
        await clock.sleep(RETRY_MS, this.#stop.signal);
      }
    }
  }

  async #record(submission: Submission, reason: string | undefined): Promise<void> {
    const { workload, package: packageId } = submission;
    const verdict = reason === undefined ? "approved" : "refused";
    const entry = { timeMs: this.#deps.clock.nowMs(), workload, package: packageId, verdict, reason: reason ?? "" };
    await this.#deps.audit.append([toUtf8(JSON.stringify(entry))]);
  }
}
