import { registerHooks } from "node:module";
import type { GuestEngine } from "../guest.ts";
import { failedOutcome } from "../guest-stop.ts";

/** Where the translator of components lies on this machine, as file: URLs. */
export interface TranspileSettings {
  readonly translator: string;
  /** The folder of the WASI that the translator itself runs on: the one for browsers, which has no files or sockets. */
  readonly wasi: string;
}

const WASI_PACKAGE = "@bytecodealliance/preview2-shim/";

/** What is used of jco-transpile's own component. @source @bytecodealliance/jco-transpile 0.10, `component` */
interface Translator {
  readonly $init: Promise<void>;
  generate(
    component: Uint8Array,
    options: Record<string, unknown>,
  ): {
    readonly files: readonly (readonly [string, Uint8Array])[];
    readonly imports: readonly string[];
    readonly exports: readonly (readonly [string, string])[];
  };
}

/**
 * Translates one component into JavaScript glue and core modules. It runs where a guest would, because the component
 * is as hostile as its program. The output of the run: `jsonLength(4, big-endian) || json || files`, where json is
 * {imports, exports, files: [{name, size}]}.
 */
export const startTranspileGuest: GuestEngine = async ({ settings, code }, sinks) => {
  const notAsked = async () => failedOutcome("entry", "it only translates");
  return {
    isSpent: false,
    load: notAsked,
    call: notAsked,
    async run() {
      const { translator, wasi } = settings as TranspileSettings;
      registerHooks({
        resolve: (name, context, next) =>
          name.startsWith(WASI_PACKAGE)
            ? { url: `${wasi}${name.slice(WASI_PACKAGE.length)}.js`, shortCircuit: true }
            : next(name, context),
      });
      const { $init, generate } = (await import(translator)) as Translator;
      await $init;
      try {
        const { files, imports, exports } = generate(code, {
          name: "component",
          instantiation: { tag: "async" },
          noTypescript: true,
          noNodejsCompat: true,
          base64Cutoff: 0,
        });
        const sizes = files.map(([name, { length: size }]) => ({ name, size }));
        const json = Buffer.from(JSON.stringify({ imports, exports: exports.map(([name]) => name), files: sizes }));
        const length = Buffer.alloc(4);
        length.writeUInt32BE(json.length);
        for (const part of [length, json, ...files.map(([, bytes]) => bytes)]) sinks.output(part);
        return { type: "finished", exitCode: 0 };
      } catch (error) {
        return failedOutcome("bundle", explain(error));
      }
    },
  };
};

/** The translator throws objects whose payload is its message. */
function explain(error: unknown): string {
  const payload = typeof error === "object" && error !== null && "payload" in error ? error.payload : undefined;
  if (typeof payload === "string") return payload;
  return error instanceof Error ? error.message : "it cannot be translated";
}
