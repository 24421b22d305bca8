import { type ChildProcess, spawn } from "node:child_process";
import type { GuestEngineName } from "./child/engines.ts";
import type { GuestLimits } from "./child/frames.ts";

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
  /** True when nothing here is of one package: the child may start, and its engine with it, before there is one. */
  readonly isGeneral?: boolean;
}

/** What decides how a child is started. */
export interface ChildNeeds {
  readonly program: GuestProgram;
  readonly limits: GuestLimits;
}

/** A child that holds no guest yet. */
export interface GuestChild {
  readonly process: ChildProcess;
  /** True when the parts of the program were handed over. */
  readonly hasParts: boolean;
}

const PAGE_BYTES = 65536;
/** Node, the code it compiles for an engine, and frames that are being read or written. */
const NODE_BYTES = 384 * 1024 * 1024;

/**
 * Starts a child. It gets no environment, no rights to files but its own code, to child processes, workers or native
 * modules, and a cap on every kind of memory. Node's permission model has no switch for sockets; the guest's own wall
 * (WASM) has no import for them.
 */
export function startChild(needs: ChildNeeds): ChildProcess {
  const child = spawn(process.execPath, childArguments(needs), { env: {}, stdio: ["pipe", "pipe", "ignore"] });
  // A child that cannot be started, or dies while we write to it, is reported by its end.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  return child;
}

/** The arguments Node is started with; children of the same arguments live under the same caps. */
export function childArguments({ program, limits }: ChildNeeds): readonly string[] {
  return [
    "--permission",
    ...program.readablePaths.map((path) => `--allow-fs-read=${path}`),
    "--disable-warning=ExperimentalWarning",
    "--disallow-code-generation-from-strings",
    `--wasm-max-mem-pages=${Math.ceil((limits.memoryBytes + program.engineBytes) / PAGE_BYTES)}`,
    `--max-old-space-size=${heapMiBOf(limits)}`,
    ...(program.nodeFlags ?? []),
    program.childEntry,
  ];
}

/** What the whole process may hold: the caps of its parts, and Node itself with compiled code and buffers on their way. */
export function residentBound({ program, limits }: ChildNeeds): number {
  return limits.memoryBytes + program.engineBytes + heapMiBOf(limits) * 2 ** 20 + NODE_BYTES;
}

function heapMiBOf(limits: GuestLimits): number {
  return 64 + Math.ceil((limits.outputBytes * 4) / 2 ** 20);
}
