import { systemDisk } from "../base/index.ts";
import type { ComponentSettings } from "./child/component/component-guest.ts";
import { findGuestProgram } from "./guest-program.ts";
import { createGuestRuntime, type GuestRuntimeDeps, type GuestRuntimeOptions } from "./guest-runtime.ts";
import type { WorkloadRuntime } from "./port.ts";
import { createComponentTranslator, type TranslatedComponent } from "./translate-component.ts";
import { checkInnerModule } from "./wasm/admit-module.ts";
import { showName } from "./wasm/module-reader.ts";
import { refuse } from "./wasm/module-rules.ts";
import { checkComponentHeader } from "./wasm/module-sections.ts";

/** The interfaces a component finds here; `child/component/host.ts` makes them. */
const OFFERED: ReadonlySet<string> = new Set([
  "wasi:cli/environment",
  "wasi:cli/exit",
  "wasi:cli/stdin",
  "wasi:cli/stdout",
  "wasi:cli/stderr",
  "wasi:cli/terminal-input",
  "wasi:cli/terminal-output",
  "wasi:cli/terminal-stdin",
  "wasi:cli/terminal-stdout",
  "wasi:cli/terminal-stderr",
  "wasi:clocks/monotonic-clock",
  "wasi:clocks/wall-clock",
  "wasi:filesystem/preopens",
  "wasi:filesystem/types",
  "wasi:http/outgoing-handler",
  "wasi:http/types",
  "wasi:io/error",
  "wasi:io/poll",
  "wasi:io/streams",
  "wasi:random/insecure",
  "wasi:random/insecure-seed",
  "wasi:random/random",
]);
const HANDLER = /^wasi:http\/incoming-handler@0\.2\.\d+$/;

/**
 * A runtime for components that answer `wasi:http` requests. The component is translated on this node, never by its
 * deployer, in a process of its own; what came out of it is then admitted like any core module.
 */
export function createComponentRuntime(options: GuestRuntimeOptions, deps: GuestRuntimeDeps): WorkloadRuntime {
  const translator = createComponentTranslator(options, deps);
  const runtime = createGuestRuntime(
    {
      kind: "component",
      engine: { name: "v8-wasm", version: process.versions.v8, sha256: "" },
      async prepare(input, component) {
        if (input.manifest.mode !== "service") refuse("entry", "a component answers requests; it cannot be a batch");
        checkComponentHeader(component);
        const translated = await translator.translate(input, component);
        checkTranslated(translated, input.spec.limits.memoryBytes);
        const { glue: code, modules: parts } = translated;
        const child = await findGuestProgram({ childEntry: options.childEntry, packages: [] }, systemDisk());
        const { env, args } = input;
        const settings: ComponentSettings = { name: input.manifest.entry ?? "", args, env };
        return { program: { ...child, engine: "component", parts, engineBytes: 0 }, settings, code };
      },
    },
    options,
    deps,
  );
  return {
    ...runtime,
    async close() {
      await Promise.all([runtime.close(), translator.close()]);
    },
  };
}

/** The memory cap holds for each memory, so a component may make one. @throws DSDN_RUNTIME_MODULE_REFUSED */
function checkTranslated({ imports, exports, modules }: TranslatedComponent, memoryBytes: number): void {
  const unknown = imports.find((name) => !OFFERED.has(name));
  if (unknown !== undefined) refuse("import", `${showName(unknown)} is not offered`);
  if (!exports.some((name) => HANDLER.test(name))) refuse("entry", "it does not export wasi:http/incoming-handler 0.2");
  let memories = 0;
  for (const bytes of modules.values()) memories += checkInnerModule(bytes, memoryBytes);
  if (memories > 1) refuse("multi-memory", `its modules make ${memories} memories`);
}
