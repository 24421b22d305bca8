import { fail } from "../../base/index.ts";
import { runtimeErrors } from "../errors.ts";
import { createGuestRuntime, type GuestRuntimeDeps, type GuestRuntimeOptions } from "../guest-runtime.ts";
import type { LoadInput, WorkloadRuntime } from "../port.ts";
import { createPythonPrograms, engineSettings, pythonEngine } from "./python-engine.ts";
import { createPythonMemory } from "./python-memory.ts";

/** The files of a project lie below this folder of its package; a program that is one file lies beside it. */
const PACKED_FOLDER = "program/";
/** Where the program finds them. */
const FOLDER = "app";
const MAX_FILES = 5_000;
const MAX_FILES_BYTES = 64 * 1024 * 1024;
/** All files the program keeps in memory, its own package included. */
const FILE_SYSTEM_BYTES = 2 * MAX_FILES_BYTES;
/**
 * A runtime that runs `python` packages on the pinned Pyodide, each workload in a child process of its own. The same
 * package, input and environment give the same output on every machine: clock, hash seed and randomness are fixed.
 */
export function createPythonRuntime(options: GuestRuntimeOptions, deps: GuestRuntimeDeps): WorkloadRuntime {
  const programs = createPythonPrograms(options);
  const memory = createPythonMemory(options, deps);
  const runtime = createGuestRuntime(
    {
      kind: "python",
      engine: pythonEngine,
      async prepare(input, _code) {
        const { entry, files } = await readProgram(input);
        const snapshot = await memory.get(input);
        return {
          program: await programs("python", new Map([["snapshot", snapshot], ...files])),
          settings: {
            ...engineSettings,
            entry,
            folder: `/${FOLDER}`,
            env: Object.fromEntries(input.env.map(({ name, value }) => [name, value])),
            args: input.args,
            files: [...files.keys()],
            fileBytes: FILE_SYSTEM_BYTES,
          },
        };
      },
    },
    options,
    deps,
  );
  return {
    ...runtime,
    async close() {
      await Promise.all([runtime.close(), memory.close()]);
    },
  };
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
