import { type ChildProcess, spawn } from "node:child_process";
import type { Clock } from "../base/index.ts";
import type { GuestEngineName } from "./child/engines.ts";
import { createFrameReader, encodeFrame, type Frame, frameTypes, type GuestLimits } from "./child/frames.ts";
import { hasOwn } from "./own.ts";

/** What the child needs to start. */
export interface GuestProgram {
  /** Path of the child's entry file. */
  readonly childEntry: string;
  /** Files and folders the child may read: its own code, nothing else. */
  readonly readablePaths: readonly string[];
  /** Which of the child's engines runs the program. */
  readonly engine: GuestEngineName;
  /** Sent before the program, by name: the engine's own bytes, files of the package. */
  readonly parts: ReadonlyMap<string, Uint8Array>;
  /** What the engine takes in WASM memory besides the guest's share of it. */
  readonly engineBytes: number;
  /** Options of Node that the engine needs. */
  readonly nodeFlags?: readonly string[];
}

/** How one exchange with the child ended; `reason` of a failure is one of the child's or one of ours. */
export type Reply =
  | { readonly type: "ready" }
  | { readonly type: "response"; readonly json: unknown; readonly body: Uint8Array }
  | { readonly type: "finished"; readonly exitCode: number; readonly output: Uint8Array }
  | { readonly type: "failed"; readonly reason: string; readonly message: string };

export interface GuestProcessOptions {
  readonly program: GuestProgram;
  readonly limits: GuestLimits;
  /** What the engine in the child reads as its settings, as JSON. May hold secrets: it goes over the pipe only. */
  readonly settings: unknown;
  readonly onLog: (stream: "stdout" | "stderr", text: string) => void;
}

const PAGE_BYTES = 65536;
/** The child stops its guest itself; this much later it is killed, whatever it does. */
const GRACE_MS = 400;
/** Starting Node and the engine on a busy machine, on top of the guest's own time limit for loading. */
const START_MS = 10_000;

/**
 * One child process that holds one guest. It can be killed at any moment and is then of no further use. It gets no
 * environment, no rights to files but its own code, to child processes, workers or native modules, and a cap on every
 * kind of memory. Node's permission model has no switch for sockets; the guest's own wall (WASM) has no import for them.
 */
export class GuestProcess {
  readonly #options: GuestProcessOptions;
  readonly #clock: Clock;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #pending: ((reply: Reply) => void) | undefined;
  #output: Uint8Array[] = [];
  #outputBytes = 0;
  #hasEnded = false;
  #isLeaving = false;
  #endReason = "process ended";

