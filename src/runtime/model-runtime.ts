import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fail, systemDisk } from "../base/index.ts";
import { type EnginePackage, readEnginePackage } from "./engine-package.ts";
import { runtimeErrors } from "./errors.ts";
import { findGuestProgram } from "./guest-program.ts";
import { createGuestRuntime, type GuestRuntimeDeps, type GuestRuntimeOptions } from "./guest-runtime.ts";
import type { WorkloadRuntime } from "./port.ts";

/** The pinned runtime of models. */
const modelEngine = {
  name: "onnxruntime-web",
  version: "1.30.0",
  sha256: "24f0f59fa097ba4e22f02ac68755c561f3e257f94584f69cb26fdb70ad2638e8",
} as const;

const WASM_FILE = "ort-wasm-simd-threaded.wasm";
const MODULE_FILE = "ort.wasm.bundle.min.mjs";
const enginePackage: EnginePackage = { ...modelEngine, kind: "model", files: [WASM_FILE, MODULE_FILE] };
/** The runtime's own memory, before it reads a model. */
const ENGINE_BYTES = 64 * 1024 * 1024;
/** A model is held several times while it is read: as bytes here, in the child and in the runtime's memory. */
const MAX_MODEL_BYTES = 100 * 1024 * 1024;

/**
 * A runtime that serves `model` packages: ONNX on onnxruntime-web's WASM, one thread, each model in a child process of
 * its own. A model is data; what it can do is compute.
 */
export function createModelRuntime(options: GuestRuntimeOptions, deps: GuestRuntimeDeps): WorkloadRuntime {
  let found: ReturnType<typeof readEnginePackage> | undefined;
  return createGuestRuntime(
    {
      kind: "model",
      engine: modelEngine,
      async prepare(input, code) {
        if (input.manifest.mode === "batch") {
          throw fail(runtimeErrors.limitsInvalid, { reason: "a model serves requests, it does not run once" });
        }
        if (code.length > MAX_MODEL_BYTES) {
          const reason = `the model is larger than ${MAX_MODEL_BYTES} bytes`;
          throw fail(runtimeErrors.bundleInvalid, { reason });
        }
        const disk = systemDisk();
        found ??= readEnginePackage(enginePackage, disk);
        found.catch(() => {
          found = undefined;
        });
        const { folder, files } = await found;
        const child = await findGuestProgram({ childEntry: options.childEntry, packages: [] }, disk);
        return {
          program: {
            ...child,
            readablePaths: [...child.readablePaths, folder],
            engine: "model",
            parts: new Map([["engine", files.get(WASM_FILE) ?? new Uint8Array(0)]]),
            engineBytes: ENGINE_BYTES,
          },
          settings: { engineUrl: pathToFileURL(join(folder, MODULE_FILE)).href },
        };
      },
    },
    options,
    deps,
  );
}
