import { afterAll, expect, test } from "vitest";
import { fromUtf8, systemClock } from "../../../src/base/index.ts";
import { createQuickjsRuntime } from "../../../src/runtime/index.ts";
import { get, packageOf, testRuntime } from "./packages.ts";

const runtime = testRuntime();
/** Stands still from the line of the log on that the test names. */
const clock = systemClock();
let standsAt: string | undefined;
let stoodMs: number | undefined;
const single = createQuickjsRuntime(
  { maxInstances: 1 },
  {
    clock: { ...clock, monotonicMs: () => stoodMs ?? clock.monotonicMs() },
    onLog: (_workload, { text: line }) => {
      if (line === standsAt) stoodMs = clock.monotonicMs();
    },
  },
);
afterAll(() => Promise.all([runtime.close(), single.close()]));

const text = async (reply: Promise<{ body: Uint8Array }>) => fromUtf8((await reply).body);
const code = (reply: Promise<unknown>) =>
  reply.then(
    () => "answered",
    (error: { code: string }) => error.code,
  );

test("requests that wait let others go on: eight in one process, none before the last has come", async () => {
  const handle = await single.load(
    packageOf(
      `let waiting = []; export default async (request) => {
      await new Promise((go) => { waiting.push(go); if (waiting.length === 8) for (const each of waiting.splice(0)) each(); else setTimeout(() => {}, 60000); });
      return new Response(new URL(request.url).pathname);
    }`,
      { timeMs: 20_000 },
    ),
  );
  const replies = await Promise.all(Array.from({ length: 8 }, (_, n) => text(single.call(handle, get(`/${n}`)))));
  expect(replies).toEqual(Array.from({ length: 8 }, (_, n) => `/${n}`));
  expect(single.describe(handle)).toMatchObject({ instances: 1, restarts: 0, inFlight: 0, waiting: 0, state: "ready" });
  await single.stop(handle);
});

test("lines and timers belong to the request that made them, and timers end with it", async () => {
  const handle = await single.load(
    packageOf(`export default async (request) => {
      const name = new URL(request.url).pathname;
      const waited = new Promise((go) => setTimeout(go, name === "/a" ? 1 : 120));
      setTimeout(() => console.log("late " + name), 30);
      setInterval(() => console.log("tick " + name), 10);
      console.log("begin " + name);
      await waited;
      console.log("end " + name);
      return new Response("");
    }`),
  );
  await Promise.all(["/a", "/b"].map((path) => single.call(handle, get(path, { requestId: `id${path}` }))));
  const lines = single.readLogs(handle).map(({ requestId, text: line }) => [requestId, line] as const);
  await single.stop(handle);
  expect(lines.every(([id, line]) => line.endsWith(id.slice(2)))).toBe(true);
  const texts = lines.map(([, line]) => line);
  expect(texts).toEqual(expect.arrayContaining(["begin /a", "end /a", "begin /b", "late /b", "tick /b", "end /b"]));
  expect(texts).not.toContain("late /a");
});

test("a request over its time while it waits ends alone; the others and the process go on", async () => {
  const handle = await single.load(
    packageOf(
      `export default async (request) => {
        if (request.url.endsWith("/stuck")) await new Promise((go) => setTimeout(go, 60000));
        if (request.url.endsWith("/slow")) await new Promise((go) => setTimeout(go, 300));
        return new Response("good");
      }`,
      { timeMs: 3_000 },
    ),
  );
  const before = single.describe(handle).processId;
  const replies = await Promise.all(["/stuck", "/slow", "/quick"].map((path) => code(single.call(handle, get(path)))));
  expect(replies).toEqual(["DSDN_RUNTIME_TIME_LIMIT", "answered", "answered"]);
  expect(single.describe(handle)).toMatchObject({ processId: before, restarts: 0 });
  await single.stop(handle);
});

test("a loop ends its process: a GET beside it is answered by another one, a POST may be sent again", async () => {
  const handle = await single.load(
    packageOf(
      `export default async (request) => {
        if (request.url.endsWith("/loop")) for (;;);
        await new Promise((go) => setTimeout(go, 250));
        return new Response("good");
      }`,
      { timeMs: 3_000 },
    ),
  );
  const first = single.describe(handle).processId;
  const replies = Promise.all([
    code(single.call(handle, get("/wait"))),
    code(single.call(handle, get("/wait", { method: "POST" }))),
    code(single.call(handle, get("/loop"))),
  ]);
  expect(await replies).toEqual(["answered", "DSDN_RUNTIME_INTERRUPTED", "DSDN_RUNTIME_TIME_LIMIT"]);
  const { restarts, processId } = single.describe(handle);
  expect([restarts, processId === first]).toEqual([1, false]);
  expect(single.readLogs(handle).some(({ text: line }) => line.startsWith("the program's process ended"))).toBe(true);
  await single.stop(handle);
});

