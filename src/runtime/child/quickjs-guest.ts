import type { QuickJSWASMModule } from "quickjs-emscripten-core";
import { startEngine } from "./engine.ts";
import type { Guest, GuestEngine, GuestSinks, GuestSource } from "./guest.ts";
import { GuestVm, type GuestVmOptions } from "./guest-vm.ts";

/** JavaScript on QuickJS; the part `engine` holds the engine's WASM bytes, the settings are what the surface gives the program. */
export const startQuickjsGuest: GuestEngine = async (source, sinks) =>
  createGuest(await startEngine(engineOf(source.parts)), source, sinks);

/** The same with the engine started already; it is for one guest. */
export async function prepareQuickjsGuest(parts: ReadonlyMap<string, Uint8Array>): Promise<GuestEngine> {
  const bytes = engineOf(parts);
  await warmUp(await startEngine(bytes));
  const engine = await startEngine(bytes);
  return async (source, sinks) => createGuest(engine, source, sinks);
}

function engineOf(parts: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const bytes = parts.get("engine");
  if (bytes === undefined) throw new Error("no engine");
  return bytes;
}

function createGuest(
  engine: QuickJSWASMModule,
  { limits, code, settings }: GuestSource,
  { output }: GuestSinks,
): Guest {
  const given = settings as GuestVmOptions["given"];
  const vm = new GuestVm(engine, { limits, given, output });
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
}

const WARM_LIMITS = { memoryBytes: 2 ** 24, timeMs: 2000, outputBytes: 2 ** 16, logLineBytes: 1000, logBytes: 1000 };
const WARM_PROGRAM = `export default { async fetch(request) {
  return Response.json({ path: new URL(request.url).pathname, sent: await request.text() });
} };`;

/**
 * V8 compiles a function of the engine when it is first called, which takes longer than most programs take to load. It
 * keeps what it compiled for every instance of the same bytes; this one is thrown away.
 */
async function warmUp(engine: QuickJSWASMModule): Promise<void> {
  const vm = new GuestVm(engine, { limits: WARM_LIMITS, given: { env: {}, args: [] }, output: () => {} });
  const nobody = {
    log: () => {},
    ask: () => Promise.reject(new Error("nobody is there")),
    askNow: () => {
      throw new Error("nobody is there");
    },
  };
  await vm.load(WARM_PROGRAM, { id: 1, ...nobody });
  const request = { method: "POST", url: "http://localhost/", headers: [["accept", "*/*"]] };
  await vm.call(JSON.stringify(request), new Uint8Array(1), { id: 2, ...nobody });
}
