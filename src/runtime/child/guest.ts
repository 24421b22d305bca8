import type { GuestFailure, GuestLimits } from "./frames.ts";

/** How an invocation of the guest ended. */
export type GuestOutcome =
  | { readonly type: "response"; readonly meta: string; readonly body: Uint8Array }
  | { readonly type: "finished"; readonly exitCode: number }
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly failure: GuestFailure };

/** Where a guest's lines and the output of a batch run go. */
export interface GuestSinks {
  log(stream: "stdout" | "stderr", text: string): void;
  output(bytes: Uint8Array): void;
}

/** What one guest is made of; it came with the frames before and with the load frame. */
export interface GuestSource {
  readonly mode: "service" | "batch";
  readonly limits: GuestLimits;
  /** What the engine's other half in the parent process says to it. */
  readonly settings: unknown;
  /** Named bytes: an engine, files of the package. */
  readonly parts: ReadonlyMap<string, Uint8Array>;
  /** The program, as it lies in the package. */
  readonly code: Uint8Array;
}

/** One program on one engine. Its methods are called one after another and resolve also when the program fails. */
export interface Guest {
  /** True when code was cut off or trapped inside: its data may be half written, so it serves no further request. */
  readonly isSpent: boolean;
  /** Prepares a service to answer requests. Not called for a batch. */
  load(): Promise<GuestOutcome>;
  /** Answers one request; `meta` is {method, url, headers}. */
  call(meta: unknown, body: Uint8Array): Promise<GuestOutcome>;
  /** Runs a batch with `input` as its standard input. */
  run(input: Uint8Array): Promise<GuestOutcome>;
}

/** An engine of the child process. */
export type GuestEngine = (source: GuestSource, sinks: GuestSinks) => Promise<Guest>;