test("waitUntil goes on after the answer, within the time of a request, and its failure is a line", async () => {
  const handle = await single.load(
    packageOf(
      `let done = []; export default { fetch(request, env, ctx) {
        const { pathname } = new URL(request.url);
        if (pathname === "/state") return Response.json(done);
        ctx.waitUntil(new Promise((go) => setTimeout(go, 20)).then(() => done.push(pathname)));
        if (pathname === "/bad") ctx.waitUntil(Promise.reject(new Error("nope")));
        if (pathname === "/long") ctx.waitUntil(new Promise((go) => setTimeout(go, 60000)));
        return new Response("answered");
      } }`,
      { timeMs: 2_000 },
    ),
  );
  for (const path of ["/one", "/bad", "/long"]) expect(await text(single.call(handle, get(path)))).toBe("answered");
  await expect.poll(() => single.describe(handle).inFlight).toBe(0);
  expect(JSON.parse(await text(single.call(handle, get("/state"))))).toEqual(["/one", "/bad", "/long"]);
  const lines = single.readLogs(handle).map(({ text: line }) => line);
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringContaining("waitUntil: Error: nope"),
      "work after the answer was ended after 2000 ms",
    ]),
  );
  expect(single.describe(handle).restarts).toBe(0);
  await single.stop(handle);
});

test("load starts more processes, within the bound of their memory", async () => {
  const program = `export default async () => { await new Promise((go) => setTimeout(go, 400)); return new Response("") }`;
  const small = await runtime.load(packageOf(program));
  const replies = Promise.all(Array.from({ length: 40 }, () => runtime.call(small, get())));
  await expect.poll(() => runtime.describe(small).instances).toBeGreaterThan(1);
  await replies;
  expect(runtime.describe(small).instances).toBeLessThanOrEqual(4);
  await runtime.stop(small);
  const large = await runtime.load(packageOf(program, { memoryBytes: 400 * 1024 * 1024 }));
  await Promise.all(Array.from({ length: 20 }, () => runtime.call(large, get())));
  expect(runtime.describe(large).instances).toBe(1);
  await runtime.stop(large);
});

test("requests beyond the queue are turned away with a moment to try again", async () => {
  const handle = await single.load(
    packageOf(`export default async () => { await new Promise((go) => setTimeout(go, 100)); return new Response("") }`),
  );
  const replies = await Promise.allSettled(Array.from({ length: 80 }, () => single.call(handle, get())));
  await single.stop(handle);
  const refused = replies.flatMap((reply) => (reply.status === "rejected" ? [reply.reason as unknown] : []));
  expect(refused).toHaveLength(8);
  expect(refused[0]).toMatchObject({
    code: "DSDN_RUNTIME_BUSY",
    spec: { httpStatus: 503 },
    facts: { retryAfterSeconds: 1 },
  });
});

test("a program that keeps dying is started ever later, and that can be seen", async () => {
  const handle = await single.load(packageOf("export default () => { for (;;); }", { timeMs: 500 }));
  standsAt = "the program's process ended; it is started again after 200 ms";
  for (let round = 0; round < 3; round++) {
    expect(await code(single.call(handle, get("/", { method: "POST" })))).toBe("DSDN_RUNTIME_TIME_LIMIT");
  }
  await expect.poll(() => single.describe(handle).instances).toBe(0);
  const { state, startsInMs } = single.describe(handle);
  expect(state).toBe("restarting");
  expect(startsInMs).toBeGreaterThan(50);
  expect(single.readLogs(handle).map(({ text: line }) => line)).toEqual(
    expect.arrayContaining([
      "the program's process ended; it is started again with the next request",
      "the program's process ended; it is started again after 100 ms",
      "the program's process ended; it is started again after 200 ms",
    ]),
  );
  [standsAt, stoodMs] = [undefined, undefined];
  await single.stop(handle);
});

test("a stopped workload answers what it began and takes nothing new", async () => {
  const handle = await single.load(
    packageOf(
      `export default async () => { await new Promise((go) => setTimeout(go, 150)); return new Response("done") }`,
      { timeMs: 10_000 },
    ),
  );
  const begun = text(single.call(handle, get()));
  const stopped = single.stop(handle);
  expect(await code(single.call(handle, get()))).toBe("DSDN_RUNTIME_NOT_LOADED");
  expect(await begun).toBe("done");
  await stopped;
});

