import { afterAll, expect, test } from "vitest";
import { fromUtf8, toUtf8 } from "../../../src/base/index.ts";
import { compareWithNode } from "./compare-with-node.ts";
import { get, packageOf, testRuntime } from "./packages.ts";

const runtime = testRuntime();
afterAll(() => runtime.close());

const compare = (expression: string) => compareWithNode(runtime, expression);

/** What a handler whose body is `body` answers. */
async function answer(body: string, request = get()): Promise<unknown> {
  const handle = await runtime.load(
    packageOf(
      `export default { async fetch(request, env, ctx) { return Response.json(await (async () => { ${body} })()) } }`,
    ),
  );
  try {
    return JSON.parse(fromUtf8((await runtime.call(handle, request)).body));
  } finally {
    await runtime.stop(handle);
  }
}

test("crypto.subtle.digest gives the digests that Node gives", () =>
  compare(`{
    const seen = [];
    for (const name of ["SHA-1", "SHA-256", { name: "sha-384" }, "SHA-512"]) {
      for (const text of ["", "abc", "\\0é".repeat(100)]) {
        seen.push([...new Uint8Array(await crypto.subtle.digest(name, new TextEncoder().encode(text)))]);
      }
    }
    const refused = await crypto.subtle.digest("MD5", new Uint8Array(1)).catch((error) => error.name);
    return [seen, refused];
  }`));

test("atob and btoa behave as in Node", () =>
  compare(`{
    const texts = ["", "a", "ab", "abc", "abcd", "\\0\\xff\\x80"];
    const tries = ["YQ", "YQ==", " Y Q = = ", "YQ=", "Y", "YQ=a", "ab\\0c", "////"];
    const attempt = (make) => { try { return make() } catch (error) { return error.name } };
    return [texts.map(btoa), texts.map((text) => atob(btoa(text)) === text), tries.map((text) => attempt(() => atob(text))),
      attempt(() => btoa("\\u0100"))];
  }`));

test("structuredClone copies what Node copies and refuses what it refuses", () =>
  compare(`{
    const cycle = { list: [1, , 3], date: new Date(5), map: new Map([[{ a: 1 }, new Set([2])]]), re: /x/gi,
      bytes: new Uint8Array([1, 2, 3]).subarray(1), big: null, error: new RangeError("r") };
    cycle.self = cycle;
    const copy = structuredClone(cycle);
    copy.bytes[0] = 9;
    const refused = [() => {}, Symbol("x"), Promise.resolve()].map((value) => {
      try { structuredClone(value); return "cloned" } catch (error) { return [error.name, error.code] }
    });
    return [copy.self === copy, copy !== cycle, 1 in copy.list, copy.date.getTime(), [...copy.map.keys()][0], [...[...copy.map.values()][0]],
      String(copy.re), [...copy.bytes], [...cycle.bytes], copy.error.name, copy.error.message, copy.error instanceof RangeError, refused];
  }`));

test("AbortController and AbortSignal behave as in Node", () =>
  compare(`{
    const controller = new AbortController();
    const heard = [];
    controller.signal.addEventListener("abort", (event) => heard.push(event.type, controller.signal.aborted), { once: true });
    controller.signal.onabort = () => heard.push("property");
    const any = AbortSignal.any([controller.signal, new AbortController().signal]);
    controller.abort(); controller.abort("again");
    const timeout = AbortSignal.timeout(1);
    await new Promise((go) => timeout.addEventListener("abort", go));
    let thrown;
    try { AbortSignal.abort("why").throwIfAborted() } catch (error) { thrown = error }
    return [heard.toSorted(), controller.signal.reason.name, any.aborted, timeout.reason.name, thrown];
  }`));

test("streams carry chunks in order, through transforms, twice over a tee, and pass on errors", () =>
  compare(`{
    const seen = [];
    let next = 0;
    const numbers = new ReadableStream({ pull(controller) { if (next === 4) controller.close(); else controller.enqueue(next++); }, cancel: (why) => seen.push("cancel", why) });
    const [left, right] = numbers.tee();
    for await (const value of left) seen.push(value);
    const double = new TransformStream({ transform: (value, controller) => controller.enqueue(value * 2), flush: (controller) => controller.enqueue("end") });
    for await (const value of right.pipeThrough(double)) seen.push(value);
    const text = new ReadableStream({ start(controller) { for (const byte of new TextEncoder().encode("aé😀")) controller.enqueue(Uint8Array.of(byte)); controller.close(); } });
    let joined = "";
    for await (const part of text.pipeThrough(new TextDecoderStream())) joined += part;
    const broken = new ReadableStream({ pull(controller) { controller.error(new RangeError("broken")) } });
    seen.push(joined, await new Response(broken).text().catch((error) => error.name));
    const early = new ReadableStream({ pull: (controller) => controller.enqueue("x"), cancel: () => seen.push("cancelled") });
    for await (const value of early) { seen.push(value); break }
    const written = [];
    await new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); c.close() } }).pipeTo(new WritableStream({ write: (chunk) => void written.push(chunk), close: () => void written.push("closed") }));
    return [seen, written, new Response("x").body.locked];
  }`));

test("a body that is a stream is sent whole, and request.body can be read chunk by chunk", async () => {
  const body = `
    const reader = request.body.getReader();
    let size = 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) size += next.value.length;
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    writer.write(new TextEncoder().encode("size ")).then(() => writer.write(new TextEncoder().encode(String(size)))).then(() => writer.close());
    return await new Response(readable).text();`;
  expect(await answer(body, get("/", { method: "POST", body: toUtf8("x".repeat(1000)) }))).toBe("size 1000");
});

