import { afterEach, beforeEach, expect, test } from "vitest";
import { type Clock, fromUtf8, systemClock } from "../../../src/base/index.ts";
import { createQuickjsRuntime, createSpareChildren } from "../../../src/runtime/index.ts";
import { get, packageOf } from "./packages.ts";

/** Timers of the spares go off when the test says so. */
let due: (() => void)[];
let spares: ReturnType<typeof createSpareChildren>;
let runtime: ReturnType<typeof createQuickjsRuntime>;

beforeEach(() => {
  due = [];
  const after: Clock["after"] = (_, work) => {
    due.push(work);
    return () => {
      due = due.filter((other) => other !== work);
    };
  };
  spares = createSpareChildren({ clock: { ...systemClock(), after } });
  runtime = createQuickjsRuntime({}, { clock: systemClock(), spares });
});
afterEach(() => runtime.close());

const passTime = () => {
  for (const work of due.splice(0)) work();
};
const spareId = () => {
  const { processId } = spares;
  if (processId === undefined) throw new Error("no spare");
  return processId;
};
const counter = "let n = 0; export default () => new Response(String(++n))";

async function load(code = counter, limits = {}) {
  const handle = await runtime.load(packageOf(code, limits));
  return { handle, processId: runtime.describe(handle).processId };
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

async function untilGone(processId: number): Promise<void> {
  while (isAlive(processId)) await new Promise((resolve) => setImmediate(resolve));
}

test("nothing is started ahead before the first program", () => {
  expect([spares.processId, due.length]).toEqual([undefined, 0]);
});

test("a program gets the child that was started ahead, each such child serves one program, and one waits at a time", async () => {
  await load();
  const seen: number[] = [];
  for (let round = 0; round < 3; round++) {
    passTime();
    const waiting = spareId();
    const { handle, processId } = await load();
    expect(processId).toBe(waiting);
    expect(spares.processId).toBeUndefined();
    expect(fromUtf8((await runtime.call(handle, get())).body)).toBe("1");
    seen.push(waiting);
  }
  expect(new Set(seen).size).toBe(3);
});

test("a spare that died is not handed out, and the next use brings another", async () => {
  await load();
  passTime();
  const dead = spareId();
  process.kill(dead, "SIGKILL");
  await untilGone(dead);
  const { processId } = await load();
  expect(processId).not.toBe(dead);
  passTime();
  expect(spareId()).not.toBe(dead);
});

test("a program with other limits does not get it, as its caps are set when it starts; its own kind takes the place", async () => {
  await load();
  passTime();
  const first = spareId();
  const { processId } = await load(counter, { memoryBytes: 64 * 1024 * 1024 });
  expect(processId).not.toBe(first);
  expect(spareId()).toBe(first);
  passTime();
  expect(spareId()).not.toBe(first);
  await untilGone(first);
});

test("time and memory limits hold in a child that was started ahead", async () => {
  await load();
  passTime();
  const code = `export default ({ url }) => { if (url.endsWith("/memory")) { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)); } for (;;); }`;
  for (const [path, expected] of [
    ["/time", "DSDN_RUNTIME_TIME_LIMIT"],
    ["/memory", "DSDN_RUNTIME_MEMORY_LIMIT"],
  ] as const) {
    const waiting = spareId();
    const { handle, processId } = await load(code, path === "/time" ? { timeMs: 1_000 } : {});
    expect(processId).toBe(waiting);
    await expect(runtime.call(handle, get(path))).rejects.toMatchObject({ code: expected });
    passTime();
  }
});

test("a spare nobody needed for long is ended", async () => {
  await load();
  passTime();
  const waiting = spareId();
  passTime();
  expect(spares.processId).toBeUndefined();
  await untilGone(waiting);
});

test("closing the runtime ends the spare and starts no other", async () => {
  await load();
  passTime();
  const waiting = spareId();
  await runtime.close();
  expect(isAlive(waiting)).toBe(false);
  expect(due).toEqual([]);
  await load();
  expect(due).toHaveLength(1);
  await runtime.close();
  expect(due).toEqual([]);
});
