import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from "quickjs-emscripten-core";
import { guestSurfaceSource } from "../guest-surface.generated.ts";
import type { GuestFailure, GuestLimits } from "./frames.ts";
import type { GuestOutcome, Invocation } from "./guest.ts";
import { createBridge, GuestMistake } from "./guest-bridge.ts";
import { ASKS_PER_INVOCATION, GuestTurns, TIMERS_PER_INVOCATION } from "./guest-turns.ts";
import { failed, type Running } from "./running.ts";

export interface GuestVmOptions {
  readonly limits: GuestLimits;
  /** What the program is given, as the surface reads it. */
  readonly given: {
    /** By name. */
    readonly env: Readonly<Record<string, string>>;
    readonly args: readonly string[];
  };
  readonly output: (bytes: Uint8Array) => void;
}

/** QuickJS checks its own stack; this much of it fits on V8's stack for every native function measured. */
const STACK_BYTES = 192 * 1024;
const JOBS_PER_SLICE = 256;
/** Room for what the surface adds to a body: header fields and JSON. */
const TEXT_SLACK = 64 * 1024;
/** The modules a program may import besides what is bundled with it. */
const MODULES: Readonly<Record<string, string>> = {
  "dsdn:storage":
    "const { storage } = dsdn; export default storage; export const { get, getText, put, remove, list, read, files } = storage;",
};

/** One QuickJS context with the surface installed. Requests that wait let others go on (`guest-turns.ts`). */
export class GuestVm {
  readonly #options: GuestVmOptions;
  readonly #turns: GuestTurns;
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #surface: QuickJSHandle;
  #asks = 0;
  #outputBytes = 0;

