import wabt from "wabt";
import type { WorkloadLimits, WorkloadMode } from "../../../src/protocol/index.ts";
import type { LoadInput } from "../../../src/runtime/index.ts";
import { packageOf } from "./packages.ts";

const api = await wabt();

/** What wabt must let through so that a module can use what we refuse. */
const FEATURES = {
  exceptions: true,
  threads: true,
  tail_call: true,
  memory64: true,
  multi_memory: true,
  simd: true,
  relaxed_simd: true,
  reference_types: true,
  extended_const: true,
  gc: true,
};

/** The binary of a module in text form; not validated, so that broken ones can be made too. */
export function wat(text: string): Uint8Array {
  const module = api.parseWat("module.wat", text, FEATURES);
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

/** A command whose `_start` does `body`, with the functions of WASI it names. */
export function command(body: string, parts: { imports?: string; fields?: string; memory?: string } = {}): Uint8Array {
  return wat(`(module
    ${parts.imports ?? ""}
    (memory (export "memory") ${parts.memory ?? "1"})
    ${parts.fields ?? ""}
    (func (export "_start") ${body}))`);
}

/** An import of a WASI function: `wasi("fd_write", "i32 i32 i32 i32")`. */
export function wasi(name: string, parameters: string, result = "(result i32)"): string {
  return `(import "wasi_snapshot_preview1" "${name}" (func $${name} (param ${parameters}) ${result}))`;
}

/** The bytes of a section. */
export function section(id: number, ...body: readonly number[]): number[] {
  return [id, ...leb(body.length), ...body];
}

/** An unsigned number as the binary format writes it. */
export function leb(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [low] : [low | 128, ...leb(Math.floor(value / 128))];
}

/** A module of raw sections. */
export function rawModule(...sections: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()]);
}

export interface WasmPackageOptions {
  readonly kind?: "wasi" | "component";
  readonly mode?: WorkloadMode;
  readonly limits?: Partial<WorkloadLimits>;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly args?: readonly string[];
  /** Files beside the program, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A loadable package of one module or component. */
export function wasmPackage(code: Uint8Array, options: WasmPackageOptions = {}): LoadInput {
  const { kind = "wasi", mode = "batch", env = [], args = [], files = {} } = options;
  const input = packageOf(code, options.limits, mode);
  const [entry] = input.manifest.files;
  if (entry === undefined) throw new Error("no entry");
  const contents = new Map([["program.wasm", code], ...Object.entries(files).map(toFile)]);
  const listed = [...contents].map(([path, { length: size }]) => ({ ...entry, path, size }));
  return {
    ...input,
    manifest: { ...input.manifest, kind, entry: "program.wasm", files: listed },
    spec: { ...input.spec, kind },
    env,
    args,
    files: async (path) => contents.get(path),
  };
}

function toFile([path, text]: [string, string]): [string, Uint8Array] {
  return [path, new TextEncoder().encode(text)];
}
