/**
 * The part of the WebAssembly JavaScript interface that is used here, which Node's types leave out.
 *
 * @source WebAssembly JavaScript Interface 2.0, 5
 */
export interface WasmApi {
  readonly Memory: new (type: { initial: number }) => WasmMemory;
  readonly LinkError: new () => Error;
  compile(bytes: Uint8Array): Promise<WasmModule>;
  instantiate(module: WasmModule, imports: WasmImports): Promise<WasmInstance>;
}

/** A compiled module; nothing of it is reached from here. */
export type WasmModule = object;

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export type WasmExports = Readonly<Record<string, unknown>>;

export interface WasmInstance {
  readonly exports: WasmExports;
}

export type WasmImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The engine of this process. */
export const wasmApi = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly;
