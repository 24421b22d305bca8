import { type Clock, type DsdnError, fail } from "../base/index.ts";
import type { WorkloadMode } from "../protocol/index.ts";
import type { GuestLimits } from "./child/frames.ts";
import { runtimeErrors } from "./errors.ts";
import { GuestProcess, type GuestProgram, type Reply } from "./guest-process.ts";
import { createLogRing, type LogRing } from "./log-ring.ts";
import type { BatchResult, GuestLogLine, GuestRequest, GuestResponse } from "./port.ts";
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
}

interface WorkloadDeps {
  readonly clock: Clock;
  readonly onLog: (workload: string, line: GuestLogLine) => void;
}

/** One loaded workload: its code, its process while there is one, its queue and its log. */
export class Workload {
  readonly options: WorkloadOptions;
  readonly #deps: WorkloadDeps;
  readonly #ring: LogRing;
  #process: GuestProcess | undefined;
  #requestId = "";
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #starts = 0;
  #isStopped = false;

  constructor(options: WorkloadOptions, deps: WorkloadDeps) {
    this.options = options;
    this.#deps = deps;
    this.#ring = createLogRing(options.keptLogBytes, deps);
  }

  get processId(): number | undefined {
    return this.#process?.processId;
  }

  get state(): "ready" | "idle" | "stopped" {
    if (this.#isStopped) return "stopped";
    return this.options.mode === "batch" || this.processId !== undefined ? "ready" : "idle";
  }

  get restarts(): number {
    return this.options.mode === "batch" ? 0 : Math.max(0, this.#starts - 1);
  }

  readLogs(after: number): readonly GuestLogLine[] {
    return this.#ring.read(after);
  }

  /** Starts the process and loads the code. For a batch nothing starts before its run. */
  async start(): Promise<void> {
    if (this.options.mode === "service") await this.#inOrder("load", () => this.#ensureProcess("service"));
  }

  call(request: GuestRequest): Promise<GuestResponse> {
    const meta = readRequest(request, this.options.limits);
    return this.#inOrder(request.requestId, async () => {
      const guest = await this.#ensureProcess("service");
      const startMs = this.#deps.clock.monotonicMs();
      const reply = await guest.call(meta, request.body);
      if (reply.type !== "response") throw this.#toError(reply);
      const wallMs = this.#deps.clock.monotonicMs() - startMs;
      return { ...readResponse(reply.json, request.method), body: reply.body, wallMs };
    });
  }

  run(stdin: Uint8Array): Promise<BatchResult> {
    const limitBytes = this.options.limits.outputBytes;
    if (stdin.length > limitBytes) throw fail(runtimeErrors.requestTooLarge, { limitBytes });
    return this.#inOrder("run", async () => {
      const guest = await this.#ensureProcess("batch");
      try {
        const startMs = this.#deps.clock.monotonicMs();
        const reply = await guest.run(stdin);
        if (reply.type !== "finished") throw this.#toError(reply);
        const wallMs = this.#deps.clock.monotonicMs() - startMs;
        return { output: reply.output, exitCode: reply.exitCode, wallMs };
      } finally {
        await guest.kill("run finished");
      }
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#process?.kill("stopped");
  }

  async #inOrder<T>(requestId: string, work: () => Promise<T>): Promise<T> {
    if (this.#waiting > this.options.maxWaiting) throw fail(runtimeErrors.busy, { waiting: this.#waiting });
    this.#waiting++;
    const turn = this.#queue.then(() => {
      this.#requestId = requestId;
      return work();
    });
    this.#queue = turn.then(
      () => {},
      () => {},
    );
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  async #ensureProcess(mode: WorkloadMode): Promise<GuestProcess> {
    if (this.#isStopped) throw fail(runtimeErrors.notLoaded, { workload: this.options.workload });
    if (this.#process?.isUsable) return this.#process;
    const { program, limits, settings } = this.options;
    const guest = new GuestProcess(
      { program, limits, settings, onLog: (stream, text) => this.#log(stream, text) },
      this.#deps,
    );
    this.#starts++;
    this.#process = guest;
    const reply = await guest.load(mode, this.options.code);
    if (reply.type === "ready") return guest;
    await guest.kill("could not be loaded");
    throw this.#toError(reply);
  }

  #log(stream: "stdout" | "stderr", text: string): void {
    this.#deps.onLog(this.options.workload, this.#ring.add(stream, this.#requestId, text));
  }

  /** The error for a failed exchange. What the workload threw also goes to its log, with the stack. */
  #toError(reply: Reply): DsdnError {
    const { limits, entry } = this.options;
    const [reason, message] = reply.type === "failed" ? [reply.reason, reply.message] : ["crashed", "wrong reply"];
    const detail = message.split("\n")[0]?.slice(0, 300) ?? "";
    if (reason === "threw") for (const line of message.trimEnd().split("\n").slice(0, 20)) this.#log("stderr", line);
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
      default:
        return fail(runtimeErrors.crashed, { reason: detail });
    }
  }
}
