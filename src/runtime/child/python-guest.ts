import { types } from "node:util";
// As a whole: the bundled child starts other engines without the option that brings SourceTextModule.
import vm from "node:vm";
import type { GuestFailure } from "./frames.ts";
import type { Guest, GuestEngine, GuestOutcome, GuestSinks, GuestSource } from "./guest.ts";
import { createLineBuffer, type LineBuffer } from "./line-buffer.ts";
import type { PythonEngine, PythonRealm, RealmHost } from "./python-realm.ts";
import { pythonRealmSource } from "./python-realm.ts";
import { pythonRunner } from "./python-runner.ts";

/** What the parent's half says to both: see `python-engine.ts`. */
interface EngineSettings {
  readonly lock: string;
  readonly startMs: number;
}

/** What the parent's half says of a program: see `python-runtime.ts`. */
interface PythonSettings extends EngineSettings {
  readonly entry: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly files: readonly string[];
  readonly fileBytes: number;
}

/** Arrays the realm is given must be its own: a host array would lead to the host's prototypes. */
type ToRealm = (bytes: Uint8Array) => Uint8Array;

interface OpenRealm {
  readonly python: PythonRealm;
  readonly engine: PythonEngine;
  readonly streams: Streams;
  readonly toRealm: ToRealm;
}

/**
 * Python on Pyodide. The interpreter and all it can reach live in a realm of their own: no object of Node gets in, no
 * text becomes code in it, and `import()` has no loader. From the boot's end on nothing is awaited in there, so the
 * program never sees a host function either. It starts from a memory that was made before (`startPythonMaker`).
 */
export const startPythonGuest: GuestEngine = async (source, sinks) => {
  const settings = source.settings as PythonSettings;
  const { python, engine, streams, toRealm } = await openRealm(source, sinks);
  await python.boot({
    ...engine,
    snapshot: toRealm(partOf(source, "snapshot")),
    files: settings.files.map((path) => [`/${path}`, toRealm(partOf(source, path))]),
    folder: settings.folder,
    env: JSON.stringify(settings.env),
    args: JSON.stringify(settings.args),
    fileBytes: settings.fileBytes,
  });
  // 45 MiB that the interpreter has copies of.
  source.parts.clear();
  return createGuest(python, { source, streams, toRealm, entry: settings.entry });
};

/** Makes the memory that programs start from; it is the output of the run. Gets no program and runs none. */
export const startPythonMaker: GuestEngine = async (source, sinks) => {
  const notAsked = async () => failure("entry", "it makes a memory only", false);
  return {
    isSpent: false,
    load: notAsked,
    call: notAsked,
    async run() {
      const { python, engine } = await openRealm(source, sinks);
      sinks.output(fromRealm(await python.makeSnapshot(engine, pythonRunner)));
      return { type: "finished", exitCode: 0 };
    },
  };
};

async function openRealm(source: GuestSource, sinks: GuestSinks): Promise<OpenRealm> {
  const settings = source.settings as EngineSettings;
  // Promises of the realm that nobody handles are no matter of the host, which would look into what they hold.
  process.on("unhandledRejection", () => {});
  process.on("uncaughtException", () => process.exit(1));
  const realm = vm.createContext(vm.constants.DONT_CONTEXTIFY, { codeGeneration: { strings: false, wasm: true } });
  const RealmBytes = vm.runInContext("Uint8Array", realm) as Uint8ArrayConstructor;
  const toRealm: ToRealm = (bytes) => {
    const copy = new RealmBytes(bytes.length);
    Uint8Array.prototype.set.call(copy, bytes);
    return copy;
  };
  const streams = createStreams(source, sinks, toRealm);
  // None of these throws: an error of the host would be a way into its realm.
  const host: RealmHost = {
    engineFile: (name) => toRealm(source.parts.get(`engine/${name}`) ?? new Uint8Array(0)),
    later: (turn) => void setImmediate(() => turn()),
    write: streams.write,
    read: streams.read,
    decode,
    startMs: settings.startMs,
  };
  const open = vm.runInContext(pythonRealmSource(), realm) as (host: RealmHost) => PythonRealm;
  const python = open(host);
  const importOf = async (name: string): Promise<Record<string, unknown>> => {
    const text = new TextDecoder().decode(partOf(source, `engine/${name}`));
    const module = new vm.SourceTextModule(text, { context: realm, identifier: name });
    await module.link(() => {
      throw new Error("the engine imports nothing");
    });
    await module.evaluate();
    return module.namespace as Record<string, unknown>;
  };
  const { default: createModule } = await importOf("pyodide.asm.mjs");
  const { loadPyodide } = await importOf("pyodide.mjs");
  const engine = { createModule, loadPyodide: loadPyodide as PythonEngine["loadPyodide"], lock: settings.lock };
  return { python, engine, streams, toRealm };
}

