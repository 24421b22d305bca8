import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from "quickjs-emscripten-core";
import { guestSurfaceSource } from "../guest-surface.generated.ts";
import type { GuestFailure, GuestLimits } from "./frames.ts";
import type { GuestOutcome, GuestSinks } from "./guest.ts";
import { createBridge } from "./guest-bridge.ts";

/** QuickJS checks its own stack; this much of it fits on V8's stack for every native function measured. */
const STACK_BYTES = 192 * 1024;
const JOBS_PER_SLICE = 256;
/** Room for what the surface adds to a body: header fields and JSON. */
const TEXT_SLACK = 64 * 1024;

/**
 * One QuickJS context with the surface installed. It does one thing at a time: a workload reaches nothing it could
 * wait for but timers, so serving one request after another costs nothing and makes every log line attributable.
 */
export class GuestVm {
  readonly #limits: GuestLimits;
  readonly #sinks: GuestSinks;
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #surface: QuickJSHandle;
  readonly #timers = new Map<number, number>();
  #entry: QuickJSHandle | undefined;
  #outcome: GuestOutcome | undefined;
  #invocation = 0;
  #deadlineMs = 0;
  #isInterrupted = false;
  #outputBytes = 0;

  constructor(engine: QuickJSWASMModule, limits: GuestLimits, sinks: GuestSinks) {
    this.#limits = limits;
    this.#sinks = sinks;
    this.#runtime = engine.newRuntime();
    this.#runtime.setMemoryLimit(limits.memoryBytes);
    this.#runtime.setMaxStackSize(STACK_BYTES);
    this.#runtime.setInterruptHandler(() => this.#checkDeadline());
    this.#context = this.#runtime.newContext();
    this.#begin();
    this.#surface = this.#installSurface();
  }

  /** True when code was cut off inside this context: its data may be half written, so it serves no further request. */
  get isSpent(): boolean {
    return this.#isInterrupted;
  }

