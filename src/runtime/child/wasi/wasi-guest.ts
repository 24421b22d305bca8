import type { Directory } from "@bjorn3/browser_wasi_shim";
import type { GuestLimits } from "../frames.ts";
import type { Guest, GuestEngine, GuestOutcome, GuestSinks } from "../guest.ts";
import { attempt, failedOutcome, GuestExit, GuestStop } from "../guest-stop.ts";
import { createLineBuffer } from "../line-buffer.ts";
import { type WasmExports, type WasmImports, type WasmInstance, type WasmModule, wasmApi } from "../wasm-api.ts";
import { cgiVariables, type RequestParts, readCgiAnswer } from "./cgi.ts";
import { encodeHttpRequest } from "./http-message.ts";
import { buildPackageFolder, PackageFolderFd } from "./package-folder.ts";
import { openScratchFolder } from "./scratch-folder.ts";
import { createWasiHost } from "./wasi-host.ts";
import { InputStream, OutputStream } from "./wasi-streams.ts";

/** What the parent says of the module. */
export interface WasiSettings {
  readonly shape: "command" | "reactor";
  /** The name the program is told it was started by. */
  readonly name: string;
  /** What follows its name. */
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

/** Room for the header lines of an answer besides its body. */
const HEADER_ROOM_BYTES = 64 * 1024;

/** A core module on V8. The parts are the files of the package. */
export const startWasiGuest: GuestEngine = async ({ mode, limits, settings, parts, code }, sinks) => {
  let module: WasmModule;
  try {
    module = await wasmApi.compile(code);
  } catch (error) {
    return refusedGuest(error);
  }
  const machine = new WasiMachine(module, {
    settings: settings as WasiSettings,
    limits,
    sinks,
    files: buildPackageFolder(parts),
  });
  return (settings as WasiSettings).shape === "command" ? commandGuest(machine) : reactorGuest(machine, mode);
};

/** What the engine itself refuses is refused whatever is asked. */
function refusedGuest(error: unknown): Guest {
  const answer = async () => failedOutcome("bundle", error instanceof Error ? error.message : "it does not compile");
  return { isSpent: true, load: answer, call: answer, run: answer };
}

interface MachineParts {
  readonly settings: WasiSettings;
  readonly limits: GuestLimits;
  readonly sinks: GuestSinks;
  readonly files: Directory;
}

interface Running {
  readonly exports: WasmExports;
  readonly stdin: InputStream;
}

/** Makes instances of one module, each with fresh memory and scratch, and carries what they write. */
class WasiMachine {
  readonly #module: WasmModule;
  readonly #parts: MachineParts;
  #written: Uint8Array[] = [];
  #writtenBytes = 0;
  #isKept = false;

  constructor(module: WasmModule, parts: MachineParts) {
    this.#module = module;
    this.#parts = parts;
  }

