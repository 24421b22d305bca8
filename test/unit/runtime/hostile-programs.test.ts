import { afterAll, expect, test } from "vitest";
import { fromUtf8, toUtf8 } from "../../../src/base/index.ts";
import { get, packageOf, testRuntime } from "./packages.ts";

const runtime = testRuntime();
afterAll(() => runtime.close());

const GOOD = `if (new URL(request.url).pathname === "/good") return new Response("good");`;

/** For what meets another limit, however slow the machine is. */
const LONG_MS = 60_000;

/** Short, but enough for a machine with other work to load a program and answer a harmless request. */
const SHORT_MS = 5_000;

/**
 * Calls a handler whose body is `body` and says which error came, after how long, whether it still serves, and how
 * long that took: it starts a process anew, which tells how fast this machine is now.
 */
async function attack(body: string, limits = {}) {
  const handle = await runtime.load(packageOf(`export default async (request) => { ${GOOD} ${body} }`, limits));
  const startMs = performance.now();
  const outcome = await runtime.call(handle, get()).then(
    (reply) => fromUtf8(reply.body),
    (error: unknown) => (error as { code: string }).code,
  );
  const tookMs = performance.now() - startMs;
  const againMs = performance.now();
  const after = fromUtf8((await runtime.call(handle, get("/good"))).body);
  const restartMs = performance.now() - againMs;
  await runtime.stop(handle);
  return { outcome, tookMs, after, restartMs };
}

test("D2: an endless loop in a handler is stopped within a second of its limit", async () => {
  const { outcome, tookMs, after, restartMs } = await attack("for (;;);", { timeMs: SHORT_MS });
  expect([outcome, after]).toEqual(["DSDN_RUNTIME_TIME_LIMIT", "good"]);
  expect(tookMs).toBeLessThan(SHORT_MS + 1000 + 2 * restartMs);
});

test("D2: an endless chain of promises is stopped", async () => {
  const { outcome, after } = await attack("for (;;) await null;", { timeMs: SHORT_MS });
  expect([outcome, after]).toEqual(["DSDN_RUNTIME_TIME_LIMIT", "good"]);
});

test("D2: an endless chain of timers is stopped", async () => {
  const { outcome, after } = await attack("for (;;) await new Promise((go) => setTimeout(go, 1));", {
    timeMs: SHORT_MS,
  });
  expect([outcome, after]).toEqual(["DSDN_RUNTIME_TIME_LIMIT", "good"]);
});

test("D2: a loop that catches everything is stopped", async () => {
  const { outcome, after } = await attack("for (;;) try { for (;;); } catch {} finally { continue }", {
    timeMs: SHORT_MS,
  });
  expect([outcome, after]).toEqual(["DSDN_RUNTIME_TIME_LIMIT", "good"]);
});

test("D2: an endless loop at the top of the module is refused at load", async () => {
  const load = runtime.load(packageOf("for (;;); export default () => {}", { timeMs: SHORT_MS }));
  await expect(load).rejects.toMatchObject({ code: "DSDN_RUNTIME_TIME_LIMIT" });
});

test("D2: a module that waits for ever at its top is refused at load", async () => {
  const load = runtime.load(packageOf("await new Promise(() => {}); export default () => {}"));
  await expect(load).rejects.toMatchObject({ code: "DSDN_RUNTIME_NEVER_ANSWERS" });
});

test("a slow regular expression is stopped", async () => {
  const { outcome, after } = await attack("return new Response(String(/^(a+)+$/.test('a'.repeat(40) + 'b')))", {
    timeMs: SHORT_MS,
  });
  expect([outcome, after]).toEqual(["DSDN_RUNTIME_TIME_LIMIT", "good"]);
});

test("D3: a program that takes all memory is stopped and its process stays small", async () => {
  const { outcome, after } = await attack("const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1));", {
    timeMs: LONG_MS,
  });
  expect([outcome, after]).toEqual(["DSDN_RUNTIME_MEMORY_LIMIT", "good"]);
});

test("D3: a doubling string is stopped", async () => {
  const { outcome, after } = await attack("let s = 'x'; for (;;) s += s + s.length;", { timeMs: LONG_MS });
  expect(["DSDN_RUNTIME_MEMORY_LIMIT", "DSDN_RUNTIME_GUEST_THREW"]).toContain(outcome);
  expect(after).toBe("good");
});

