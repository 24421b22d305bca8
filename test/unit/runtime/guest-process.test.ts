import type { ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/base/index.ts";
import { createFrameReader, encodeFrame, type FrameInput, frameTypes } from "../../../src/runtime/child/frames.ts";
import { GuestProcess } from "../../../src/runtime/guest-process.ts";

const limits = { memoryBytes: 1, timeMs: 60_000, outputBytes: 1024, logBytes: 0, logLineBytes: 0 };

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A child as the system shows it: the test says what it writes and when its end is told. */
function makeChild() {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough() };
  const child = Object.assign(new EventEmitter(), { ...streams, pid: undefined, kill: () => true });
  const program = { childEntry: "", readablePaths: [], engine: "quickjs", parts: new Map(), engineBytes: 0 } as const;
  const guest = new GuestProcess(
    {
      child: { process: child as unknown as ChildProcess, hasParts: true },
      ...{ program, limits, settings: {} },
      onLog: () => {},
      onAsk: () => new Promise(() => {}),
      onChange: () => {},
    },
    { clock: systemClock() },
  );
  const say = (...frames: FrameInput[]) => {
    for (const frame of frames) child.stdout.write(encodeFrame(frame));
  };
  return { guest, child, say };
}

test("what a process wrote last counts, also when its end is told before that was read", async () => {
  const { guest, child, say } = makeChild();
  const reply = guest.load("service", new Uint8Array(0));
  const [sent] = (await once(child.stdin, "data")) as [Buffer];
  const id = createFrameReader(1024).push(sent)[0]?.id ?? expect.fail("nothing was sent");
  child.emit("exit", 0, null);
  await turn();
  const json = { reason: "bundle", message: "cut off", isFatal: true };
  say({ type: frameTypes.leaving }, { type: frameTypes.failed, id, json });
  await turn();
  child.emit("close", 0, null);
  expect(await reply).toEqual({ type: "failed", reason: "bundle", message: "cut off" });
  await guest.kill();
});

test("a process that is gone and wrote nothing has crashed", async () => {
  const { guest, child } = makeChild();
  const reply = guest.load("service", new Uint8Array(0));
  child.emit("exit", 1, null);
  child.emit("close", 1, null);
  expect(await reply).toMatchObject({ type: "failed", reason: "crashed" });
  expect(guest.isUsable).toBe(false);
});
