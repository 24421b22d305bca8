import { createHash } from "node:crypto";
import { systemDisk } from "../../base/index.ts";
import { pythonRealmSource } from "../child/python-realm.ts";
import { pythonRunner } from "../child/python-runner.ts";
import { type EnginePackage, readEnginePackage } from "../engine-package.ts";
import type { GuestProgram } from "../guest-child.ts";
import { findGuestProgram } from "../guest-program.ts";
import type { GuestRuntimeOptions } from "../guest-runtime.ts";

/** The pinned interpreter: CPython 3.14 as WASM. */
export const pythonEngine = {
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
/** Every run begins at this moment: 2026-01-01T00:00:00Z. */
const START_MS = 1_767_225_600_000;

/** What every interpreter is told, whether it runs a program or makes the memory that programs start from. */
export const engineSettings = { lock: JSON.stringify(LOCK), startMs: START_MS } as const;

/** Names what a started interpreter's memory depends on, 64 hex digits: the engine, and our code inside it. */
export function pythonMemoryKey(): string {
  const hash = createHash("sha256").update(pythonEngine.sha256).update(JSON.stringify(engineSettings));
  return hash.update(pythonRealmSource()).update(pythonRunner).digest("hex");
}

/** Finds what a child needs to run Python. @throws DSDN_RUNTIME_ENGINE_MISSING, DSDN_RUNTIME_ENGINE_MISMATCH */
export function createPythonPrograms(options: Pick<GuestRuntimeOptions, "childEntry">) {
  const disk = systemDisk();
  let found: ReturnType<typeof readEnginePackage> | undefined;
  return async (engine: "python" | "pythonMaker", parts: ReadonlyMap<string, Uint8Array>): Promise<GuestProgram> => {
    found ??= readEnginePackage(enginePackage, disk);
    found.catch(() => {
      found = undefined;
    });
    const own = [...(await found).files].map(([name, bytes]) => [`engine/${name}`, bytes] as const);
    const child = await findGuestProgram({ childEntry: options.childEntry, packages: [] }, disk);
    const nodeFlags = ["--experimental-vm-modules"];
    return { ...child, engine, parts: new Map([...own, ...parts]), engineBytes: ENGINE_BYTES, nodeFlags };
  };
}
