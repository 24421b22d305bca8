import { type Clock, type DsdnError, fail } from "../base/index.ts";
import type { WorkloadMode } from "../protocol/index.ts";
import type { GuestLimits } from "./child/frames.ts";
import { runtimeErrors } from "./errors.ts";
import type { Reply } from "./exchange.ts";
import { type GuestProgram, startChild } from "./guest-child.ts";
import { GuestPool } from "./guest-pool.ts";
import { type ChildLine, GuestProcess, type Question } from "./guest-process.ts";
import { createLogRing, type LogRing } from "./log-ring.ts";
import type { BatchResult, GuestLogLine, GuestRequest, GuestResponse, WorkloadDescription } from "./port.ts";
import type { SpareChildren } from "./spare-children.ts";
import { readRequest, readResponse } from "./wire-checks.ts";

export interface WorkloadOptions {
  readonly workload: string;
  readonly mode: WorkloadMode;
  readonly entry: string;
  readonly code: Uint8Array;
  readonly limits: GuestLimits;
  readonly program: GuestProgram;
  readonly settings: unknown;
  readonly keptLogBytes: number;
  readonly maxWaiting: number;
  /** Processes at most. */
  readonly instances: number;
  /** Requests one process works on at the same time. */
  readonly concurrency: number;
}

export interface WorkloadDeps {
  readonly clock: Clock;
  readonly onLog: (workload: string, line: GuestLogLine) => void;
  /** Children that were started ahead; none unless said. */
  readonly spares?: SpareChildren;
  /** Answers what the program asks of the outside. */
  readonly onAsk: (question: Question) => Promise<{ readonly meta: unknown; readonly body: Uint8Array }>;
}

/** Requests that were begun have at most this long to end when the workload is stopped. */
const DRAIN_MS = 5_000;
/** They ask for nothing to be changed, so a second try repeats nothing (RFC 9110 9.2.1). */
const SAFE_METHODS = ["GET", "HEAD"];

/** One loaded workload: its code, its processes, its queue and its log. */
export class Workload {
  readonly options: WorkloadOptions;
  readonly #deps: WorkloadDeps;
  readonly #ring: LogRing;
  readonly #pool: GuestPool;
  #batch: GuestProcess | undefined;
  #runs: Promise<unknown> = Promise.resolve();
  #waitingRuns = 0;
  #isStopped = false;

