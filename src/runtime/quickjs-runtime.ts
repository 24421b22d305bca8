import { type Clock, fail, systemDisk } from "../base/index.ts";
import { limits as bounds, type WorkloadMode } from "../protocol/index.ts";
import { quickjsEngine } from "./child/engine.ts";
import { runtimeErrors } from "./errors.ts";
import { findGuestProgram } from "./guest-program.ts";
import type { GuestLogLine, LoadInput, WorkloadHandle, WorkloadRuntime } from "./port.ts";
import { Workload } from "./workload.ts";

export interface QuickjsRuntimeOptions {
  /** The child's program; unless said `child/main.ts` beside this file or what the build made of it. */
  readonly childEntry?: string | URL;
  /** Bytes of log kept for each workload. */
  readonly keptLogBytes?: number;
  /** Requests that may wait behind the one being answered. */
  readonly maxWaiting?: number;
}

export interface QuickjsRuntimeDeps {
  readonly clock: Clock;
  /** Gets every log line as it comes. */
  readonly onLog?: (workload: string, line: GuestLogLine) => void;
}

const KEPT_LOG_BYTES = 512 * 1024;
const MAX_WAITING = 64;

/**
 * A runtime that runs `js` and `batch` packages on the pinned QuickJS engine, each workload in a child process of its
 * own with capped memory. The engine is read on the first `load`.
 */
export function createQuickjsRuntime(options: QuickjsRuntimeOptions, deps: QuickjsRuntimeDeps): WorkloadRuntime {
  const workloads = new Map<WorkloadHandle, Workload>();
  let program: ReturnType<typeof findGuestProgram> | undefined;

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
      const { mode, entry } = checkInput(input);
      const code = await input.files(entry);
      if (code === undefined) throw fail(runtimeErrors.bundleInvalid, { reason: `${entry} is not in the package` });
      checkText(code);
      program ??= findGuestProgram(options.childEntry, systemDisk());
      const workload = new Workload(
        {
          workload: input.workload,
          mode,
          entry,
          code,
          limits: { ...input.spec.limits, logLineBytes: bounds.logLineBytes },
          program: await program,
          keptLogBytes: options.keptLogBytes ?? KEPT_LOG_BYTES,
          maxWaiting: options.maxWaiting ?? MAX_WAITING,
        },
        { clock: deps.clock, onLog: deps.onLog ?? (() => {}) },
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
      const { options: loaded, state, restarts, processId } = find(handle);
      const fixed = { engine: quickjsEngine, isolation: "child-process", verification: "none" } as const;
      return { workload: handle.workload, kind: "js", mode: loaded.mode, ...fixed, state, restarts, processId };
    },
    stop,
    async close() {
      await Promise.all([...workloads.keys()].map(stop));
    },
  };
}

/** Kind and entry of a package this runtime can run. */
function checkInput({ manifest, spec }: LoadInput): { mode: WorkloadMode; entry: string } {
  const [packed, ordered] = [manifest, spec].map(({ kind, mode }) => `${kind} ${mode}`);
  if (packed !== ordered) {
    throw fail(runtimeErrors.limitsInvalid, { reason: `the package is a ${packed}, the order says ${ordered}` });
  }
  if (manifest.kind !== "js" || manifest.entry === null) {
    throw fail(runtimeErrors.limitsInvalid, { reason: `a ${manifest.kind} package has no program for it` });
  }
  const entry = manifest.entry;
  if (!manifest.files.some((file) => file.path === entry)) {
    throw fail(runtimeErrors.bundleInvalid, { reason: `${entry} is not in the manifest` });
  }
  return { mode: manifest.mode, entry };
}

/** QuickJS reads source text; anything but UTF-8 is refused before a process is started. */
function checkText(code: Uint8Array): void {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(code);
  } catch (error) {
    throw fail(runtimeErrors.bundleInvalid, { reason: "its code is not UTF-8 text" }, { cause: error });
  }
}
