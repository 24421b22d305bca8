import { fail, systemDisk } from "../base/index.ts";
import { limits } from "../protocol/index.ts";
import type { WasiSettings } from "./child/wasi/wasi-guest.ts";
import { runtimeErrors } from "./errors.ts";
import type { GuestProgram } from "./guest-child.ts";
import { findGuestProgram } from "./guest-program.ts";
import { createGuestRuntime, type GuestRuntimeDeps, type GuestRuntimeOptions } from "./guest-runtime.ts";
import type { LoadInput, WorkloadRuntime } from "./port.ts";
import { admitModule } from "./wasm/admit-module.ts";

/**
 * A runtime for core WebAssembly modules with WASI preview 1. A module is admitted by rule before a process is started;
 * V8 in the child then validates and compiles it.
 */
export function createWasiRuntime(options: GuestRuntimeOptions, deps: GuestRuntimeDeps): WorkloadRuntime {
  let child: Promise<Pick<GuestProgram, "childEntry" | "readablePaths">> | undefined;
  return createGuestRuntime(
    {
      kind: "wasi",
      engine: { name: "v8-wasm", version: process.versions.v8, sha256: "" },
      async prepare(input, code) {
        const { memoryBytes } = input.spec.limits;
        const shape = admitModule(code, { memoryBytes, mode: input.manifest.mode });
        const parts = await readMountedFiles(input);
        child ??= findGuestProgram(
          { childEntry: options.childEntry, packages: ["@bjorn3/browser_wasi_shim"] },
          systemDisk(),
        );
        const { env, args } = input;
        const settings: WasiSettings = { shape, name: input.manifest.entry ?? "", args, env };
        return { program: { ...(await child), engine: "wasi", parts, engineBytes: 0 }, settings };
      },
    },
    options,
    deps,
  );
}

/** The files that lie in the folder of the program or below it, but not the program itself. @throws DSDN_RUNTIME_BUNDLE_INVALID */
async function readMountedFiles({ manifest, files }: LoadInput): Promise<ReadonlyMap<string, Uint8Array>> {
  const { entry } = manifest;
  const folder = entry === null ? "" : entry.slice(0, entry.lastIndexOf("/") + 1);
  const mounted = manifest.files.filter(({ path }) => path !== entry && path.startsWith(folder));
  const bytes = mounted.reduce((sum, { size }) => sum + size, 0);
  const { programFiles, programFilesBytes } = limits;
  if (mounted.length > programFiles || bytes > programFilesBytes) {
    const reason = `it brings ${mounted.length} files of ${bytes} bytes, at most ${programFiles} of ${programFilesBytes} are mounted`;
    throw fail(runtimeErrors.bundleInvalid, { reason });
  }
  const parts = new Map<string, Uint8Array>();
  for (const { path } of mounted) {
    const content = await files(path);
    if (content === undefined) throw fail(runtimeErrors.bundleInvalid, { reason: `${path} is not in the package` });
    parts.set(path.slice(folder.length), content);
  }
  return parts;
}
