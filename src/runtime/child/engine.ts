import type { QuickJSSyncVariant, QuickJSWASMModule } from "quickjs-emscripten-core";

/** The pinned engine: every workload of kind `js` and `batch` runs on exactly these bytes. */
export const quickjsEngine = {
  name: "quickjs-wasm",
  version: "0.32.0",
  /** SHA-256 of `@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm`. */
  sha256: "105c3bed22d457e43e3d1c3c1c6959fda62a8fe06f0fc8a985303c3a2be72232",
} as const;

/** A fresh instance of the engine from its WASM bytes. */
export async function startEngine(bytes: Uint8Array): Promise<QuickJSWASMModule> {
  const [core, imported] = await Promise.all([
    import("quickjs-emscripten-core"),
    import("@jitl/quickjs-wasmfile-release-sync"),
  ]);
  // Node loads the package's ES module, whose default is the variant; its types describe the CommonJS build.
  const variant = imported.default as unknown as QuickJSSyncVariant;
  return core.newQuickJSWASMModuleFromVariant(core.newVariant(variant, { wasmBinary: bytes.slice().buffer }));
}
