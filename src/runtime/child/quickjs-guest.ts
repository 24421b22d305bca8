import { startEngine } from "./engine.ts";
import type { GuestEngine } from "./guest.ts";
import { GuestVm } from "./guest-vm.ts";

/** JavaScript on QuickJS; the part `engine` holds the engine's WASM bytes. */
export const startQuickjsGuest: GuestEngine = async ({ limits, parts, code }, sinks) => {
  const engine = parts.get("engine");
  if (engine === undefined) throw new Error("no engine");
  const vm = new GuestVm(await startEngine(engine), limits, sinks);
  const text = new TextDecoder("utf-8", { fatal: true }).decode(code);
  return {
    get isSpent() {
      return vm.isSpent;
    },
    load: () => vm.load(text),
    call: (meta, body) => vm.call(JSON.stringify(meta), body),
    run: (input) => vm.run(text, input),
  };
};
