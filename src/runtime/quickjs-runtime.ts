import { fail, systemDisk } from "../base/index.ts";
import { quickjsEngine } from "./child/engine.ts";
import { runtimeErrors } from "./errors.ts";
import type { GuestProgram } from "./guest-child.ts";
import { findGuestProgram, findQuickjs } from "./guest-program.ts";
import { createGuestRuntime, type GuestRuntimeDeps, type GuestRuntimeOptions } from "./guest-runtime.ts";
import type { WorkloadRuntime } from "./port.ts";

/** What QuickJS takes besides the guest's heap: its stack, its data, fragmentation of the last growth step. */
const ENGINE_BYTES = 48 * 1024 * 1024;
/** Requests that may wait in one context at the same time. */
const CONCURRENCY = 8;

/**
 * A runtime that runs `js` packages on the pinned QuickJS engine, each workload in a child process of its own with
 * capped memory. The engine is read on the first `load`.
 */
export function createQuickjsRuntime(options: GuestRuntimeOptions, deps: GuestRuntimeDeps): WorkloadRuntime {
  let program: Promise<GuestProgram> | undefined;
  const findProgram = async (): Promise<GuestProgram> => {
    const disk = systemDisk();
    const { engine, packages } = await findQuickjs(disk);
    const child = await findGuestProgram({ childEntry: options.childEntry, packages }, disk);
    const parts = new Map([["engine", engine]]);
    return { ...child, engine: "quickjs", parts, engineBytes: ENGINE_BYTES, isGeneral: true };
  };
  return createGuestRuntime(
    {
      kind: "js",
      engine: quickjsEngine,
      concurrency: CONCURRENCY,
      async prepare(input, code) {
        checkText(code);
        program ??= findProgram();
        return {
          program: await program,
          settings: { env: Object.fromEntries(input.env.map(({ name, value }) => [name, value])), args: input.args },
        };
      },
    },
    options,
    deps,
  );
}

/** QuickJS reads source text; anything but UTF-8 is refused before a process is started. */
function checkText(code: Uint8Array): void {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(code);
  } catch (error) {
    throw fail(runtimeErrors.bundleInvalid, { reason: "its code is not UTF-8 text" }, { cause: error });
  }
}