function partOf({ parts }: GuestSource, name: string): Uint8Array {
  const part = parts.get(name);
  if (part === undefined) throw new Error(`no part ${name}`);
  return part;
}

/** A copy in the host's realm of what the program's realm says is an array of bytes. */
function fromRealm(bytes: unknown): Uint8Array {
  return types.isUint8Array(bytes) ? new Uint8Array(bytes) : new Uint8Array(0);
}

function decode(encoding: unknown, bytes: unknown): string | undefined {
  const units = types.isUint16Array(bytes) ? new Uint8Array(new Uint16Array(bytes).buffer) : fromRealm(bytes);
  try {
    return new TextDecoder(typeof encoding === "string" ? encoding : "utf-8", { fatal: true, ignoreBOM: true }).decode(
      units,
    );
  } catch {
    return undefined;
  }
}

interface Streams extends Pick<RealmHost, "write" | "read"> {
  feed(input: Uint8Array): void;
  /** Ends an invocation. @returns true when the program wrote more than it may. */
  end(): boolean;
}

/** Standard output of a batch is its output; every other line goes to the log. */
function createStreams({ mode, limits }: GuestSource, sinks: GuestSinks, toRealm: ToRealm): Streams {
  const lines: readonly LineBuffer[] = [
    createLineBuffer(limits.logLineBytes, (line) => sinks.log("stdout", line)),
    createLineBuffer(limits.logLineBytes, (line) => sinks.log("stderr", line)),
  ];
  let input = new Uint8Array(0);
  let written = 0;
  return {
    write(stream, given) {
      const bytes = fromRealm(given);
      if (stream !== 1 || mode === "service") {
        lines[stream === 1 ? 0 : 1]?.write(bytes);
        return true;
      }
      written += bytes.length;
      if (written > limits.outputBytes) return false;
      sinks.output(bytes);
      return true;
    },
    read(length) {
      const piece = input.subarray(0, typeof length === "number" ? length : 0);
      input = input.subarray(piece.length);
      return toRealm(piece);
    },
    feed(bytes) {
      input = bytes.slice();
    },
    end() {
      for (const line of lines) line.end();
      const isOver = written > limits.outputBytes;
      written = 0;
      return isOver;
    },
  };
}

function createGuest(
  python: PythonRealm,
  parts: { source: GuestSource; streams: Streams; toRealm: ToRealm; entry: string },
): Guest {
  const { source, streams, toRealm, entry } = parts;
  let isSpent = false;
  const invoke = async (name: string, argument: string, body: Uint8Array): Promise<GuestOutcome> => {
    const given = toRealm(body);
    let outcome: GuestOutcome;
    try {
      const answer = python.invoke(name, argument, given);
      outcome = toOutcome(readAnswer(answer.text), fromRealm(answer.body), source.limits.outputBytes);
    } catch {
      // Nothing of what was thrown is touched: the interpreter itself broke, or the program took its place.
      outcome = failure("crashed", "the interpreter stopped", true);
    }
    if (streams.end()) outcome = failure("output", "over the limit of output", false);
    isSpent ||= outcome.type === "failed" && outcome.failure.isFatal;
    return outcome;
  };
  return {
    get isSpent() {
      return isSpent;
    },
    load: () => invoke("load", entry, new Uint8Array(0)),
    call: (meta, body) => invoke("call", JSON.stringify(meta), body),
    run: (input) => {
      streams.feed(input);
      return invoke("run", entry, new Uint8Array(0));
    },
  };
}

interface RunnerAnswer {
  readonly type?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly isSpent?: unknown;
  readonly exitCode?: unknown;
  readonly status?: unknown;
  readonly headers?: unknown;
}

function readAnswer(text: unknown): RunnerAnswer {
  const answer: unknown = typeof text === "string" ? JSON.parse(text) : undefined;
  return typeof answer === "object" && answer !== null ? (answer as RunnerAnswer) : {};
}

const REASONS = ["bundle", "entry", "memory", "pending", "threw"] as const;

/** The parent checks status, headers and exit code again: all of it was in the program's reach. */
function toOutcome(answer: RunnerAnswer, body: Uint8Array, outputBytes: number): GuestOutcome {
  if (answer.type === "ready") return { type: "ready" };
  if (answer.type === "finished") return { type: "finished", exitCode: Number(answer.exitCode) };
  if (answer.type === "response") {
    if (body.length > outputBytes) return failure("output", "over the limit of output", false);
    const meta = JSON.stringify({ status: answer.status, headers: answer.headers });
    return { type: "response", meta, body };
  }
  const reason = REASONS.find((known) => known === answer.reason) ?? "crashed";
  return failure(reason, String(answer.message).slice(0, 8192), answer.isSpent === true);
}

function failure(reason: GuestFailure["reason"], message: string, isFatal: boolean): GuestOutcome {
  return { type: "failed", failure: { reason, message, isFatal } };
}