  constructor(options: WorkloadOptions, deps: WorkloadDeps) {
    this.options = options;
    this.#deps = deps;
    this.#ring = createLogRing(options.keptLogBytes, deps);
    this.#pool = new GuestPool(options, {
      clock: deps.clock,
      start: (onChange) => this.#startProcess(onChange),
      onDeath: (delayMs) => {
        const when = delayMs === 0 ? "with the next request" : `after ${delayMs} ms`;
        this.#log({ level: "warn", text: `the program's process ended; it is started again ${when}`, requestId: "" });
      },
    });
  }

  /** What the runtime tells of it. */
  describe(): Pick<
    WorkloadDescription,
    "state" | "restarts" | "processId" | "instances" | "inFlight" | "waiting" | "startsInMs"
  > {
    const guests = this.options.mode === "batch" ? [this.#batch] : this.#pool.guests;
    const { inFlight, waiting, startsInMs } = this.#pool;
    const restarts = Math.max(0, this.#pool.starts - Math.max(1, guests.length));
    const running = guests.filter((guest) => guest?.processId !== undefined);
    const processId = running[0]?.processId;
    const shared = { restarts, processId, instances: running.length, inFlight, startsInMs };
    return { state: this.#state(running.length), ...shared, waiting: waiting + this.#waitingRuns };
  }

  #state(running: number): WorkloadDescription["state"] {
    if (this.#isStopped) return "stopped";
    if (this.options.mode === "batch" || running > 0) return "ready";
    return this.#pool.startsInMs > 0 ? "restarting" : "idle";
  }

  readLogs(after: number): readonly GuestLogLine[] {
    return this.#ring.read(after);
  }

  /** Starts the process and loads the code. For a batch nothing starts before its run. */
  async start(): Promise<void> {
    if (this.options.mode === "service") await this.#pool.open();
  }

  async call(request: GuestRequest): Promise<GuestResponse> {
    const meta = readRequest(request, this.options.limits);
    const { clock } = this.#deps;
    for (let attempt = 1; ; attempt++) {
      this.#checkStopped();
      const startMs = clock.monotonicMs();
      const reply = await this.#pool.use((guest) => guest.call(meta, request.body, request.requestId));
      if (reply.type === "response") {
        const wallMs = clock.monotonicMs() - startMs;
        return { ...readResponse(reply.json, request.method), body: reply.body, wallMs };
      }
      const isCutOff = reply.type === "failed" && reply.reason === "interrupted";
      if (!isCutOff || attempt > 1 || !SAFE_METHODS.includes(request.method)) {
        throw this.#toError(reply, request.requestId);
      }
    }
  }

  run(stdin: Uint8Array): Promise<BatchResult> {
    const { limits, maxWaiting } = this.options;
    if (stdin.length > limits.outputBytes)
      throw fail(runtimeErrors.requestTooLarge, { limitBytes: limits.outputBytes });
    if (this.#waitingRuns > maxWaiting) {
      throw fail(runtimeErrors.busy, { waiting: this.#waitingRuns, retryAfterSeconds: 1 });
    }
    this.#waitingRuns++;
    const turn = this.#runs.then(() => this.#runOnce(stdin));
    this.#runs = turn.catch(() => {}).finally(() => this.#waitingRuns--);
    return turn;
  }

  /** Lets the requests that were begun end within a bound; a batch is ended at once. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([this.#batch?.kill("stopped"), this.#pool.close(Math.min(DRAIN_MS, this.options.limits.timeMs))]);
  }

  #checkStopped(): void {
    if (this.#isStopped) throw fail(runtimeErrors.notLoaded, { workload: this.options.workload });
  }

  async #runOnce(stdin: Uint8Array): Promise<BatchResult> {
    this.#checkStopped();
    const guest = await this.#startProcess(
      () => {},
      (starting) => {
        this.#batch = starting;
      },
    );
    try {
      const startMs = this.#deps.clock.monotonicMs();
      const reply = await guest.run(stdin);
      if (reply.type !== "finished") throw this.#toError(reply, "run");
      const wallMs = this.#deps.clock.monotonicMs() - startMs;
      return { output: reply.output, exitCode: reply.exitCode, wallMs };
    } finally {
      await guest.kill("run finished");
    }
  }

  /** @param onMade - is given the process before it has its program: it may have to be ended meanwhile. */
  async #startProcess(onChange: () => void, onMade: (guest: GuestProcess) => void = () => {}): Promise<GuestProcess> {
    this.#checkStopped();
    const { program, limits, settings, mode, code } = this.options;
    const { onAsk, spares } = this.#deps;
    const onLog = (line: ChildLine): void => this.#log(line);
    const child = spares?.take(this.options) ?? { process: startChild(this.options), hasParts: false };
    const guest = new GuestProcess({ child, program, limits, settings, onLog, onAsk, onChange }, this.#deps);
    onMade(guest);
    const reply = await guest.load(mode, code);
    if (mode === "batch" && this.#isStopped) {
      await guest.kill("stopped");
      this.#checkStopped();
    }
    if (reply.type === "ready") {
      if (!this.#isStopped) spares?.keep({ program, limits });
      return guest;
    }
    await guest.kill("could not be loaded");
    throw this.#toError(reply, "load");
  }

  #log(line: ChildLine): void {
    this.#deps.onLog(this.options.workload, this.#ring.add(line));
  }

  /** The error for a failed exchange. What the workload threw also goes to its log, with the stack. */
  #toError(reply: Reply, requestId: string): DsdnError {
    const { limits, entry } = this.options;
    const [reason, message] = reply.type === "failed" ? [reply.reason, reply.message] : ["crashed", "wrong reply"];
    const detail = message.split("\n")[0]?.slice(0, 300).replace(/\.$/, "") ?? "";
    const lines = reason === "threw" ? message.trimEnd().split("\n").slice(0, 20) : [];
    for (const text of lines) this.#log({ level: "error", text, requestId });
    switch (reason) {
      case "bundle":
        return fail(runtimeErrors.bundleInvalid, { reason: detail });
      case "entry":
        return fail(runtimeErrors.entryMissing, { entry });
      case "time":
        return fail(runtimeErrors.timeLimit, { limitMs: limits.timeMs });
      case "memory":
        return fail(runtimeErrors.memoryLimit, { limitBytes: limits.memoryBytes });
      case "output":
        return fail(runtimeErrors.outputLimit, { limitBytes: limits.outputBytes });
      case "threw":
        return fail(runtimeErrors.guestThrew, { detail });
      case "answer":
        return fail(runtimeErrors.answerInvalid, { reason: detail });
      case "pending":
        return fail(runtimeErrors.neverAnswers, {});
      case "interrupted":
        return fail(runtimeErrors.interrupted, {});
      default:
        return fail(runtimeErrors.crashed, { reason: detail });
    }
  }
}
