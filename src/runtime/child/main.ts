/**
 * The program of the child process that runs one workload. It is started with an empty environment, without the
 * right to open files outside its own code, and talks in frames over its standard streams (`frames.ts`). It ends when
 * its parent's end of the stream closes.
 *
 * Sockets, timers and `process` are used here directly: this process is the transport adapter.
 */
import { readSync, writeSync } from "node:fs";
import { createAsks } from "./asks.ts";
import { type GuestEngineName, guestEngines, preparedEngines } from "./engines.ts";
import {
  createFrameReader,
  encodeFrame,
  type Frame,
  type FrameInput,
  frameTypes,
  type GuestFailure,
  type GuestLimits,
} from "./frames.ts";
import type { Guest, GuestEngine, GuestOutcome, Invocation, LogLevel } from "./guest.ts";
import { createLogGate, type LogGate } from "./log-gate.ts";

/** Bound of one body that comes from the parent: an engine, a program, a file, a request. */
const BODY_BYTES = 128 * 1024 * 1024;
const RECEIVE_BYTES = 64 * 1024;

interface LoadOrder {
  readonly engine: GuestEngineName;
  readonly limits: GuestLimits;
  readonly mode: "service" | "batch";
  readonly settings: unknown;
}

interface Loaded {
  readonly guest: Guest;
  readonly limits: GuestLimits;
}

const parts = new Map<string, Uint8Array>();
const asks = createAsks(send, receive);
/** The engine that was started ahead of the program. */
let prepared: GuestEngine | undefined;
let loaded: Loaded | undefined;
let isLeaving = false;
/** Of guests that take one invocation at a time: the one whose lines come without a name. */
let current: LogGate | undefined;
let currentId = 0;
let queue = Promise.resolve();
const reader = createFrameReader(BODY_BYTES);

process.stdin.on("data", (bytes: Buffer) => {
  for (const frame of reader.push(bytes)) take(frame);
});
process.stdin.on("end", () => process.exit(0));

/** Answers and requests of a concurrent guest are handed on at once; everything else in its order. */
function take(frame: Frame): void {
  if (frame.type === frameTypes.answer) {
    asks.settle(frame);
    return;
  }
  if (frame.type === frameTypes.call && loaded?.guest.isConcurrent === true) {
    void handle(frame).catch((error: unknown) => die(error, frame.id));
    return;
  }
  queue = queue.then(() => handle(frame)).catch((error: unknown) => die(error, frame.id));
}

function send(frame: FrameInput): void {
  const bytes = encodeFrame(frame);
  // Blocking on purpose: a log line must be out before the guest can spin, and a flood must slow the guest, not fill us.
  for (let sent = 0; sent < bytes.length; ) {
    try {
      sent += writeSync(1, bytes, sent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") process.exit(0);
      pause();
    }
  }
}

/** Waits for the next bytes of the parent and takes what came with them. */
function receive(): void {
  const bytes = Buffer.allocUnsafe(RECEIVE_BYTES);
  for (;;) {
    try {
      const length = readSync(0, bytes);
      if (length === 0) process.exit(0);
      for (const frame of reader.push(bytes.subarray(0, length))) take(frame);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      pause();
    }
  }
}

/** A millisecond without processor time. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

async function handle(frame: Frame): Promise<void> {
  switch (frame.type) {
    case frameTypes.part:
      parts.set((frame.json as { name: string }).name, frame.body);
      return;
    case frameTypes.prepare:
      prepared = await preparedEngines[(frame.json as { engine: string }).engine]?.(parts);
      return;
    case frameTypes.load:
      return load(frame);
    case frameTypes.call:
      return invoke(frame.id, (guest, invocation) => guest.call(frame.json, frame.body, invocation));
    case frameTypes.run:
      return invoke(frame.id, (guest, invocation) => guest.run(frame.body, invocation));
    default:
      throw new Error("unknown frame");
  }
}

async function load(frame: Frame): Promise<void> {
  const { engine, limits, mode, settings } = frame.json as LoadOrder;
  const start = prepared ?? (await guestEngines[engine]());
  current = createLogGate(limits, (level, text) => sendLine(frame.id, level, text));
  const guest = await start(
    { mode, limits, settings, parts, code: frame.body },
    {
      log: (stream, text) => current?.write(stream === "stderr" ? "error" : "info", text),
      output: (bytes) => send({ type: frameTypes.output, body: bytes }),
      askNow: (kind, meta, body) => asks.openNow(currentId, { kind, meta, body }),
    },
  );
  loaded = { guest, limits };
  send({ type: frameTypes.begun, id: frame.id });
  if (mode === "service") await invoke(frame.id, (each, invocation) => each.load(invocation));
  else send({ type: frameTypes.ready, id: frame.id });
}

async function invoke(
  id: number,
  work: (guest: Guest, invocation: Invocation) => Promise<GuestOutcome>,
): Promise<void> {
  if (loaded === undefined) throw new Error("nothing loaded");
  const { guest, limits } = loaded;
  const gate = createLogGate(limits, (level, text) => sendLine(id, level, text));
  current = gate;
  currentId = id;
  const invocation: Invocation = {
    id,
    log: (level, text) => gate.write(level, text),
    ask: (kind, meta, body) => asks.open(id, { kind, meta, body }),
  };
  const outcome = await work(guest, invocation);
  const background = outcome.type === "response" ? outcome.background : undefined;
  if (background === undefined) gate.end();
  answer(id, guest, outcome);
  if (background === undefined) return;
  await background;
  gate.end();
  if (guest.isSpent) leave();
  send({ type: frameTypes.ended, id });
}

function sendLine(id: number, level: LogLevel, text: string): void {
  send({ type: frameTypes.log, id, json: { level, text } });
}

function answer(id: number, guest: Guest, outcome: GuestOutcome): void {
  if (guest.isSpent || (outcome.type === "failed" && outcome.failure.isFatal)) leave();
  if (outcome.type === "response") {
    const json = { ...(JSON.parse(outcome.meta) as object), isOpen: outcome.background !== undefined };
    send({ type: frameTypes.response, id, json, body: outcome.body });
  } else if (outcome.type === "finished") send({ type: frameTypes.finished, id, json: { exitCode: outcome.exitCode } });
  else if (outcome.type === "ready") send({ type: frameTypes.ready, id });
  else send({ type: frameTypes.failed, id, json: outcome.failure });
}

/** Ends the process once every answer that is there already has gone out. */
function leave(): void {
  if (isLeaving) return;
  isLeaving = true;
  send({ type: frameTypes.leaving });
  setImmediate(() => process.exit(0));
}

function die(error: unknown, id: number): void {
  const message = error instanceof Error ? error.message : "unknown";
  const failure: GuestFailure = { reason: "crashed", message, isFatal: true };
  if (!isLeaving) send({ type: frameTypes.leaving });
  send({ type: frameTypes.failed, id, json: failure });
  process.exit(1);
}