test("Request and Response copy, move and lock their bodies as in Node", () =>
  compare(`{
    const state = async (work) => { try { return await work() } catch (error) { return error.name } };
    const first = new Response("one");
    const twin = first.clone();
    const stream = new Response(new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode("two")); c.close() } }));
    const streamTwin = stream.clone();
    const request = new Request("http://a.test/", { method: "POST", body: "three" });
    const moved = new Request(request, { headers: { a: "b" } });
    return [await first.text(), await twin.text(), await stream.text(), await streamTwin.text(), request.bodyUsed, await moved.text(),
      await state(() => first.clone()), await state(() => request.text()), new Response().body, new Response("x").bodyUsed,
      await state(() => new Response(stream.body)), [...(await new Response(new Blob(["a", Uint8Array.of(98)])).bytes())],
      (await new Response("x", { headers: { "content-type": "a/b" } }).blob()).type, await state(() => Response.json(undefined)),
      await state(() => new Request("http://a/", { method: "a b" })), new Request("http://a/", { method: "post" }).method];
  }`));

test("forms are read and written as in Node", () =>
  compare(`{
    const form = new FormData();
    form.append("a", "1"); form.append("a", "2\\n3"); form.set("q\\"uote", "é"); form.append("file", new File(["x\\0y"], "n.bin", { type: "a/b" }));
    const back = await new Response(form).formData();
    const file = back.get("file");
    const query = await new Response(new URLSearchParams("k=v&k=%C3%A9")).formData();
    const refused = await new Response("x").formData().catch((error) => error.name);
    return [[...back].filter(([, value]) => typeof value === "string"), file.name, file.type, [...(await file.bytes())], back.getAll("a"), [...query], refused,
      new Response(form).headers.get("content-type").split("=")[0]];
  }`));

test("TextDecoder decodes a text that comes in pieces as Node does", () =>
  compare(`{
    const bytes = new TextEncoder().encode("\\ufeffaé€😀");
    const seen = [];
    for (let size = 1; size < 6; size++) {
      const decoder = new TextDecoder();
      let text = "";
      for (let at = 0; at < bytes.length; at += size) text += decoder.decode(bytes.subarray(at, at + size), { stream: true });
      seen.push(text + decoder.decode());
    }
    const target = new Uint8Array(4);
    return [seen, new TextEncoder().encodeInto("é€x", target), [...target], new TextDecoder().decode(Uint8Array.of(0xe2, 0x82), { stream: false })];
  }`));

test("timers and intervals run in order and can be stopped", () =>
  compare(`{
    const seen = [];
    await new Promise((done) => {
      let ticks = 0;
      const never = setTimeout(() => seen.push("never"), 2);
      clearTimeout(never); clearTimeout(undefined);
      setTimeout((...values) => seen.push(...values), 1, "a", "b");
      queueMicrotask(() => seen.push("microtask"));
      const every = setInterval(() => { seen.push(++ticks); if (ticks === 3) { clearInterval(every); done() } }, 20);
    });
    return seen;
  }`));

test("performance.now is whole milliseconds that never go back", async () => {
  const body = `const times = []; for (let n = 0; n < 2000; n++) times.push(performance.now());
    return [times.every(Number.isInteger), times.every((time, at) => at === 0 || time >= times[at - 1])]`;
  expect(await answer(body)).toEqual([true, true]);
});

test("console levels reach the log with their level, values are formatted, groups indent", async () => {
  const code = `export default () => {
    console.debug("d %s %d %j %%", "text", "42", { a: [1] }); console.info("i"); console.warn("w"); console.error(new Map([["k", new Set([1])]]));
    console.group("g"); console.log("in"); console.groupEnd(); console.assert(false, "no"); console.count(); console.count();
    return new Response("");
  }`;
  const handle = await runtime.load(packageOf(code));
  await runtime.call(handle, get());
  const lines = runtime.readLogs(handle).map(({ stream, level, text }) => [stream, level, text]);
  await runtime.stop(handle);
  expect(lines).toEqual([
    ["stdout", "debug", "d text 42 {a: [1]} %"],
    ["stdout", "info", "i"],
    ["stderr", "warn", "w"],
    ["stderr", "error", 'Map {"k" => Set {1}}'],
    ["stdout", "info", "g"],
    ["stdout", "info", "  in"],
    ["stderr", "error", "Assertion failed no"],
    ["stdout", "info", "default: 1"],
    ["stdout", "info", "default: 2"],
  ]);
});

test("a handler gets its environment, and a batch as well", async () => {
  const env = [
    { name: "A", value: "one" },
    { name: "B", value: "zwei\0é" },
  ];
  const service = await runtime.load({
    ...packageOf("export default { fetch: (request, env) => Response.json([env, dsdn.env, Object.isFrozen(env)]) }"),
    env,
  });
  expect(JSON.parse(fromUtf8((await runtime.call(service, get())).body))).toEqual([
    { A: "one", B: "zwei\0é" },
    { A: "one", B: "zwei\0é" },
    true,
  ]);
  await runtime.stop(service);
  const batch = await runtime.load({ ...packageOf("export default (stdin, env) => env.A", {}, "batch"), env });
  expect(fromUtf8((await runtime.run(batch, new Uint8Array(0))).output)).toBe("one");
  await runtime.stop(batch);
});

test("what the runtime reference says does not exist does not exist", async () => {
  const names = [
    "WebSocket",
    "EventSource",
    "Worker",
    "WebAssembly",
    "XMLHttpRequest",
    "caches",
    "CompressionStream",
    "Intl",
  ];
  const body = `return [${JSON.stringify(names)}.filter((name) => name in globalThis), Object.keys(crypto.subtle)]`;
  expect(await answer(body)).toEqual([[], ["digest"]]);
});