test.each([
  ["a function", "const f = () => f() + 1; f();"],
  ["a native callback", "const f = () => [1].map(f); f();"],
  ["a getter", "const o = { get x() { return this.x } }; o.x;"],
  ["a replacer", "const f = () => 'a'.replace(/a/, f); f();"],
  ["JSON", "JSON.parse('['.repeat(1e6));"],
  ["a regular expression", "new RegExp('('.repeat(1e5) + ')'.repeat(1e5));"],
  ["toString", "const o = { toString() { return '' + o } }; '' + o;"],
  ["a sort", "const f = () => [2, 1].sort(f); f();"],
])("D8: recursion without end through %s fails in the program only", async (_name, body) => {
  const { outcome, after } = await attack(body);
  expect(["DSDN_RUNTIME_GUEST_THREW", "DSDN_RUNTIME_CRASHED", "DSDN_RUNTIME_MEMORY_LIMIT"]).toContain(outcome);
  expect(after).toBe("good");
});

test("D9: a response over the limit is refused", async () => {
  const { outcome, after } = await attack("return new Response(new Uint8Array(300 * 1024))");
  expect([outcome, after]).toEqual(["DSDN_RUNTIME_OUTPUT_LIMIT", "good"]);
});

test("D9: a batch that writes 1 GiB is cut off at its limit", async () => {
  const code = "const block = new Uint8Array(1 << 16); for (let n = 0; n < 16384; n++) dsdn.write(block);";
  const handle = await runtime.load(packageOf(code, { timeMs: LONG_MS }, "batch"));
  await expect(runtime.run(handle, new Uint8Array(0))).rejects.toMatchObject({ code: "DSDN_RUNTIME_OUTPUT_LIMIT" });
  await runtime.stop(handle);
});

test("D9: a flood of log lines is dropped and counted, and escape sequences are made visible", async () => {
  const code = `export default () => {
    console.log("\\x1b]52;c;aGk=\\x07 \\u202e red");
    for (let n = 0; n < 20000; n++) console.log("x".repeat(100));
    return new Response("done");
  }`;
  const handle = await runtime.load(packageOf(code, { timeMs: LONG_MS }));
  expect(fromUtf8((await runtime.call(handle, get())).body)).toBe("done");
  const lines = runtime.readLogs(handle);
  await runtime.stop(handle);
  expect(lines[0]?.text).toBe("\\u001b]52;c;aGk=\\u0007 \\u202e red");
  expect(lines.length).toBeLessThan(600);
  expect(lines.at(-1)?.text).toMatch(/^\d+ log lines dropped/);
});

test("D9: a log line of a mebibyte is cut", async () => {
  const code = `export default () => { console.log("y".repeat(1 << 20)); return new Response("") }`;
  const handle = await runtime.load(packageOf(code));
  await runtime.call(handle, get());
  const [line] = runtime.readLogs(handle);
  await runtime.stop(handle);
  expect(line?.text).toHaveLength(8 * 1024);
});

test.each([
  ["cut off", "export default { fetch(request) { return new Resp"],
  ["empty", ""],
  ["no code at all", "\0\0\0\0"],
  ["an import of node:fs", 'import fs from "node:fs"; export default () => new Response("")'],
  ["a component in place of a module", "\0asm\x0d\0\x01\0"],
])("D1: a bundle that is %s is refused at load", async (_name, code) => {
  const load = runtime.load(packageOf(code));
  await expect(load).rejects.toMatchObject({
    code: expect.stringMatching(/^DSDN_RUNTIME_(BUNDLE_INVALID|ENTRY_MISSING)$/) as string,
  });
});

test("D1: a bundle that is not UTF-8 is refused at load", async () => {
  const load = runtime.load(packageOf(Uint8Array.of(0xff, 0xfe, 0x80)));
  await expect(load).rejects.toMatchObject({ code: "DSDN_RUNTIME_BUNDLE_INVALID" });
});

test("a default export that cannot be called is refused at load", async () => {
  await expect(runtime.load(packageOf("export default { fetch: 5 }"))).rejects.toMatchObject({
    code: "DSDN_RUNTIME_ENTRY_MISSING",
  });
});

test("an entry that the manifest does not list is refused", async () => {
  const input = packageOf("export default () => new Response('')");
  const manifest = { ...input.manifest, files: [] };
  await expect(runtime.load({ ...input, manifest })).rejects.toMatchObject({ code: "DSDN_RUNTIME_BUNDLE_INVALID" });
});

