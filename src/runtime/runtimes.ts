import { fail } from "../base/index.ts";
import type { WorkloadKind } from "../protocol/index.ts";
import { runtimeErrors } from "./errors.ts";
import type { GuestRuntimeDeps, GuestRuntimeOptions } from "./guest-runtime.ts";
import type { WorkloadHandle, WorkloadRuntime } from "./port.ts";

/** The kinds that have a program to run. A `static` package has none. */
type ProgramKind = Exclude<WorkloadKind, "static">;

/**
 * One runtime for every kind of program: the engine is chosen by the package's kind and made when the first package of
 * that kind is loaded.
 */
export function createRuntimes(options: GuestRuntimeOptions, deps: GuestRuntimeDeps): WorkloadRuntime {
  const makers: Partial<Record<ProgramKind, () => Promise<WorkloadRuntime>>> = {
    js: async () => (await import("./quickjs-runtime.ts")).createQuickjsRuntime(options, deps),
    model: async () => (await import("./model-runtime.ts")).createModelRuntime(options, deps),
    python: async () => (await import("./python/python-runtime.ts")).createPythonRuntime(options, deps),
    component: async () => (await import("./component-runtime.ts")).createComponentRuntime(options, deps),
    wasi: async () => (await import("./wasi-runtime.ts")).createWasiRuntime(options, deps),
  };
  const made = new Map<ProgramKind, Promise<WorkloadRuntime>>();
  const owners = new Map<WorkloadHandle, WorkloadRuntime>();

  const runtimeOf = (kind: WorkloadKind): Promise<WorkloadRuntime> => {
    const make = kind === "static" ? undefined : makers[kind];
    if (kind === "static" || make === undefined) {
      throw fail(runtimeErrors.limitsInvalid, { reason: `nothing here runs a ${kind} package` });
    }
    const runtime = made.get(kind) ?? make();
    made.set(kind, runtime);
    // An engine that could not be made may be there the next time.
    runtime.catch(() => made.delete(kind));
    return runtime;
  };

  const ownerOf = (handle: WorkloadHandle): WorkloadRuntime => {
    const runtime = owners.get(handle);
    if (runtime === undefined) throw fail(runtimeErrors.notLoaded, { workload: handle.workload });
    return runtime;
  };

  return {
    async load(input) {
      const runtime = await runtimeOf(input.manifest.kind);
      const handle = await runtime.load(input);
      owners.set(handle, runtime);
      return handle;
    },
    call: async (handle, request) => ownerOf(handle).call(handle, request),
    run: async (handle, stdin) => ownerOf(handle).run(handle, stdin),
    readLogs: (handle, after) => ownerOf(handle).readLogs(handle, after),
    describe: (handle) => ownerOf(handle).describe(handle),
    async stop(handle) {
      const runtime = owners.get(handle);
      owners.delete(handle);
      await runtime?.stop(handle);
    },
    async close() {
      owners.clear();
      const runtimes = await Promise.allSettled(made.values());
      await Promise.all(runtimes.map((each) => (each.status === "fulfilled" ? each.value.close() : undefined)));
    },
  };
}
