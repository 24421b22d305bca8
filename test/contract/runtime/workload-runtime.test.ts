import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromUtf8, systemClock, toUtf8 } from "../../../src/base/index.ts";
import {
  createQuickjsRuntime,
  createRuntimes,
  createSpareChildren,
  type WorkloadRuntime,
} from "../../../src/runtime/index.ts";
import { get, packageOf } from "../../unit/runtime/packages.ts";

const folder = mkdtempSync(join(tmpdir(), "dsdn-runtime-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The child as the published program carries it: one file. */
async function bundleChild(): Promise<string> {
  const outfile = join(folder, "runtime-child.mjs");
  const entry = fileURLToPath(new URL("../../../src/runtime/child/main.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", target: "node22" });
  return outfile;
}

const subjects: readonly { name: string; make: () => Promise<WorkloadRuntime> }[] = [
  { name: "QuickJS, child from sources", make: async () => createQuickjsRuntime({}, { clock: systemClock() }) },
  {
    name: "QuickJS, bundled child",
    make: async () => createQuickjsRuntime({ childEntry: await bundleChild() }, { clock: systemClock() }),
  },
  {
    name: "QuickJS, children started ahead",
    make: async () => {
      const clock = systemClock();
      return createQuickjsRuntime({}, { clock, spares: createSpareChildren({ clock }) });
    },
  },
  { name: "chosen by kind", make: async () => createRuntimes({}, { clock: systemClock() }) },
];

describe.each(subjects)("workload runtime: $name", ({ make }) => {
  let runtime: WorkloadRuntime;
  beforeAll(async () => {
    runtime = await make();
  });
  afterAll(() => runtime.close());

  async function answer(code: string, request = get()): Promise<{ status: number; text: string; headers: unknown }> {
    const handle = await runtime.load(packageOf(code));
    try {
      const { status, headers, body } = await runtime.call(handle, request);
      return { status, text: fromUtf8(body), headers };
    } finally {
      await runtime.stop(handle);
    }
  }

  test("a default object with fetch answers with status, headers and body", async () => {
    const code = `export default { fetch(request) {
      return new Response("hello " + new URL(request.url).searchParams.get("name"), { status: 201, headers: { "X-Kind": "Test" } });
    } }`;
    expect(await answer(code, get("/a?name=Budi"))).toEqual({
      status: 201,
      text: "hello Budi",
      headers: [
        ["content-type", "text/plain;charset=UTF-8"],
        ["x-kind", "Test"],
      ],
    });
  });

  test("a default async function answers after promises and timers", async () => {
    const code = `export default async function (request) {
      await null;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return Response.json({ method: request.method, echo: await request.json() });
    }`;
    const request = get("/", { method: "POST", body: toUtf8('{"n":1}') });
    expect((await answer(code, request)).text).toBe('{"method":"POST","echo":{"n":1}}');
  });

  test("a request body of any bytes comes back unchanged", async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
    const handle = await runtime.load(
      packageOf("export default async (request) => new Response(await request.arrayBuffer())"),
    );
    const { body } = await runtime.call(handle, get("/", { method: "PUT", body: bytes }));
    await runtime.stop(handle);
    expect(Buffer.from(body).equals(Buffer.from(bytes))).toBe(true);
  });

  test("texts keep NUL characters and replace lone surrogates", async () => {
    const code = `export default async (request) => {
      const text = await request.text();
      return Response.json([text.length, text, new TextEncoder().encode("a\\0\\ud800").length]);
    }`;
    const { text } = await answer(code, get("/", { method: "POST", body: toUtf8("\0é\0") }));
    expect(JSON.parse(text)).toEqual([3, "\0é\0", 5]);
  });

  test("state of the module lives from request to request", async () => {
    const handle = await runtime.load(packageOf("let n = 0; export default () => new Response(String(++n))"));
    const bodies: string[] = [];
    for (let round = 0; round < 3; round++) bodies.push(fromUtf8((await runtime.call(handle, get())).body));
    await runtime.stop(handle);
    expect(bodies).toEqual(["1", "2", "3"]);
  });

  test("requests made at once are answered in order, one after another", async () => {
    const handle = await runtime.load(
      packageOf(
        `let n = 0; export default async () => { const mine = ++n; await null; return new Response(mine + "/" + n) }`,
      ),
    );
    const replies = await Promise.all([1, 2, 3].map(() => runtime.call(handle, get())));
    await runtime.stop(handle);
    expect(replies.map((reply) => fromUtf8(reply.body))).toEqual(["1/1", "2/2", "3/3"]);
  });

  test("an answer to an earlier request cannot reach a later one", async () => {
    const code = `let first;
      export default (request) => new URL(request.url).pathname === "/late"
        ? new Promise((resolve) => { first = resolve })
        : (first(new Response("stolen")), new Promise((resolve) => setTimeout(() => resolve(new Response("mine")), 5)))`;
    const handle = await runtime.load(packageOf(code));
    await expect(runtime.call(handle, get("/late"))).rejects.toMatchObject({ code: "DSDN_RUNTIME_NEVER_ANSWERS" });
    const { body } = await runtime.call(handle, get("/now"));
    await runtime.stop(handle);
    expect(fromUtf8(body)).toBe("mine");
  });

  test("console lines carry stream, request and a rising sequence", async () => {
    const handle = await runtime.load(
      packageOf(
        `console.log("loaded"); export default () => { console.log("one", { a: [1] }); console.error("two\\nthree"); return new Response("") }`,
      ),
    );
    await runtime.call(handle, get("/", { requestId: "req-7" }));
    const lines = runtime
      .readLogs(handle)
      .map(({ sequence, stream, requestId, text }) => [sequence, stream, requestId, text]);
    expect(lines).toEqual([
      [1, "stdout", "load", "loaded"],
      [2, "stdout", "req-7", "one {a: [1]}"],
      [3, "stderr", "req-7", "two"],
      [4, "stderr", "req-7", "three"],
    ]);
    expect(runtime.readLogs(handle, 3)).toHaveLength(1);
    await runtime.stop(handle);
  });

  test("a batch gets its input and gives back what it wrote and returned", async () => {
    const code = `export default async function main(input) {
      dsdn.write("lines: ");
      return String(input.text().trim().split("\\n").length);
    }`;
    const handle = await runtime.load(packageOf(code, {}, "batch"));
    const result = await runtime.run(handle, toUtf8("a\nb\nc\n"));
    expect([fromUtf8(result.output), result.exitCode]).toEqual(["lines: 3", 0]);
    await runtime.stop(handle);
  });

  test("a batch without a default export runs from top to bottom and sets its exit code", async () => {
    const handle = await runtime.load(
      packageOf(
        `const data = dsdn.stdin.json(); dsdn.write(JSON.stringify(data.n * 2)); dsdn.exitCode = 3`,
        {},
        "batch",
      ),
    );
    const result = await runtime.run(handle, toUtf8('{"n":21}'));
    expect([fromUtf8(result.output), result.exitCode]).toEqual(["42", 3]);
    await runtime.stop(handle);
  });

  test("every batch run starts afresh", async () => {
    const handle = await runtime.load(
      packageOf("globalThis.n = (globalThis.n ?? 0) + 1; dsdn.write(String(n))", {}, "batch"),
    );
    const outputs = [await runtime.run(handle, new Uint8Array(0)), await runtime.run(handle, new Uint8Array(0))];
    expect(outputs.map((result) => fromUtf8(result.output))).toEqual(["1", "1"]);
    await runtime.stop(handle);
  });

  test("a batch that is stopped while its process starts never runs", async () => {
    const handle = await runtime.load(packageOf("dsdn.write('it ran')", {}, "batch"));
    const running = runtime.run(handle, new Uint8Array(0));
    running.catch(() => {});
    // The process is there, and nothing it says is heard: one that was started ahead may have the program at once.
    for (let i = 0; i < 100 && runtime.describe(handle).processId === undefined; i++) await null;
    expect(runtime.describe(handle).processId).toBeDefined();
    await runtime.stop(handle);
    await expect(running).rejects.toMatchObject({ code: "DSDN_RUNTIME_NOT_LOADED" });
  });

  test("describe says what runs, where, and that nothing about it is proven", async () => {
    const handle = await runtime.load(packageOf("export default () => new Response('')"));
    expect(runtime.describe(handle)).toMatchObject({
      workload: "test",
      kind: "js",
      mode: "service",
      engine: { name: "quickjs-wasm" },
      isolation: "child-process",
      verification: "none",
      state: "ready",
      restarts: 0,
    });
    await runtime.stop(handle);
  });

  test("a stopped workload is gone, and stopping it again does nothing", async () => {
    const handle = await runtime.load(packageOf("export default () => new Response('')"));
    await runtime.stop(handle);
    await runtime.stop(handle);
    await expect(runtime.call(handle, get())).rejects.toMatchObject({ code: "DSDN_RUNTIME_NOT_LOADED" });
  });

  test("a process that was killed from outside is started again for the next request", async () => {
    const handle = await runtime.load(packageOf("export default () => new Response('alive')"));
    process.kill(runtime.describe(handle).processId ?? 0, "SIGKILL");
    const outcome = await runtime.call(handle, get()).catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toMatchObject({ code: "DSDN_RUNTIME_CRASHED" });
    expect(fromUtf8((await runtime.call(handle, get())).body)).toBe("alive");
    expect(runtime.describe(handle).restarts).toBe(1);
    await runtime.stop(handle);
  });
});
