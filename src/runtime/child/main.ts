/**
 * The program of the child process that runs one workload. It is started with an empty environment, without the
 * right to open files outside its own code, and talks in frames over its standard streams (`frames.ts`). It ends when
 * its parent's end of the stream closes.
 *
 * Sockets, timers and `process` are used here directly: this process is the transport adapter.
 */
import { writeSync } from "node:fs";
import { type GuestEngineName, guestEngines } from "./engines.ts";
import {
  createFrameReader,
  encodeFrame,
  type Frame,
  frameTypes,
  type GuestFailure,
  type GuestLimits,
} from "./frames.ts";
import type { Guest, GuestOutcome } from "./guest.ts";
import { createLogGate, type LogGate } from "./log-gate.ts";

/** Bound of one body that comes from the parent: an engine, a program, a file, a request. */
const BODY_BYTES = 128 * 1024 * 1024;

interface LoadOrder {
  readonly engine: GuestEngineName;
  readonly limits: GuestLimits;
  readonly mode: "service" | "batch";
  readonly settings: unknown;
}

interface Loaded {
  readonly guest: Guest;
  readonly gate: LogGate;
}

const parts = new Map<string, Uint8Array>();
let loaded: Loaded | undefined;
let queue = Promise.resolve();
const reader = createFrameReader(BODY_BYTES);

process.stdin.on("data", (bytes: Buffer) => {
  for (const frame of reader.push(bytes)) {
    queue = queue.then(() => handle(frame)).catch(die);
  }
});
process.stdin.on("end", () => process.exit(0));

function send(type: number, json: unknown, body?: Uint8Array): void {
  const bytes = encodeFrame(type, json, body);
  // Blocking on purpose: a log line must be out before the guest can spin, and a flood must slow the guest, not fill us.
  for (let sent = 0; sent < bytes.length; ) {
    try {
      sent += writeSync(1, bytes, sent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") process.exit(0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

async function handle(frame: Frame): Promise<void> {
  switch (frame.type) {
    case frameTypes.part:
      parts.set((frame.json as { name: string }).name, frame.body);
      return;
    case frameTypes.load:
      return load(frame);
    case frameTypes.call:
      return answer(await guest().call(frame.json, frame.body));
    case frameTypes.run:
      return answer(await guest().run(frame.body));
    default:
      throw new Error("unknown frame");
  }
}

async function load(frame: Frame): Promise<void> {
  const { engine, limits, mode, settings } = frame.json as LoadOrder;
  const start = await guestEngines[engine]();
  const gate = createLogGate(limits, (stream, text) => send(frameTypes.log, { stream, text }));
  const guest = await start(
    { mode, limits, settings, parts, code: frame.body },
    {
      log: (stream, text) => gate.write(stream, text),
      output: (bytes) => send(frameTypes.output, {}, bytes),
    },
  );
  loaded = { guest, gate };
  answer(mode === "service" ? await guest.load() : { type: "ready" });
}

function guest(): Guest {
  if (loaded === undefined) throw new Error("nothing loaded");
  return loaded.guest;
}

function answer(outcome: GuestOutcome): void {
  loaded?.gate.next();
  const isLast = (outcome.type === "failed" && outcome.failure.isFatal) || loaded?.guest.isSpent === true;
  if (isLast) send(frameTypes.leaving, {});
  if (outcome.type === "response") send(frameTypes.response, JSON.parse(outcome.meta), outcome.body);
  else if (outcome.type === "finished") send(frameTypes.finished, { exitCode: outcome.exitCode });
  else if (outcome.type === "ready") send(frameTypes.ready, {});
  else send(frameTypes.failed, outcome.failure);
  if (isLast) process.exit(0);
}

function die(error: unknown): void {
  const message = error instanceof Error ? error.message : "unknown";
  const failure: GuestFailure = { reason: "crashed", message, isFatal: true };
  send(frameTypes.leaving, {});
  send(frameTypes.failed, failure);
  process.exit(1);
}
