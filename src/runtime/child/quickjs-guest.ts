import { startEngine } from "./engine.ts";
import type { GuestEngine } from "./guest.ts";
import { GuestVm, type GuestVmOptions } from "./guest-vm.ts";

/** JavaScript on QuickJS; the part `engine` holds the engine's WASM bytes, the settings are what the surface gives the program. */
export const startQuickjsGuest: GuestEngine = async ({ limits, parts, code, settings }, sinks) => {
  const engine = parts.get("engine");
  if (engine === undefined) throw new Error("no engine");
  const given = settings as GuestVmOptions["given"];
  const vm = new GuestVm(await startEngine(engine), { limits, given, output: sinks.output });
  const text = new TextDecoder("utf-8", { fatal: true }).decode(code);
  return {
    isConcurrent: true,
    get isSpent() {
      return vm.isSpent;
    },
    load: (invocation) => vm.load(text, invocation),
    call: (meta, body, invocation) => vm.call(JSON.stringify(meta), body, invocation),
    run: (input, invocation) => vm.run(text, input, invocation),
  };
};