  constructor(engine: QuickJSWASMModule, options: GuestVmOptions) {
    const { limits } = options;
    this.#options = options;
    this.#turns = new GuestTurns(limits.timeMs, {
      pump: () => this.#pump(),
      fire: (timer) => this.#pass("fire", [timer]),
      forget: (timers, asks) => this.#pass("forget", [JSON.stringify(timers), JSON.stringify(asks)]),
    });
    this.#runtime = engine.newRuntime();
    this.#runtime.setMemoryLimit(limits.memoryBytes);
    this.#runtime.setMaxStackSize(STACK_BYTES);
    this.#runtime.setInterruptHandler(() => this.#turns.isStopped());
    this.#runtime.setModuleLoader(
      (name) => MODULES[name] ?? { error: new Error(`could not load module '${name.slice(0, 200)}'`) },
    );
    this.#context = this.#runtime.newContext();
    this.#surface = this.#installSurface();
  }

  /** True when code was cut off inside this context: its data may be half written, so it serves no further request. */
  get isSpent(): boolean {
    return this.#turns.isSpent;
  }

  /** Evaluates the module and keeps its default export, which must answer requests. */
  load(code: string, invocation: Invocation): Promise<GuestOutcome> {
    return this.#turns.start(invocation, (running) =>
      this.#evaluate(code, running, (entry) => {
        const isAccepted = this.#callSurface("accept", [entry]);
        if (isAccepted === undefined) return;
        if (this.#context.dump(isAccepted) === true) running.end({ type: "ready" });
        else running.end(failed("entry", "the default export has no fetch function", false));
        isAccepted.dispose();
      }),
    );
  }

  /** Answers one request; `meta` is JSON {method, url, headers}. */
  call(meta: string, body: Uint8Array, invocation: Invocation): Promise<GuestOutcome> {
    return this.#turns.start(invocation, () => this.#pass("call", [invocation.id, meta, body]));
  }

  /** Evaluates the module with `input` as its standard input, then calls its default export if that is a function. */
  run(code: string, input: Uint8Array, invocation: Invocation): Promise<GuestOutcome> {
    return this.#turns.start(invocation, (running) => {
      this.#pass("feed", [input]);
      this.#evaluate(code, running, (entry) => {
        const number = this.#context.newNumber(invocation.id);
        this.#callSurface("run", [number, entry])?.dispose();
        number.dispose();
      });
    });
  }

  #pump(): void {
    const { current } = this.#turns;
    while (this.#runtime.hasPendingJob() && !this.#turns.isStopped()) {
      const result = this.#runtime.executePendingJobs(JOBS_PER_SLICE);
      if (result.error) this.#failFrom(result.error);
      if (current?.ended?.type === "failed" && current.ended.failure.isFatal) return;
    }
  }

  /** Hands the default export of the module to `use` as soon as the module is evaluated. */
  #evaluate(code: string, running: Running, use: (entry: QuickJSHandle) => void): void {
    const result = this.#context.evalCode(code, "bundle.js", { type: "module" });
    if (result.error) {
      this.#failFrom(result.error, true);
      return;
    }
    const exports = result.value;
    running.progress = () => {
      const state = this.#context.getPromiseState(exports);
      if (state.type === "pending") return;
      running.progress = undefined;
      if (state.type === "rejected") this.#failFrom(state.error);
      else use(this.#context.getProp(state.value, "default"));
    };
  }

  #installSurface(): QuickJSHandle {
    const context = this.#context;
    const { limits } = this.#options;
    const install = context.unwrapResult(context.evalCode(guestSurfaceSource, "surface.js"));
    const timers = () => this.#turns.current?.timers;
    const host = createBridge(context, Math.max(limits.outputBytes, TEXT_SLACK) + TEXT_SLACK, {
      log: (level, text) => this.#turns.current?.invocation.log(level, text),
      respond: (id, meta, body) => this.#respond(id, meta, body),
      emit: (bytes) => this.#emit(bytes),
      finish: (id, exitCode) => this.#find(id)?.end({ type: "finished", exitCode }),
      fail: (id, message) => this.#failText(message, this.#find(id)),
      startTimer: (id, delayMs) => {
        if ((timers()?.size ?? 0) >= TIMERS_PER_INVOCATION) throw new GuestMistake("too many timers");
        timers()?.set(id, performance.now() + delayMs);
      },
      stopTimer: (id) => this.#turns.stopTimer(id),
      hold: (id, change) => this.#turns.hold(id, change),
      ask: (question) => this.#ask(question),
    });
    const given = context.newString(JSON.stringify(this.#options.given));
    const surface = context.unwrapResult(context.callFunction(install, context.undefined, host, given));
    for (const handle of [given, host, install]) handle.dispose();
    return surface;
  }

  /** The invocation that still waits for its answer. */
  #find(id: number): Running | undefined {
    const running = this.#turns.find(id);
    return running?.ended === undefined ? running : undefined;
  }

  #respond(id: number, meta: string, body: Uint8Array): void {
    const running = this.#find(id);
    if (running === undefined) return;
    if (body.length > this.#options.limits.outputBytes) {
      running.end(failed("output", "response body over its bound", false));
    } else running.end({ type: "response", meta, body });
  }

  #emit(bytes: Uint8Array): void {
    this.#outputBytes += bytes.length;
    if (this.#outputBytes > this.#options.limits.outputBytes) {
      this.#turns.stop(failed("output", "output over its bound", true));
    } else if (!this.#turns.isSpent) this.#options.output(bytes);
  }

  /** Sends a question of the current invocation to the parent; its answer comes in a turn of its own. */
  #ask({ kind, meta, body }: { kind: string; meta: string; body: Uint8Array }): number {
    const running = this.#turns.current;
    if (running === undefined || ++running.asked > ASKS_PER_INVOCATION) {
      throw new GuestMistake(`more than ${ASKS_PER_INVOCATION} questions to the outside in one request`);
    }
    const id = ++this.#asks;
    running.asks.add(id);
    const settle = (isGood: boolean, answer: string, bytes: Uint8Array) => {
      if (!running.asks.delete(id)) return;
      this.#turns.turn(running, () => this.#pass("settle", [id, isGood ? 1 : 0, answer, bytes]));
    };
    running.invocation.ask(kind, JSON.parse(meta), body).then(
      (reply) => settle(true, JSON.stringify(reply.meta), reply.body),
      (error: Error) => settle(false, error.message, new Uint8Array(0)),
    );
    return id;
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
    if (this.#turns.isSpent) {
      error.dispose();
      return;
    }
    // Reading name and message of a hostile error may run its getters, which the interrupt handler bounds.
    const shown: unknown = this.#context.dump(error);
    error.dispose();
    const message = explain(shown);
    const isBundle = isCompiling && /^SyntaxError|could not load module/.test(message);
    if (isBundle) this.#turns.current?.end(failed("bundle", message, false));
    else this.#failText(message, this.#turns.current);
  }

  #failText(message: string, running: Running | undefined): void {
    // An async function that is cut off rejects its promise, so the guest itself may be the first to report it.
    if (this.#turns.isSpent) return;
    const reason: GuestFailure["reason"] = message.startsWith("InternalError: out of memory") ? "memory" : "threw";
    running?.end(failed(reason, message, reason === "memory"));
  }
}

function explain(error: unknown): string {
  if (typeof error !== "object" || error === null) return `threw ${String(error)}`;
  const { name, message, stack } = error as { name?: unknown; message?: unknown; stack?: unknown };
  return `${String(name)}: ${String(message)}\n${typeof stack === "string" ? stack : ""}`.slice(0, 8192);
}
