import { type Clock, fail } from "../base/index.ts";
import { limits as bounds, type WorkloadKind, type WorkloadMode } from "../protocol/index.ts";
import { runtimeErrors } from "./errors.ts";
import type { GuestProgram } from "./guest-child.ts";
import type { OutboundNetwork } from "./outbound/network.ts";
import type { GuestLogLine, LoadInput, WorkloadDescription, WorkloadHandle, WorkloadRuntime } from "./port.ts";
import { createQuestions } from "./questions.ts";
import type { SpareChildren } from "./spare-children.ts";
import { Workload } from "./workload.ts";

export interface GuestRuntimeOptions {
  /** The child's program; unless said `child/main.ts` beside this file or what the build made of it. */
  readonly childEntry?: string | URL;
  /** Where an engine may keep what makes its start short, and nothing of any program; absolute. */
  readonly cacheFolder?: string;
  /** Bytes of log kept for each workload. */
  readonly keptLogBytes?: number;
  /** Requests that may wait for a place. */
  readonly maxWaiting?: number;
  /** Processes of one workload at most; fewer where their memory would add up to more than a workload may have. */
  readonly maxInstances?: number;
}

export interface GuestRuntimeDeps {
  readonly clock: Clock;
  /** Gets every log line as it comes. */
  readonly onLog?: (workload: string, line: GuestLogLine) => void;
  /** How `fetch` of programs leaves; the machine's network unless said. */
  readonly network?: OutboundNetwork;
  /** Children that are started ahead, for this runtime and others of the process; none unless said. */
  readonly spares?: SpareChildren;
}

/** What one kind of program needs besides a process: its half of the conversation with an engine of the child. */
export interface GuestKind {
  readonly kind: WorkloadKind;
  /** Requests one process works on at the same time; 1 unless the engine lets them take turns. */
  readonly concurrency?: number;
  readonly engine: WorkloadDescription["engine"];
  /**
   * Checks the program before any process is started and says how to run it.
   *
   * @param code - the bytes of the package's entry.
   * @throws DSDN_RUNTIME_BUNDLE_INVALID and what else the kind refuses.
   */
  prepare(input: LoadInput, code: Uint8Array): Promise<PreparedGuest>;
}

export interface PreparedGuest {
  readonly program: GuestProgram;
  /** Read by the engine in the child, as JSON. */
  readonly settings: unknown;
  /** What runs instead of the entry's bytes, when the kind translates them. */
  readonly code?: Uint8Array;
}

const KEPT_LOG_BYTES = 512 * 1024;
const MAX_WAITING = 64;
const MAX_INSTANCES = 4;

/** A runtime for one kind of program, each workload in a child process of its own with capped memory. */
export function createGuestRuntime(
  guestKind: GuestKind,
  options: GuestRuntimeOptions,
  deps: GuestRuntimeDeps,
): WorkloadRuntime {
  const workloads = new Map<WorkloadHandle, Workload>();

  const find = (handle: WorkloadHandle): Workload => {
    const workload = workloads.get(handle);
    if (workload === undefined) throw fail(runtimeErrors.notLoaded, { workload: handle.workload });
    return workload;
  };

  const stop = async (handle: WorkloadHandle): Promise<void> => {
    const workload = workloads.get(handle);
    workloads.delete(handle);
    await workload?.stop();
  };

  return {
    async load(input) {
      const { mode, entry } = checkInput(input, guestKind.kind);
      const code = await input.files(entry);
      if (code === undefined) throw fail(runtimeErrors.bundleInvalid, { reason: `${entry} is not in the package` });
      const workload = new Workload(
        {
          workload: input.workload,
          mode,
          entry,
          code,
          ...(await guestKind.prepare(input, code)),
          limits: { ...input.spec.limits, logLineBytes: bounds.logLineBytes },
          keptLogBytes: options.keptLogBytes ?? KEPT_LOG_BYTES,
          maxWaiting: options.maxWaiting ?? MAX_WAITING,
          concurrency: guestKind.concurrency ?? 1,
          instances: countInstances(input.spec.limits.memoryBytes, options.maxInstances ?? MAX_INSTANCES),
        },
        {
          clock: deps.clock,
          onLog: deps.onLog ?? (() => {}),
          onAsk: createQuestions(input, deps),
          ...(deps.spares === undefined ? {} : { spares: deps.spares }),
        },
      );
      const handle: WorkloadHandle = { workload: input.workload };
      workloads.set(handle, workload);
      try {
        await workload.start();
      } catch (error) {
        await stop(handle);
        throw error;
      }
      return handle;
    },
    call: async (handle, request) => find(handle).call(request),
    run: async (handle, stdin) => find(handle).run(stdin),
    readLogs: (handle, after = 0) => find(handle).readLogs(after),
    describe(handle) {
      const found = find(handle);
      const { kind, engine } = guestKind;
      const fixed = { kind, engine, isolation: "child-process", verification: "none" } as const;
      return { workload: handle.workload, mode: found.options.mode, ...fixed, ...found.describe() };
    },
    stop,
    async close() {
      await Promise.all([...workloads.keys()].map(stop));
      // Last, as a program that was just starting asks for the next spare.
      await deps.spares?.clear();
    },
  };
}

/** As many processes as together stay within the most memory a workload may have; at least one. */
function countInstances(memoryBytes: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(bounds.workloadMemoryBytes / memoryBytes)));
}

/** Mode and entry of a package this kind of runtime can run. */
function checkInput({ manifest, spec }: LoadInput, kind: WorkloadKind): { mode: WorkloadMode; entry: string } {
  const [packed, ordered] = [manifest, spec].map((each) => `${each.kind} ${each.mode}`);
  if (packed !== ordered) {
    throw fail(runtimeErrors.limitsInvalid, { reason: `the package is a ${packed}, the order says ${ordered}` });
  }
  if (manifest.kind !== kind || manifest.entry === null) {
    throw fail(runtimeErrors.limitsInvalid, { reason: `a ${manifest.kind} package has no program for it` });
  }
  const entry = manifest.entry;
  if (!manifest.files.some((file) => file.path === entry)) {
    throw fail(runtimeErrors.bundleInvalid, { reason: `${entry} is not in the manifest` });
  }
  return { mode: manifest.mode, entry };
}