  /** Evaluates the module and keeps its default export, which must answer requests. */
  load(code: string): Promise<GuestOutcome> {
    return this.#invoke(async () => {
      const entry = await this.#evaluate(code);
      if (entry === undefined) return;
      const isAccepted = this.#callSurface("accept", [entry]);
      if (isAccepted === undefined) return;
      if (this.#context.dump(isAccepted) === true) this.#end({ type: "ready" });
      else this.#failWith("entry", "the default export has no fetch function");
      isAccepted.dispose();
    });
  }

  /** Answers one request; `meta` is JSON {method, url, headers}. */
  call(meta: string, body: Uint8Array): Promise<GuestOutcome> {
    return this.#invoke(async (id) => this.#pass("call", [id, meta, body]));
  }

  /** Evaluates the module with `input` as its standard input, then calls its default export if that is a function. */
  run(code: string, input: Uint8Array): Promise<GuestOutcome> {
    return this.#invoke(async (id) => {
      this.#pass("feed", [input]);
      const entry = await this.#evaluate(code);
      if (entry === undefined) return;
      const number = this.#context.newNumber(id);
      this.#callSurface("run", [number, entry])?.dispose();
      number.dispose();
    });
  }

  #begin(): number {
    this.#outcome = undefined;
    this.#timers.clear();
    this.#deadlineMs = performance.now() + this.#limits.timeMs;
    return ++this.#invocation;
  }

  async #invoke(work: (id: number) => Promise<void>): Promise<GuestOutcome> {
    const id = this.#begin();
    try {
      await work(id);
      await this.#settle(() => this.#outcome !== undefined);
    } catch (error) {
      // A trap of the engine itself (V8 stack, abort): the context cannot be trusted any more.
      this.#outcome = failed("crashed", error instanceof Error ? error.message : "engine trap", true);
    }
    if (this.#isInterrupted) this.#end(failed("time", "time limit", true));
    return this.#outcome ?? failed("pending", "it waits for something that never comes", false);
  }

  /** Runs jobs and timers until `isDone`, until nothing is left to run, or until the deadline. */
  async #settle(isDone: () => boolean): Promise<void> {
    for (;;) {
      this.#pump();
      if (isDone() || this.#outcome !== undefined || this.#isInterrupted) return;
      const next = this.#nextTimer();
      if (next === undefined) return;
      const now = performance.now();
      if (next.dueMs > now) {
        const wakeMs = Math.min(next.dueMs, this.#deadlineMs) - now;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, wakeMs)));
      }
      if (this.#checkDeadline()) return;
      if (next.dueMs <= performance.now() && this.#timers.delete(next.id)) this.#pass("fire", [next.id]);
    }
  }

  #nextTimer(): { id: number; dueMs: number } | undefined {
    let first: { id: number; dueMs: number } | undefined;
    for (const [id, dueMs] of this.#timers) if (first === undefined || dueMs < first.dueMs) first = { id, dueMs };
    return first;
  }

  #pump(): void {
    while (this.#outcome === undefined && this.#runtime.hasPendingJob() && !this.#checkDeadline()) {
      const result = this.#runtime.executePendingJobs(JOBS_PER_SLICE);
      if (result.error) this.#failFrom(result.error);
    }
  }

  #checkDeadline(): boolean {
    if (performance.now() > this.#deadlineMs) this.#isInterrupted = true;
    return this.#isInterrupted;
  }

  /** The default export of the module, or undefined when the outcome is already known. */
  async #evaluate(code: string): Promise<QuickJSHandle | undefined> {
    const result = this.#context.evalCode(code, "bundle.js", { type: "module" });
    if (result.error) {
      this.#failFrom(result.error, true);
      return undefined;
    }
    const exports = result.value;
    await this.#settle(() => this.#context.getPromiseState(exports).type !== "pending");
    if (this.#outcome !== undefined || this.#isInterrupted) return undefined;
    const state = this.#context.getPromiseState(exports);
    if (state.type === "pending") return undefined;
    if (state.type === "rejected") {
      this.#failFrom(state.error);
      return undefined;
    }
    this.#entry = this.#context.getProp(state.value, "default");
    return this.#entry;
  }

  #installSurface(): QuickJSHandle {
    const context = this.#context;
    const install = context.unwrapResult(context.evalCode(guestSurfaceSource, "surface.js"));
    const host = createBridge(context, Math.max(this.#limits.outputBytes, TEXT_SLACK) + TEXT_SLACK, {
      log: (stream, text) => this.#sinks.log(stream, text),
      respond: (id, meta, body) => this.#respond(id, meta, body),
      emit: (bytes) => this.#emit(bytes),
      finish: (id, exitCode) => id === this.#invocation && this.#end({ type: "finished", exitCode }),
      fail: (id, message) => id === this.#invocation && this.#failText(message),
      startTimer: (id, delayMs) => void this.#timers.set(id, performance.now() + delayMs),
      stopTimer: (id) => void this.#timers.delete(id),
    });
    const surface = context.unwrapResult(context.callFunction(install, context.undefined, host));
    host.dispose();
    install.dispose();
    return surface;
  }

  #respond(id: number, meta: string, body: Uint8Array): void {
    if (id !== this.#invocation) return;
    if (body.length > this.#limits.outputBytes) this.#failWith("output", "response body over its bound");
    else this.#end({ type: "response", meta, body });
  }

  #emit(bytes: Uint8Array): void {
    this.#outputBytes += bytes.length;
    if (this.#outputBytes > this.#limits.outputBytes) this.#stopGuest("output", "output over its bound");
    else if (this.#outcome === undefined) this.#sinks.output(bytes);
  }

  /** Ends the invocation now: the deadline is moved to the past, so the interrupt handler stops the running code. */
  #stopGuest(reason: GuestFailure["reason"], message: string): void {
    this.#end(failed(reason, message, true));
    this.#deadlineMs = 0;
  }

  #pass(name: string, values: readonly (number | string | Uint8Array)[]): void {
    const handles = values.map((value) => this.#toHandle(value));
    this.#callSurface(name, handles)?.dispose();
    for (const handle of handles) handle.dispose();
  }

  #toHandle(value: number | string | Uint8Array): QuickJSHandle {
    if (typeof value === "number") return this.#context.newNumber(value);
    if (typeof value === "string") return this.#context.newString(value);
    return this.#context.newArrayBuffer(value.slice().buffer);
  }

  #callSurface(name: string, handles: QuickJSHandle[]): QuickJSHandle | undefined {
    const method = this.#context.getProp(this.#surface, name);
    const result = this.#context.callFunction(method, this.#context.undefined, handles);
    method.dispose();
    if (!result.error) return result.value;
    this.#failFrom(result.error);
    return undefined;
  }

  #failFrom(error: QuickJSHandle, isCompiling = false): void {
    if (this.#isInterrupted) {
      error.dispose();
      this.#end(failed("time", "time limit", true));
      return;
    }
    // Reading name and message of a hostile error may run its getters, which the interrupt handler bounds.
    const shown: unknown = this.#context.dump(error);
    error.dispose();
    const message = explain(shown);
    if (isCompiling && /^SyntaxError|could not load module/.test(message)) this.#failWith("bundle", message);
    else this.#failText(message);
  }

  #failText(message: string): void {
    // An async function that is cut off rejects its promise, so the guest itself may be the first to report it.
    if (this.#isInterrupted) this.#end(failed("time", "time limit", true));
    else if (message.startsWith("InternalError: out of memory")) this.#end(failed("memory", message, true));
    else this.#failWith("threw", message);
  }

  #failWith(reason: GuestFailure["reason"], message: string): void {
    this.#end(failed(reason, message, false));
  }

  #end(outcome: GuestOutcome): void {
    this.#outcome ??= outcome;
  }
}

function failed(reason: GuestFailure["reason"], message: string, isFatal: boolean): GuestOutcome {
  return { type: "failed", failure: { reason, message, isFatal } };
}

function explain(error: unknown): string {
  if (typeof error !== "object" || error === null) return `threw ${String(error)}`;
  const { name, message, stack } = error as { name?: unknown; message?: unknown; stack?: unknown };
  return `${String(name)}: ${String(message)}\n${typeof stack === "string" ? stack : ""}`.slice(0, 8192);
}
