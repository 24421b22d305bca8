import { fail, systemDisk } from "../base/index.ts";
import { type EnginePackage, readEnginePackage } from "./engine-package.ts";
import { runtimeErrors } from "./errors.ts";
import { findGuestProgram } from "./guest-program.ts";
import { createGuestRuntime, type GuestRuntimeDeps, type GuestRuntimeOptions } from "./guest-runtime.ts";
import type { LoadInput, WorkloadRuntime } from "./port.ts";

/** The pinned interpreter: CPython 3.14 as WASM. */
const pythonEngine = {
  name: "pyodide",
  version: "314.0.7",
  sha256: "4a2d06d74e96d6469bb5f8abb804b09757598e918623e065871667a5e04c3c0b",
} as const;

const enginePackage: EnginePackage = {
  ...pythonEngine,
  kind: "python",
  files: ["pyodide.asm.wasm", "pyodide.asm.mjs", "pyodide.mjs", "python_stdlib.zip"],
};
/** What the loader wants to know of packages it could fetch: that it is the right list, and that it is empty. */
const LOCK = {
  info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", python: "3.14.2" },
  packages: {},
};
/** The interpreter's memory after its boot is 30 MiB. */
const ENGINE_BYTES = 64 * 1024 * 1024;
/** The files of a project lie below this folder of its package; a program that is one file lies beside it. */
const PACKED_FOLDER = "program/";
/** Where the program finds them. */
const FOLDER = "app";
const MAX_FILES = 5_000;
const MAX_FILES_BYTES = 64 * 1024 * 1024;
/** All files the program keeps in memory, its own package included. */
const FILE_SYSTEM_BYTES = 2 * MAX_FILES_BYTES;
/** Every run begins at this moment: 2026-01-01T00:00:00Z. */
const START_MS = 1_767_225_600_000;

/**
 * A runtime that runs `python` packages on the pinned Pyodide, each workload in a child process of its own. The same
 * package, input and environment give the same output on every machine: clock, hash seed and randomness are fixed.
 */
export function createPythonRuntime(options: GuestRuntimeOptions, deps: GuestRuntimeDeps): WorkloadRuntime {
  let found: ReturnType<typeof readEnginePackage> | undefined;
  return createGuestRuntime(
    {
      kind: "python",
      engine: pythonEngine,
      async prepare(input, _code) {
        const disk = systemDisk();
        const { entry, files } = await readProgram(input);
        found ??= readEnginePackage(enginePackage, disk);
        found.catch(() => {
          found = undefined;
        });
        const engine = [...(await found).files].map(([name, bytes]) => [`engine/${name}`, bytes] as const);
        const parts = new Map([...engine, ...files]);
        const child = await findGuestProgram({ childEntry: options.childEntry, packages: [] }, disk);
        const nodeFlags = ["--experimental-vm-modules"];
        return {
          program: { ...child, engine: "python", parts, engineBytes: ENGINE_BYTES, nodeFlags },
          settings: {
            entry,
            folder: `/${FOLDER}`,
            env: Object.fromEntries(input.env.map(({ name, value }) => [name, value])),
            args: input.args,
            lock: JSON.stringify(LOCK),
            files: [...files.keys()],
            startMs: START_MS,
            fileBytes: FILE_SYSTEM_BYTES,
          },
        };
      },
    },
    options,
    deps,
  );
}

/** The program's files by the path it finds them at, in the manifest's order. */
async function readProgram(
  input: LoadInput,
): Promise<{ readonly entry: string; readonly files: ReadonlyMap<string, Uint8Array> }> {
  const packed = input.manifest.entry ?? "";
  const prefix = packed.startsWith(PACKED_FOLDER) ? PACKED_FOLDER : "";
  const listed = input.manifest.files.filter(({ path }) => (prefix === "" ? path === packed : path.startsWith(prefix)));
  const sizeBytes = listed.reduce((sum, { size }) => sum + size, 0);
  if (listed.length > MAX_FILES || sizeBytes > MAX_FILES_BYTES) {
    const reason = `${listed.length} files of ${sizeBytes} bytes are more than the ${MAX_FILES} files or ${MAX_FILES_BYTES} bytes a Python program may have`;
    throw fail(runtimeErrors.bundleInvalid, { reason });
  }
  const files = new Map<string, Uint8Array>();
  for (const { path } of listed) {
    const bytes = await input.files(path);
    if (bytes === undefined) throw fail(runtimeErrors.bundleInvalid, { reason: `${path} is not in the package` });
    files.set(`${FOLDER}/${path.slice(prefix.length)}`, bytes);
  }
  return { entry: packed.slice(prefix.length), files };
}
