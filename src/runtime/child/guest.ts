import type { GuestFailure, GuestLimits } from "./frames.ts";

/** How an invocation of the guest ended. */
export type GuestOutcome =
  | {
      readonly type: "response";
      readonly meta: string;
      readonly body: Uint8Array;
      /** Resolves when what the program still does for this request is over; absent when it does nothing more. */
      readonly background?: Promise<void>;
    }
  | { readonly type: "finished"; readonly exitCode: number }
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly failure: GuestFailure };

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Where a guest's lines, the output of a batch run and the questions of code that cannot be suspended go. */
export interface GuestSinks {
  log(stream: "stdout" | "stderr", text: string): void;
  output(bytes: Uint8Array): void;
  /** As `Invocation.ask` of the invocation that goes on, holding the thread until the answer is there. */
  askNow(kind: string, meta: unknown, body: Uint8Array): AskReply;
}

/** One load, request or run, as the guest sees it. */
export interface Invocation {
  /** Rises by one an invocation, from 1. */
  readonly id: number;
  /** A line of this invocation; `debug` and `info` are standard output. */
  log(level: LogLevel, text: string): void;
  /**
   * Asks the parent process for something the guest cannot do itself.
   * @throws Error with a text for the program when it is refused or fails.
   */
  ask(kind: string, meta: unknown, body: Uint8Array): Promise<AskReply>;
}

export interface AskReply {
  readonly meta: unknown;
  readonly body: Uint8Array;
}

/** What one guest is made of; it came with the frames before and with the load frame. */
export interface GuestSource {
  readonly mode: "service" | "batch";
  readonly limits: GuestLimits;
  /** What the engine's other half in the parent process says to it. */
  readonly settings: unknown;
  /** Named bytes: an engine, files of the package. A guest takes out what it needs no more. */
  readonly parts: Map<string, Uint8Array>;
  /** The program, as it lies in the package. */
  readonly code: Uint8Array;
}

/**
 * One program on one engine. Its methods resolve also when the program fails. They are called one after another, but
 * for `call` of a guest that takes several requests at once.
 */
export interface Guest {
  /** True when `call` may be called again before the last one resolved. */
  readonly isConcurrent?: boolean;
  /** True when code was cut off or trapped inside: its data may be half written, so it serves no further request. */
  readonly isSpent: boolean;
  /** Prepares a service to answer requests. Not called for a batch. */
  load(invocation: Invocation): Promise<GuestOutcome>;
  /** Answers one request; `meta` is {method, url, headers}. */
  call(meta: unknown, body: Uint8Array, invocation: Invocation): Promise<GuestOutcome>;
  /** Runs a batch with `input` as its standard input. */
  run(input: Uint8Array, invocation: Invocation): Promise<GuestOutcome>;
}

/** An engine of the child process. */
export type GuestEngine = (source: GuestSource, sinks: GuestSinks) => Promise<Guest>;