  async start(stdin: Uint8Array, variables: ReadonlyMap<string, string> = new Map()): Promise<Running> {
    const { settings, limits, sinks, files } = this.#parts;
    const env = new Map(settings.env.map(({ name, value }) => [name, value]));
    for (const [name, value] of variables) env.set(name, value);
    const errors = createLineBuffer(limits.logLineBytes, (line) => sinks.log("stderr", line));
    this.#flushErrors = errors.end;
    const input = new InputStream(stdin);
    const host = createWasiHost({
      args: [settings.name, ...settings.args],
      env: [...env].map(([name, value]) => `${name}=${value}`),
      descriptors: [
        input,
        new OutputStream((bytes) => this.#take(bytes)),
        new OutputStream((bytes) => errors.write(bytes)),
        new PackageFolderFd(files, "/"),
        openScratchFolder("/tmp"),
      ],
    });
    const instance = await instantiate(this.#module, host.imports);
    host.attach(instance);
    return { exports: instance.exports, stdin: input };
  }

  #flushErrors = (): void => {};

  /** Runs `name` to its end and gives its exit code: what it returned or gave to `proc_exit`. */
  call({ exports }: Running, name: string): number {
    const entry = exports[name];
    if (typeof entry !== "function") throw new GuestStop("entry", `it does not export ${name}`);
    try {
      const returned: unknown = entry();
      return typeof returned === "number" ? returned & 0xff : 0;
    } catch (error) {
      if (error instanceof GuestExit) return error.code;
      throw error;
    } finally {
      this.#flushErrors();
    }
  }

  /** From here on what is written is kept for `takeAnswer` instead of being passed on as the output of a batch. */
  keepOutput(): void {
    this.#isKept = true;
    this.#written = [];
    this.#writtenBytes = 0;
  }

  takeAnswer(): GuestOutcome {
    const { status, headers, body } = readCgiAnswer(new Uint8Array(Buffer.concat(this.#written)));
    if (body.length > this.#parts.limits.outputBytes) throw new GuestStop("output", "answer over its bound");
    return { type: "response", meta: JSON.stringify({ status, headers }), body };
  }

  #take(bytes: Uint8Array): void {
    const room = this.#parts.limits.outputBytes + (this.#isKept ? HEADER_ROOM_BYTES : 0);
    this.#writtenBytes += bytes.length;
    if (this.#writtenBytes > room) throw new GuestStop("output", "output over its bound");
    if (this.#isKept) this.#written.push(bytes);
    else this.#parts.sinks.output(bytes);
  }
}

async function instantiate(module: WasmModule, imports: WasmImports): Promise<WasmInstance> {
  try {
    return await wasmApi.instantiate(module, imports);
  } catch (error) {
    if (error instanceof wasmApi.LinkError) throw new GuestStop("bundle", error.message);
    throw error;
  }
}

/** Every request and every run is a new instance, so nothing of one is left for the next. */
function commandGuest(machine: WasiMachine): Guest {
  return {
    isSpent: false,
    load: async () => ({ type: "ready" }),
    call: (meta, body) =>
      attempt(async () => {
        machine.keepOutput();
        const running = await machine.start(body, cgiVariables(meta as RequestParts, body.length));
        const exitCode = machine.call(running, "_start");
        return exitCode === 0 ? machine.takeAnswer() : failedOutcome("threw", `exit code ${exitCode}`);
      }),
    run: (input) =>
      attempt(async () => {
        const running = await machine.start(input);
        return { type: "finished", exitCode: machine.call(running, "_start") };
      }),
  };
}

/** One instance for all requests. After a trap its memory cannot be trusted: the process ends and a new one starts. */
function reactorGuest(machine: WasiMachine, mode: "service" | "batch"): Guest {
  let running: Running | undefined;
  let isSpent = false;
  const begin = async (stdin: Uint8Array): Promise<Running> => {
    const started = await machine.start(stdin);
    const exitCode = machine.call(started, "_initialize");
    if (exitCode !== 0) throw new GuestStop("threw", `_initialize ended with exit code ${exitCode}`);
    return started;
  };
  const guarded = async (work: () => Promise<GuestOutcome>): Promise<GuestOutcome> => {
    isSpent = true;
    const outcome = await attempt(work);
    if (outcome.type !== "failed" || outcome.failure.reason === "answer") isSpent = mode === "batch";
    return outcome;
  };
  return {
    get isSpent() {
      return isSpent;
    },
    load: () =>
      guarded(async () => {
        machine.keepOutput();
        running = await begin(new Uint8Array(0));
        return { type: "ready" };
      }),
    call: (meta, body) =>
      guarded(async () => {
        if (running === undefined) throw new GuestStop("crashed", "not started");
        machine.keepOutput();
        running.stdin.feed(encodeHttpRequest(meta as RequestParts, body));
        const code = machine.call(running, "handle");
        return code === 0 ? machine.takeAnswer() : failedOutcome("threw", `handle returned ${code}`);
      }),
    run: (input) => guarded(async () => ({ type: "finished", exitCode: machine.call(await begin(input), "run") })),
  };
}
