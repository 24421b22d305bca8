import type { GuestLimits } from "../frames.ts";
import type { Guest, GuestEngine, GuestOutcome, GuestSinks } from "../guest.ts";
import { attempt, failedOutcome, GuestExit, GuestStop } from "../guest-stop.ts";
import { createLineBuffer } from "../line-buffer.ts";
import type { RequestParts } from "../wasi/cgi.ts";
import { type WasmModule, wasmApi } from "../wasm-api.ts";
import { type InstantiateComponent, openGlue } from "./glue-realm.ts";
import { createComponentHost } from "./host.ts";
import { IncomingRequest } from "./http-incoming.ts";

/** What the parent says of the component. The parts are its core modules; the code is the glue made on this node. */
export interface ComponentSettings {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

/** A component with `wasi:http/incoming-handler`. Every request is a new instance. */
export const startComponentGuest: GuestEngine = async ({ limits, settings, parts, code }, sinks) => {
  const instantiate = openGlue(code);
  const modules = new Map<string, WasmModule>();
  for (const [path, bytes] of parts) modules.set(path, await wasmApi.compile(bytes));
  return componentGuest({ instantiate, modules, settings: settings as ComponentSettings, limits, sinks });
};

interface ComponentParts {
  readonly instantiate: InstantiateComponent;
  readonly modules: ReadonlyMap<string, WasmModule>;
  readonly settings: ComponentSettings;
  readonly limits: GuestLimits;
  readonly sinks: GuestSinks;
}

function componentGuest(parts: ComponentParts): Guest {
  return {
    isSpent: false,
    // An instance that is never asked shows that the component can be started at all.
    load: () =>
      attempt(async () => {
        await startInstance(parts);
        return { type: "ready" };
      }),
    call: (meta, body) => attempt(() => answer(parts, new IncomingRequest(meta as RequestParts, body))),
    run: async () => failedOutcome("entry", "a component answers requests"),
  };
}

async function answer(parts: ComponentParts, request: IncomingRequest): Promise<GuestOutcome> {
  const { host, instance, flush } = await startInstance(parts);
  try {
    instance.incomingHandler.handle(request, host.createOutparam());
  } catch (error) {
    // A program may end itself when it has answered.
    if (!(error instanceof GuestExit) || host.findAnswer() === undefined) throw error;
  } finally {
    flush();
  }
  const found = host.findAnswer();
  if (found === undefined) throw new GuestStop("answer", "it set no response");
  const { status, headers, body } = found;
  const bytes = new Uint8Array(Buffer.concat(body));
  return { type: "response", meta: JSON.stringify({ status, headers }), body: bytes };
}

async function startInstance({ instantiate, modules, settings, limits, sinks }: ComponentParts) {
  const lines = {
    stdout: createLineBuffer(limits.logLineBytes, (line) => sinks.log("stdout", line)),
    stderr: createLineBuffer(limits.logLineBytes, (line) => sinks.log("stderr", line)),
  };
  const host = createComponentHost({
    ...settings,
    log: (stream, bytes) => lines[stream].write(bytes),
    takeBody: boundBytes(limits.outputBytes, "answer over its bound"),
    outside: {
      send: (meta, body) => sinks.askNow("fetch", meta, body),
      takeBody: boundBytes(limits.outputBytes, "requests to the outside over their bound"),
    },
  });
  const findModule = async (path: string): Promise<WasmModule> => {
    const module = modules.get(path);
    if (module === undefined) throw new GuestStop("bundle", "a core module is missing");
    return module;
  };
  const instance = await instantiate(findModule, host.imports, wasmApi.instantiate);
  const flush = (): void => {
    lines.stdout.end();
    lines.stderr.end();
  };
  return { host, instance, flush };
}

/** Counts bytes and ends the guest when they are too many. */
function boundBytes(limitBytes: number, message: string): (sizeBytes: number) => void {
  let taken = 0;
  return (sizeBytes) => {
    taken += sizeBytes;
    if (taken > limitBytes) throw new GuestStop("output", message);
  };
}
