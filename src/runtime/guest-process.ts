import { type Clock, DsdnError, systemDisk } from "../base/index.ts";
import {
  createFrameReader,
  encodeFrame,
  type Frame,
  type FrameInput,
  frameTypes,
  type GuestLimits,
} from "./child/frames.ts";
import type { LogLevel } from "./child/guest.ts";
import { Exchange, type Reply } from "./exchange.ts";
import { type GuestChild, type GuestProgram, residentBound } from "./guest-child.ts";
import { watchMemory } from "./memory-watch.ts";
import { hasOwn } from "./own.ts";
import { residentMemoryOf } from "./resident-memory.ts";

export interface GuestProcessOptions {
  /** Not used by any other guest, now or before. */
  readonly child: GuestChild;
  readonly program: GuestProgram;
  readonly limits: GuestLimits;
  /** What the engine in the child reads as its settings, as JSON. May hold secrets: it goes over the pipe only. */
  readonly settings: unknown;
  readonly onLog: (line: ChildLine) => void;
  /** Answers a question of the program; a DsdnError is told to the program. */
  readonly onAsk: (question: Question) => Promise<{ readonly meta: unknown; readonly body: Uint8Array }>;
  /** An invocation is over, or the process is. */
  readonly onChange: () => void;
}

export interface ChildLine {
  readonly level: LogLevel;
  readonly text: string;
  readonly requestId: string;
}

export interface Question {
  readonly kind: string;
  readonly meta: unknown;
  readonly body: Uint8Array;
  readonly requestId: string;
  /** Aborted when the invocation is over. */
  readonly signal: AbortSignal;
}

const PAGE_BYTES = 65536;
/** The child stops its guest itself; this much later it is killed, whatever it does. */
const GRACE_MS = 400;
/** Starting Node and the engine on a busy machine, on top of the guest's own time limit for loading. */
const START_MS = 30_000;
/** A child that said that it leaves has this long to go. */
const LEAVE_MS = 1_000;
const QUESTIONS_PER_INVOCATION = 64;
const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** One child process that holds one guest. It can be killed at any moment and is then of no further use. */
export class GuestProcess {
  readonly #options: GuestProcessOptions;
  readonly #clock: Clock;
  readonly #child: GuestChild["process"];
  readonly #exited: Promise<void>;
  readonly #open = new Map<number, Exchange>();
  #lastId = 0;
  #output: Uint8Array[] = [];
  #outputBytes = 0;
  #hasEnded = false;
  #isLeaving = false;
  #endReason = "process ended";
  readonly #stopWatchingMemory: () => void;

