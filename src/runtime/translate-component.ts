import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fail, systemDisk, toHex } from "../base/index.ts";
import type { WorkloadLimits } from "../protocol/index.ts";
import type { TranspileSettings } from "./child/component/transpile-guest.ts";
import { type EnginePackage, readEnginePackage } from "./engine-package.ts";
import { runtimeErrors } from "./errors.ts";
import { findGuestProgram } from "./guest-program.ts";
import { createGuestRuntime, type GuestRuntimeDeps, type GuestRuntimeOptions } from "./guest-runtime.ts";
import { hasOwn } from "./own.ts";
import type { LoadInput } from "./port.ts";

/** Installed beside dsdn by whoever runs such a node. Pinned, because the glue it makes is run. */
const TRANSLATOR: EnginePackage = {
  kind: "component",
  name: "@bytecodealliance/jco-transpile",
  version: "0.10.0",
  sha256: "256b14c14812ab133bacf9fc32441ed794dedd05f7544429cc6f2ca9dcc372ce",
  files: [
    "js-component-bindgen-component.js",
    "js-component-bindgen-component.core.wasm",
    "js-component-bindgen-component.core2.wasm",
  ],
};
const TRANSLATOR_WASI = "@bytecodealliance/preview2-shim";
/** A translation is given more than most programs: the translator is a program of 3 MB that reads one of 32 MB. */
const TRANSLATION: WorkloadLimits = {
  memoryBytes: 512 * 1024 * 1024,
  timeMs: 60_000,
  outputBytes: 64 * 1024 * 1024,
  logBytes: 4096,
};
const KEPT = 2;

/** A component as JavaScript glue and the core modules that were inside it. */
export interface TranslatedComponent {
  readonly glue: Uint8Array;
  readonly modules: ReadonlyMap<string, Uint8Array>;
  /** Names of interfaces without versions. */
  readonly imports: readonly string[];
  /** Names of interfaces with and without versions. */
  readonly exports: readonly string[];
}

/** Translates components, each content once while it is among the last two. */
export interface ComponentTranslator {
  /** @throws DSDN_RUNTIME_ENGINE_MISSING, _ENGINE_MISMATCH, _BUNDLE_INVALID, _TIME_LIMIT, _OUTPUT_LIMIT, _CRASHED */
  translate(input: LoadInput, component: Uint8Array): Promise<TranslatedComponent>;
  close(): Promise<void>;
}

/** Builds a translator whose work runs in child processes with the walls of a guest. */
export function createComponentTranslator(options: GuestRuntimeOptions, deps: GuestRuntimeDeps): ComponentTranslator {
  const known = new Map<string, Promise<TranslatedComponent>>();
  const runtime = createGuestRuntime(
    {
      kind: "component",
      engine: TRANSLATOR,
      async prepare() {
        const settings = await findTranslator();
        const packages = [`${TRANSLATOR.name}/component`, `${TRANSLATOR_WASI}/cli`];
        const child = await findGuestProgram({ childEntry: options.childEntry, packages }, systemDisk());
        return { program: { ...child, engine: "transpile", parts: new Map(), engineBytes: 0 }, settings };
      },
    },
    options,
    { clock: deps.clock },
  );

  const run = async (input: LoadInput): Promise<TranslatedComponent> => {
    const manifest = { ...input.manifest, mode: "batch" } as const;
    const spec = { ...input.spec, mode: "batch", limits: TRANSLATION } as const;
    const handle = await runtime.load({ ...input, manifest, spec, env: [] });
    try {
      return readTranslation((await runtime.run(handle, new Uint8Array(0))).output);
    } finally {
      await runtime.stop(handle);
    }
  };

  return {
    translate(input, component) {
      const hash = toHex(createHash("sha256").update(component).digest());
      const translated = known.get(hash) ?? run(input);
      known.delete(hash);
      known.set(hash, translated);
      const oldest = known.keys().next().value;
      if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
      translated.catch(() => known.delete(hash));
      return translated;
    },
    close: () => runtime.close(),
  };
}

/** @throws DSDN_RUNTIME_ENGINE_MISSING, DSDN_RUNTIME_ENGINE_MISMATCH */
async function findTranslator(): Promise<TranspileSettings> {
  const { resolve } = createRequire(import.meta.url);
  const { folder } = await readEnginePackage(TRANSLATOR, systemDisk(), () => resolve(`${TRANSLATOR.name}/component`));
  const translator = join(folder, TRANSLATOR.files[0]);
  const wasi = createRequire(translator).resolve(`${TRANSLATOR_WASI}/cli`);
  return {
    translator: pathToFileURL(translator).href,
    wasi: new URL("../browser/", pathToFileURL(wasi)).href,
  };
}

/** The child translated something hostile, so what it says is checked like any answer. */
function readTranslation(output: Uint8Array): TranslatedComponent {
  const broken = () => fail(runtimeErrors.crashed, { reason: "the translation is incomplete" });
  if (output.length < 4) throw broken();
  const start = 4 + new DataView(output.buffer, output.byteOffset).getUint32(0);
  if (start > output.length) throw broken();
  const json: unknown = JSON.parse(new TextDecoder().decode(output.subarray(4, start)));
  if (!hasOwn(json, "files") || !hasOwn(json, "imports") || !hasOwn(json, "exports")) throw broken();
  const files = new Map<string, Uint8Array>();
  let position = start;
  for (const file of toList(json.files)) {
    const name = hasOwn(file, "name") ? file.name : undefined;
    const size = hasOwn(file, "size") ? file.size : undefined;
    if (typeof name !== "string" || typeof size !== "number" || position + size > output.length) throw broken();
    files.set(name, output.subarray(position, position + size));
    position += size;
  }
  const glue = files.get("component.js");
  if (glue === undefined) throw broken();
  files.delete("component.js");
  return { glue, modules: files, imports: toTexts(json.imports), exports: toTexts(json.exports) };
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function toTexts(value: unknown): string[] {
  return toList(value).filter((each) => typeof each === "string");
}