test("two programs at the same time see neither the environment nor the lines nor the globals of the other", async () => {
  const program = (name: string) => ({
    ...packageOf(`globalThis.mark = (globalThis.mark ?? "") + "${name}";
      export default (request, env) => { console.log(env.SECRET); return Response.json([mark, env, Object.keys(globalThis)]) }`),
    workload: name,
    env: [{ name: "SECRET", value: `of-${name}` }],
  });
  const [left, right] = await Promise.all([runtime.load(program("left")), runtime.load(program("right"))]);
  const replies = await Promise.all([text(runtime.call(left, get())), text(runtime.call(right, get()))]);
  expect(JSON.parse(replies[0])).toEqual(["left", { SECRET: "of-left" }, ["mark"]]);
  expect(JSON.parse(replies[1])).toEqual(["right", { SECRET: "of-right" }, ["mark"]]);
  expect(runtime.readLogs(left).map(({ text: line }) => line)).toEqual(["of-left"]);
  expect(runtime.readLogs(right).map(({ text: line }) => line)).toEqual(["of-right"]);
  await Promise.all([runtime.stop(left), runtime.stop(right)]);
});

test.each([
  [
    "more timers than a request may have",
    "for (let n = 0; n < 5000; n++) setTimeout(() => {}, 1e6); return new Response('')",
    "DSDN_RUNTIME_GUEST_THREW",
  ],
  [
    "more questions than a request may ask",
    "await Promise.all(Array.from({ length: 100 }, () => fetch('http://a.test/').catch(() => {}))); for (let n = 0; n < 100; n++) fetch('http://a.test/'); return new Response('')",
    "answered",
  ],
  ["an interval of nothing", "setInterval(() => {}, 0); await new Promise(() => {})", "DSDN_RUNTIME_TIME_LIMIT"],
  [
    "a waitUntil that loops",
    "context.waitUntil(new Promise((go) => setTimeout(go, 1)).then(() => { for (;;); })); return new Response('')",
    "answered",
  ],
  [
    "a stream that never ends",
    "return new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65536)) }))",
    "DSDN_RUNTIME_MEMORY_LIMIT",
  ],
  [
    "a stream that never begins",
    "return new Response(new ReadableStream({ pull: () => new Promise(() => {}) }))",
    "DSDN_RUNTIME_NEVER_ANSWERS",
  ],
  [
    "a stream of something else",
    "return new Response(new ReadableStream({ start: (c) => { c.enqueue('text'); c.close() } }))",
    "DSDN_RUNTIME_GUEST_THREW",
  ],
  [
    "a clone without end",
    "const o = {}; let p = o; for (let n = 0; n < 1e5; n++) p = p.a = {}; structuredClone(o)",
    "DSDN_RUNTIME_GUEST_THREW",
  ],
  [
    "a signal that fires itself",
    "const c = new AbortController(); c.signal.onabort = () => { for (;;); }; c.abort()",
    "DSDN_RUNTIME_TIME_LIMIT",
  ],
  [
    "a form of separators",
    "return new Response(String([...(await new Response('--x\\r\\n'.repeat(1e5), { headers: { 'content-type': 'multipart/form-data; boundary=x' } }).formData())].length))",
    "DSDN_RUNTIME_GUEST_THREW",
  ],
  [
    "a digest of too much",
    "await crypto.subtle.digest('SHA-512', new ArrayBuffer(40 << 20))",
    "DSDN_RUNTIME_GUEST_THREW",
  ],
  [
    "a replaced Map",
    "Map.prototype.get = Map.prototype.delete = () => { for (;;); }; setTimeout(() => {}, 1e6); return new Response('')",
    "DSDN_RUNTIME_TIME_LIMIT",
  ],
])("a program with %s harms itself only", async (_name, body, outcome) => {
  const handle = await single.load(
    packageOf(
      `export default async (request, env, context) => { if (request.url.endsWith("/good")) return new Response("good"); ${body} }`,
      // Short only where time is what ends it: a busy machine reaches another limit late.
      { timeMs: { DSDN_RUNTIME_TIME_LIMIT: 1_500, answered: 5_000 }[outcome] ?? 60_000 },
    ),
  );
  expect(await code(single.call(handle, get("/", { method: "POST" })))).toBe(outcome);
  expect(await text(single.call(handle, get("/good")))).toBe("good");
  await single.stop(handle);
});