  constructor(options: GuestProcessOptions, deps: { readonly clock: Clock }) {
    this.#options = options;
    this.#clock = deps.clock;
    this.#child = options.child.process;
    this.#exited = new Promise<void>((resolve) => {
      // Its end may be told before the last of what it wrote; this is told after both.
      this.#child.once("close", () => resolve());
      this.#child.once("error", () => resolve());
    }).then(() => this.#finish());
    this.#stopWatchingMemory = watchMemory(
      {
        processId: this.#child.pid,
        limitBytes: residentBound(options),
        isBusy: () => this.#open.size > 0,
        onOver: () => this.#stopOverMemory(),
      },
      { clock: deps.clock, findResident: residentMemoryOf(systemDisk()) },
    );
    const reader = createFrameReader(options.limits.outputBytes + PAGE_BYTES);
    this.#child.stdout?.on("data", (bytes: Buffer) => this.#receive(() => reader.push(bytes)));
  }

  get processId(): number | undefined {
    return this.isUsable ? this.#child.pid : undefined;
  }

  /** False as soon as the process is gone, was killed, or said that it is leaving. */
  get isUsable(): boolean {
    return !this.#hasEnded && !this.#isLeaving;
  }

  /** Invocations that are not over, those included that only do something in the background. */
  get inFlight(): number {
    return this.#open.size;
  }

  /** Hands over parts and program; resolves with `ready` or the failure. */
  load(mode: "service" | "batch", code: Uint8Array): Promise<Reply> {
    const { child, program, limits, settings } = this.#options;
    const { engine, parts } = program;
    if (!child.hasParts) for (const [name, body] of parts) this.#write({ type: frameTypes.part, json: { name }, body });
    const json = { engine, limits, mode, settings };
    return this.#exchange({ type: frameTypes.load, json, body: code }, { requestId: "load", extraMs: START_MS });
  }

  call(meta: unknown, body: Uint8Array, requestId: string): Promise<Reply> {
    return this.#exchange({ type: frameTypes.call, json: meta, body }, { requestId, extraMs: 0 });
  }

  run(body: Uint8Array): Promise<Reply> {
    return this.#exchange({ type: frameTypes.run, body }, { requestId: "run", extraMs: 0 });
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

  /** One process, one memory: whose invocation filled it cannot be told, and none can go on. */
  #stopOverMemory(): void {
    for (const exchange of this.#open.values())
      exchange.settle({ type: "failed", reason: "memory", message: "killed" });
    void this.kill("memory limit");
  }

  #write(frame: FrameInput): void {
    if (this.isUsable) this.#child.stdin?.write(encodeFrame(frame));
  }

  #exchange(frame: FrameInput, { requestId, extraMs }: { requestId: string; extraMs: number }): Promise<Reply> {
    const exchange = new Exchange(requestId);
    const id = ++this.#lastId;
    if (!this.isUsable) exchange.settle({ type: "failed", reason: "crashed", message: this.#endReason });
    else {
      this.#open.set(id, exchange);
      if (this.#open.size > 1) for (const each of this.#open.values()) each.isShared = true;
      this.#watch(id, exchange, this.#options.limits.timeMs + GRACE_MS + extraMs);
      this.#write({ ...frame, id });
    }
    return exchange.reply;
  }

  /** What the process and its engine took to start is over; the program has its own time now. */
  #begin(id: number): void {
    const exchange = this.#open.get(id);
    if (exchange === undefined || exchange.hasBegun) return;
    exchange.hasBegun = true;
    exchange.stopWatching();
    this.#watch(id, exchange, this.#options.limits.timeMs + GRACE_MS);
  }

  /** Kills the process when an invocation outlives its time: the child should have ended it long before. */
  #watch(id: number, exchange: Exchange, waitMs: number): void {
    exchange.stopWatching = this.#clock.after(waitMs, () => {
      // Turns of others are not its own time (`child/guest-turns.ts`), up to as much again.
      if (exchange.isShared && !exchange.isExtended) {
        exchange.isExtended = true;
        this.#watch(id, exchange, this.#options.limits.timeMs);
        return;
      }
      exchange.settle({ type: "failed", reason: "time", message: "killed" });
      void this.kill("time limit");
    });
  }

  #receive(read: () => Frame[]): void {
    try {
      for (const frame of read()) this.#take(frame);
    } catch {
      this.#breach();
    }
  }

  #take(frame: Frame): void {
    const { type, id, json, body } = frame;
    if (type === frameTypes.log) this.#takeLog(frame);
    else if (type === frameTypes.output) this.#collect(body);
    else if (type === frameTypes.leaving) this.#leave();
    else if (type === frameTypes.begun) this.#begin(id);
    else if (type === frameTypes.ready) this.#settle(id, { type: "ready" });
    else if (type === frameTypes.response) {
      this.#settle(id, { type: "response", json, body }, hasOwn(json, "isOpen") && json.isOpen === true);
    } else if (type === frameTypes.ended) this.#close(id);
    else if (type === frameTypes.finished) {
      this.#settle(id, { type: "finished", exitCode: toExitCode(json), output: this.#takeOutput() });
    } else if (type === frameTypes.failed) this.#settle(id, toFailure(json));
    else if (type === frameTypes.ask) this.#takeAsk(frame);
    else this.#breach();
  }

  #takeLog({ id, json }: Frame): void {
    const text = hasOwn(json, "text") ? json.text : undefined;
    const named = hasOwn(json, "level") ? json.level : undefined;
    const level = LEVELS.find((known) => known === named);
    if (typeof text !== "string" || level === undefined) {
      this.#breach();
      return;
    }
    this.#options.onLog({ level, text, requestId: this.#open.get(id)?.requestId ?? "" });
  }

  #takeAsk({ id, json, body }: Frame): void {
    const exchange = this.#open.get(id);
    const ask = hasOwn(json, "ask") ? json.ask : undefined;
    const kind = hasOwn(json, "kind") ? json.kind : undefined;
    const meta = hasOwn(json, "meta") ? json.meta : undefined;
    if (typeof ask !== "number" || typeof kind !== "string") {
      this.#breach();
      return;
    }
    // The invocation ended while its question was on the way.
    if (exchange === undefined) return;
    if (++exchange.questions > QUESTIONS_PER_INVOCATION) {
      this.#breach();
      return;
    }
    const { requestId, signal } = exchange;
    this.#options.onAsk({ kind, meta, body, requestId, signal }).then(
      (reply) => this.#reply(ask, true, reply),
      (error: unknown) => this.#reply(ask, false, { meta: forProgram(error) }),
    );
  }

  #reply(ask: number, isGood: boolean, { meta, body }: { meta: unknown; body?: Uint8Array }): void {
    this.#write({ type: frameTypes.answer, json: { ask, isGood, meta }, ...(body === undefined ? {} : { body }) });
  }

  #collect(part: Uint8Array): void {
    this.#outputBytes += part.length;
    if (this.#outputBytes <= this.#options.limits.outputBytes) this.#output.push(part);
    else this.#breach();
  }

  #takeOutput(): Uint8Array {
    const output = new Uint8Array(Buffer.concat(this.#output));
    this.#output = [];
    this.#outputBytes = 0;
    return output;
  }

  #leave(): void {
    this.#isLeaving = true;
    this.#clock.after(LEAVE_MS, () => void this.kill("did not leave"));
  }

  /** The child broke the rules of the conversation: whatever runs there is not our program any more. */
  #breach(): void {
    void this.kill("broke the protocol");
  }

  #settle(id: number, reply: Reply, staysOpen = false): void {
    this.#open.get(id)?.settle(reply);
    if (!staysOpen) this.#close(id);
  }

  #close(id: number): void {
    const exchange = this.#open.get(id);
    this.#open.delete(id);
    exchange?.close();
    this.#options.onChange();
  }

  /** With one invocation open the death is its own doing; with several nobody knows whose. */
  #finish(): void {
    this.#hasEnded = true;
    this.#stopWatchingMemory();
    for (const exchange of this.#open.values()) {
      const reason = exchange.isShared ? "interrupted" : "crashed";
      exchange.settle({ type: "failed", reason, message: this.#endReason });
      exchange.close();
    }
    this.#open.clear();
    this.#options.onChange();
  }
}

/** An error in words that tell a program nothing about this machine: `CODE: words` when it is one of ours. */
function forProgram(error: unknown): string {
  return error instanceof DsdnError ? `${error.code}: ${error.message}` : "the runtime failed";
}

function toFailure(json: unknown): Reply {
  const reason = hasOwn(json, "reason") && typeof json.reason === "string" ? json.reason : "crashed";
  const message = hasOwn(json, "message") && typeof json.message === "string" ? json.message : "";
  return { type: "failed", reason, message };
}

function toExitCode(json: unknown): number {
  const code = hasOwn(json, "exitCode") ? json.exitCode : 1;
  return typeof code === "number" && Number.isInteger(code) && code >= 0 && code <= 255 ? code : 1;
}