test("nothing of the host can be reached from a program", async () => {
  const { outcome } = await attack(`
    const names = ["process", "require", "module", "Buffer", "global", "Deno", "Bun", "WebAssembly", "Worker",
      "XMLHttpRequest", "WebSocket", "navigator", "__dirname", "std", "os", "SharedWorker", "importScripts"];
    const found = names.filter((name) => name in globalThis);
    const escapes = [
      () => (0, eval)("process"),
      () => new Function("return process")(),
      () => console.log.constructor("return process")(),
      () => Object.getPrototypeOf(async () => {}).constructor("return process")(),
    ];
    for (const escape of escapes) try { found.push(String(await escape())) } catch {}
    for (const name of ["node:fs", "fs", "file:///etc/passwd", "./program.js"]) try { await import(name); found.push(name) } catch {}
    try { await fetch("http://127.0.0.1/"); found.push("network") } catch {}
    return Response.json(found);`);
  expect(outcome).toBe("[]");
});

test("polluted prototypes and replaced globals do not reach the host", async () => {
  const body = `
    Object.prototype.status = 999; Object.prototype.isFatal = true; Object.prototype.headers = "x";
    Array.prototype.map = () => { throw new Error("map") };
    Object.defineProperty(Object.prototype, "0", { value: "zero", writable: true, configurable: true });
    globalThis.JSON = null; globalThis.Promise = null; globalThis.Response = class {};
    return 1;`;
  const handle = await runtime.load(packageOf(`export default async (request) => { ${body} }`));
  await expect(runtime.call(handle, get())).rejects.toMatchObject({
    code: expect.stringMatching(/^DSDN_RUNTIME_(GUEST_THREW|NEVER_ANSWERS|CRASHED)$/) as string,
  });
  await runtime.stop(handle);
  expect(({} as { status?: number }).status).toBeUndefined();
});

test.each([
  ["a line break in a header", `return new Response("", { headers: { a: "b\\r\\nset-cookie: c" } })`],
  ["a status of 999", `return new Response("", { status: 999 })`],
  ["something else than a response", `return { status: 200 }`],
  ["a thrown null", `throw null`],
  ["a thrown object with a hostile message", `throw { get message() { for (;;); } }`],
])("an answer with %s is an error of the program", async (_name, body) => {
  const { outcome, after } = await attack(body, { timeMs: SHORT_MS });
  expect(["DSDN_RUNTIME_GUEST_THREW", "DSDN_RUNTIME_TIME_LIMIT"]).toContain(outcome);
  expect(after).toBe("good");
});

test("hop-by-hop fields of an answer are left out", async () => {
  const handle = await runtime.load(
    packageOf(
      `export default () => new Response("x", { headers: { connection: "close", "content-length": "9", "x-a": "b" } })`,
    ),
  );
  const { headers } = await runtime.call(handle, get());
  await runtime.stop(handle);
  expect(headers.map(([name]) => name)).toEqual(["content-type", "x-a"]);
});

test("a request over the workload's bound is refused before it reaches the program", async () => {
  const handle = await runtime.load(packageOf("export default () => new Response('')"));
  const call = runtime.call(handle, get("/", { method: "POST", body: new Uint8Array(257 * 1024) }));
  await expect(call).rejects.toMatchObject({ code: "DSDN_RUNTIME_REQUEST_TOO_LARGE" });
  await runtime.stop(handle);
});

test("more than the allowed number of waiting requests are turned away", async () => {
  const handle = await runtime.load(packageOf("export default () => new Response('')"));
  const replies = await Promise.allSettled(Array.from({ length: 80 }, () => runtime.call(handle, get())));
  await runtime.stop(handle);
  const refused = replies.filter((reply) => reply.status === "rejected");
  expect(refused).toHaveLength(8);
  expect(refused[0]).toMatchObject({ reason: { code: "DSDN_RUNTIME_BUSY" } });
});

test("a batch with a prototype trap for its result fails by itself", async () => {
  const code = `export default () => ({ toJSON() { throw new Error("no") } })`;
  const handle = await runtime.load(packageOf(code, {}, "batch"));
  await expect(runtime.run(handle, toUtf8(""))).rejects.toMatchObject({ code: "DSDN_RUNTIME_GUEST_THREW" });
  await runtime.stop(handle);
});

test("what hostile programs do to their own process leaves this one small", async () => {
  const before = process.memoryUsage().rss;
  const bombs = [
    "const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1));",
    "for (;;) console.log('z'.repeat(60000));",
    "return new Response(new Uint8Array(40 << 20));",
  ];
  for (const bomb of bombs) await attack(bomb, { timeMs: SHORT_MS });
  expect(process.memoryUsage().rss - before).toBeLessThan(96 * 1024 * 1024);
});