  constructor(options: GuestProcessOptions, deps: { readonly clock: Clock }) {
    this.#options = options;
    this.#clock = deps.clock;
    this.#child = spawn(process.execPath, childArguments(options), { env: {}, stdio: ["pipe", "pipe", "ignore"] });
    this.#exited = new Promise<void>((resolve) => {
      this.#child.once("exit", () => resolve());
      this.#child.once("error", () => resolve());
    }).then(() => this.#finish());
    const reader = createFrameReader(options.limits.outputBytes + PAGE_BYTES);
    this.#child.stdout?.on("data", (bytes: Buffer) => this.#receive(() => reader.push(bytes)));
    // A child that dies while we write to it is reported by its exit.
    this.#child.stdin?.on("error", () => {});
  }

  get processId(): number | undefined {
    return this.isUsable ? this.#child.pid : undefined;
  }

  /** False as soon as the process is gone, was killed, or said that it is leaving. */
  get isUsable(): boolean {
    return !this.#hasEnded && !this.#isLeaving;
  }

  /** Hands over parts and program; resolves with `ready` or the failure. */
  load(mode: "service" | "batch", code: Uint8Array): Promise<Reply> {
    const { program, limits, settings } = this.#options;
    const { engine, parts } = program;
    for (const [name, bytes] of parts) this.#child.stdin?.write(encodeFrame(frameTypes.part, { name }, bytes));
    const frame = encodeFrame(frameTypes.load, { engine, limits, mode, settings }, code);
    return this.#exchange(frame, START_MS);
  }

  call(meta: unknown, body: Uint8Array): Promise<Reply> {
    return this.#exchange(encodeFrame(frameTypes.call, meta, body), 0);
  }

  run(input: Uint8Array): Promise<Reply> {
    return this.#exchange(encodeFrame(frameTypes.run, {}, input), 0);
  }

  /** Ends the process at once and resolves when it is gone. Idempotent. */
  async kill(reason = "stopped"): Promise<void> {
    this.#isLeaving = true;
    if (!this.#hasEnded) {
      this.#endReason = reason;
      this.#child.kill("SIGKILL");
    }
    await this.#exited;
  }

  #exchange(frame: Uint8Array, extraMs: number): Promise<Reply> {
    return new Promise((resolve) => {
      const waitMs = this.#options.limits.timeMs + GRACE_MS + extraMs;
      const cancel = this.#clock.after(waitMs, () => {
        this.#settle({ type: "failed", reason: "time", message: "killed" });
        void this.kill("time limit");
      });
      this.#pending = (reply) => {
        cancel();
        resolve(reply);
      };
      if (this.isUsable) this.#child.stdin?.write(frame);
      else this.#settle({ type: "failed", reason: "crashed", message: this.#endReason });
    });
  }

  #receive(read: () => Frame[]): void {
    try {
      for (const frame of read()) this.#take(frame);
    } catch {
      this.#breach();
    }
  }

  #take({ type, json, body }: Frame): void {
    if (type === frameTypes.log) this.#takeLog(json);
    else if (type === frameTypes.output) this.#collect(body);
    else if (type === frameTypes.leaving) this.#isLeaving = true;
    else if (type === frameTypes.ready) this.#settle({ type: "ready" });
    else if (type === frameTypes.response) this.#settle({ type: "response", json, body });
    else if (type === frameTypes.finished) {
      this.#settle({ type: "finished", exitCode: toExitCode(json), output: this.#takeOutput() });
    } else if (type === frameTypes.failed) this.#takeFailure(json);
    else this.#breach();
  }

  #takeLog(json: unknown): void {
    const text = hasOwn(json, "text") ? json.text : undefined;
    const stream = hasOwn(json, "stream") && json.stream === "stderr" ? "stderr" : "stdout";
    if (typeof text === "string") this.#options.onLog(stream, text);
    else this.#breach();
  }

  #collect(part: Uint8Array): void {
    this.#outputBytes += part.length;
    if (this.#outputBytes <= this.#options.limits.outputBytes) this.#output.push(part);
    else this.#breach();
  }

  #takeFailure(json: unknown): void {
    const reason = hasOwn(json, "reason") && typeof json.reason === "string" ? json.reason : "crashed";
    const message = hasOwn(json, "message") && typeof json.message === "string" ? json.message : "";
    if (this.#isLeaving) void this.kill(message);
    this.#settle({ type: "failed", reason, message });
  }

  #takeOutput(): Uint8Array {
    const output = new Uint8Array(Buffer.concat(this.#output));
    this.#output = [];
    this.#outputBytes = 0;
    return output;
  }

  /** The child broke the rules of the conversation: whatever runs there is not our program any more. */
  #breach(): void {
    this.#settle({ type: "failed", reason: "crashed", message: "broke the protocol" });
    void this.kill("broke the protocol");
  }

  #settle(reply: Reply): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.(reply);
  }

  #finish(): void {
    this.#hasEnded = true;
    this.#settle({ type: "failed", reason: "crashed", message: this.#endReason });
  }
}

function childArguments({ program, limits }: GuestProcessOptions): string[] {
  const heapMiB = 64 + Math.ceil((limits.outputBytes * 4) / 2 ** 20);
  return [
    "--permission",
    ...program.readablePaths.map((path) => `--allow-fs-read=${path}`),
    "--disable-warning=ExperimentalWarning",
    "--disallow-code-generation-from-strings",
    `--wasm-max-mem-pages=${Math.ceil((limits.memoryBytes + program.engineBytes) / PAGE_BYTES)}`,
    `--max-old-space-size=${heapMiB}`,
    ...(program.nodeFlags ?? []),
    program.childEntry,
  ];
}

function toExitCode(json: unknown): number {
  const code = hasOwn(json, "exitCode") ? json.exitCode : 1;
  return typeof code === "number" && Number.isInteger(code) && code >= 0 && code <= 255 ? code : 1;
}
