import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Disk, fail, systemDisk } from "../base/index.ts";
import { runtimeErrors } from "./errors.ts";
import { findGuestProgram } from "./guest-program.ts";
import { createGuestRuntime, type GuestRuntimeDeps, type GuestRuntimeOptions } from "./guest-runtime.ts";
import type { WorkloadRuntime } from "./port.ts";

/** The pinned runtime of models. */
const modelEngine = {
  name: "onnxruntime-web",
  version: "1.30.0",
  /** SHA-256 of its WASM and its module, one after the other. */
  sha256: "24f0f59fa097ba4e22f02ac68755c561f3e257f94584f69cb26fdb70ad2638e8",
} as const;

const WASM_FILE = "ort-wasm-simd-threaded.wasm";
const MODULE_FILE = "ort.wasm.bundle.min.mjs";
/** The runtime's own memory, before it reads a model. */
const ENGINE_BYTES = 64 * 1024 * 1024;
/** A model is held several times while it is read: as bytes here, in the child and in the runtime's memory. */
const MAX_MODEL_BYTES = 100 * 1024 * 1024;

interface Engine {
  readonly wasm: Uint8Array;
  /** Of the runtime's module. */
  readonly url: string;
  readonly folder: string;
}

/**
 * A runtime that serves `model` packages: ONNX on onnxruntime-web's WASM, one thread, each model in a child process of
 * its own. A model is data; what it can do is compute.
 */
export function createModelRuntime(options: GuestRuntimeOptions, deps: GuestRuntimeDeps): WorkloadRuntime {
  let found: Promise<Engine> | undefined;
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
        found ??= findOnnxRuntime(disk);
        found.catch(() => {
          found = undefined;
        });
        const { wasm, url, folder } = await found;
        const child = await findGuestProgram({ childEntry: options.childEntry, packages: [] }, disk);
        return {
          program: {
            ...child,
            readablePaths: [...child.readablePaths, folder],
            engine: "model",
            parts: new Map([["engine", wasm]]),
            engineBytes: ENGINE_BYTES,
          },
          settings: { engineUrl: url },
        };
      },
    },
    options,
    deps,
  );
}

/** @throws DSDN_RUNTIME_ENGINE_MISSING, DSDN_RUNTIME_ENGINE_MISMATCH */
async function findOnnxRuntime(disk: Disk): Promise<Engine> {
  const folder = findFolder();
  const wasm = (await disk.find(join(folder, WASM_FILE))) ?? new Uint8Array(0);
  const module = (await disk.find(join(folder, MODULE_FILE))) ?? new Uint8Array(0);
  const digest = createHash("sha256").update(wasm).update(module).digest("hex");
  if (digest !== modelEngine.sha256) {
    throw fail(runtimeErrors.engineMismatch, { found: digest, wanted: modelEngine.sha256 });
  }
  return { wasm, url: pathToFileURL(join(folder, MODULE_FILE)).href, folder };
}

function findFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`onnxruntime-web/${WASM_FILE}`));
  } catch (error) {
    const missing = `${modelEngine.name}@${modelEngine.version}`;
    throw fail(runtimeErrors.engineMissing, { kind: "model", missing }, { cause: error });
  }
}
