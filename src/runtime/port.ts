import type { PackageManifest, WorkloadKind, WorkloadMode, WorkloadSpec } from "../protocol/index.ts";

/** Reads one file of a package that was verified against its manifest; undefined when the package has none. */
export type PackageFiles = (path: string) => Promise<Uint8Array | undefined>;

export interface LoadInput {
  /** Names the workload in handles, logs and errors. One workload is loaded at most once. */
  readonly workload: string;
  readonly manifest: PackageManifest;
  readonly spec: WorkloadSpec;
  readonly files: PackageFiles;
  /**
   * What the program finds in its environment: the spec's plain values and the secrets opened for this node, sorted by
   * name, each name once. Secret: it goes to the guest and nowhere else, no log, no error, no file, no argument list.
   */
  readonly env: readonly EnvValue[];
  /** What the program is started with, beside its own name. As secret as `env`. */
  readonly args: readonly string[];
  /** What `dsdn:storage` does for the program; absent where there is none. */
  readonly storage?: GuestStorage;
}

/**
 * The storage of one deployment, and the objects it was granted. Names and ids come from the program and are checked
 * here. Errors are DsdnError; the program sees their code and text.
 */
export interface GuestStorage {
  /** Files of a granted object. @throws when it is not granted */
  files(object: string): Promise<readonly { readonly path: string; readonly size: number }[]>;
  /** One file of a granted object; without a path its only or first file. */
  read(object: string, path: string | undefined): Promise<Uint8Array>;
  /** What was last put under the name, or undefined. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Keeps the bytes under the name, in place of what was there. Resolves when the log has it. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Forgets the name. Idempotent. */
  remove(name: string): Promise<void>;
  /** Names in order, with sizes in bytes. */
  list(): Promise<readonly { readonly name: string; readonly size: number }[]>;
}

export interface EnvValue {
  readonly name: string;
  readonly value: string;
}

/** A loaded workload. Opaque: made by `load`, given back to the other methods. */
export interface WorkloadHandle {
  readonly workload: string;
}

export interface GuestRequest {
  readonly method: string;
  /** Absolute URL as the client wrote it. */
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** Stands on the log lines this request causes. */
  readonly requestId: string;
}

/** An answer checked by the runtime: status 200-599, header names and values fit for HTTP, body within its bound. */
export interface GuestResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly wallMs: number;
}

export interface BatchResult {
  readonly output: Uint8Array;
  /** 0..255, as the program set it; 0 unless it said otherwise. */
  readonly exitCode: number;
  readonly wallMs: number;
}

/** One line a workload wrote. `text` holds no control characters: it may go to a terminal as it is. */
export interface GuestLogLine {
  /** Rises by one a line, from 1, over the life of the handle. */
  readonly sequence: number;
  readonly timeMs: number;
  readonly stream: "stdout" | "stderr";
  /** `debug` and `info` were written to standard output, `warn` and `error` to standard error. */
  readonly level: "debug" | "info" | "warn" | "error";
  readonly requestId: string;
  readonly text: string;
}

export interface WorkloadDescription {
  readonly workload: string;
  readonly kind: WorkloadKind;
  readonly mode: WorkloadMode;
  readonly engine: { readonly name: string; readonly version: string; readonly sha256: string };
  readonly isolation: "child-process";
  /** This tier proves nothing about its results and signs no execution commitment. */
  readonly verification: "none";
  /** `restarting`: it died several times in a row and the next start is held back. */
  readonly state: "ready" | "idle" | "restarting" | "stopped";
  /** How often the process was started again after it died or was stopped by a limit. */
  readonly restarts: number;
  /** Of the first process. */
  readonly processId: number | undefined;
  /** Processes that run now. */
  readonly instances: number;
  /** Requests being worked on. */
  readonly inFlight: number;
  /** Requests that wait for a place. */
  readonly waiting: number;
  /** Milliseconds until a program that keeps dying is started again; 0 when nothing is held back. */
  readonly startsInMs: number;
}

/**
 * Runs workloads. Every method throws only DsdnError. After any failure of a call the handle stays usable: a process
 * that died is started again, ever later while it keeps dying. `run` is never retried, because a workload may have acted
 * already; `call` is retried once, for GET and HEAD, when another request ended the process they shared.
 */
export interface WorkloadRuntime {
  /**
   * Starts the workload and resolves when it can answer.
   * @throws DSDN_RUNTIME_BUNDLE_INVALID, _ENTRY_MISSING, _LIMITS_INVALID, _TIME_LIMIT, _MEMORY_LIMIT, _GUEST_THREW
   */
  load(input: LoadInput): Promise<WorkloadHandle>;
  /**
   * Answers one request of a service. Requests that find no place wait in the order they came, up to a bound.
   * @throws DSDN_RUNTIME_BUSY with `retryAfterSeconds`, _INTERRUPTED, _TIME_LIMIT, _MEMORY_LIMIT, _OUTPUT_LIMIT, ...
   */
  call(handle: WorkloadHandle, request: GuestRequest): Promise<GuestResponse>;
  /** Runs a batch once, in a process of its own. */
  run(handle: WorkloadHandle, stdin: Uint8Array): Promise<BatchResult>;
  /** Kept lines with a sequence above `after`, oldest first. The oldest lines are forgotten when the bound is reached. */
  readLogs(handle: WorkloadHandle, after?: number): readonly GuestLogLine[];
  describe(handle: WorkloadHandle): WorkloadDescription;
  /** Takes no request any more, lets those begun end within a bound, ends the processes. Idempotent. */
  stop(handle: WorkloadHandle): Promise<void>;
  /** Stops every workload. Idempotent. */
  close(): Promise<void>;
}
