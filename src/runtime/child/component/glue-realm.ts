import { createContext, Script } from "node:vm";
import { type WasmImports, type WasmModule, wasmApi } from "../wasm-api.ts";

/** The one function of the glue. @source jco-transpile, `instantiation: async` */
export type InstantiateComponent = (
  getCoreModule: (path: string) => Promise<WasmModule>,
  imports: WasmImports,
  instantiateCore: typeof wasmApi.instantiate,
) => Promise<{ readonly incomingHandler: { handle(request: object, out: object): void } }>;

/**
 * Evaluates the glue in a realm of its own, which has neither `process` nor `import` nor a way to make code of text:
 * the glue is made here, but names of a hostile component stand in it. What it is given instead is listed here; the
 * process itself was started without `eval`, so that the constructors of these lead nowhere either.
 *
 * @source @bytecodealliance/jco-transpile 0.10: one ES module whose only exports are functions at the start of a line
 */
export function openGlue(glue: Uint8Array): InstantiateComponent {
  const source = new TextDecoder("utf-8", { fatal: true })
    .decode(glue)
    .replaceAll(/^export (?=function |const )/gm, "")
    // How it would fetch its modules itself if it were not given them.
    .replace(/^if \(!getCoreModule\) getCoreModule = .*import\.meta\.url.*$/m, "");
  const nothing = (): void => {};
  const given = {
    WebAssembly: wasmApi,
    // Errors and promises of the host must be known as such inside.
    Error,
    Promise,
    TextDecoder,
    TextEncoder,
    console: Object.freeze({ debug: nothing, error: nothing, log: nothing, warn: nothing }),
  };
  const realm = createContext(Object.assign(Object.create(null) as object, given), {
    codeGeneration: { strings: false, wasm: true },
  });
  const prelude = "globalThis.queueMicrotask = (work) => void Promise.resolve().then(work);";
  return new Script(`${prelude}\n${source}\ninstantiate;`, { filename: "component" }).runInContext(
    realm,
  ) as InstantiateComponent;
}
