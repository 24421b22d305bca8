import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { afterAll, describe, expect, test } from "vitest";
import { fromUtf8, systemClock, toUtf8 } from "../../../src/base/index.ts";
import { createRuntimes, type WorkloadHandle } from "../../../src/runtime/index.ts";
import { get } from "./packages.ts";
import { wasmPackage } from "./wasm-modules.ts";

const runtime = createRuntimes({}, { clock: systemClock() });
afterAll(() => runtime.close());

/** A component built by Rust for wasm32-wasip2; its source lies beside it. */
const service = new Uint8Array(readFileSync(new URL("fixtures/http-component.wasm", import.meta.url)));
const env = [{ name: "GREETING", value: "halo" }];

const load = (code: Uint8Array, limits = {}) =>
  runtime.load(wasmPackage(code, { kind: "component", mode: "service", env, limits }));

async function read(handle: WorkloadHandle, path: string, init: Parameters<typeof get>[1] = {}) {
  const { status, headers, body } = await runtime.call(handle, get(path, init));
  return { status, headers, text: fromUtf8(body) };
}

describe("a component that answers wasi:http", () => {
  test("answers requests, each in an instance of its own", async () => {
    const handle = await load(service);
    const headers = [
      ["content-type", "text/plain"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ];
    expect(await read(handle, "/hello")).toEqual({ status: 200, headers, text: "hello from a component, request 1\n" });
    expect((await read(handle, "/hello")).text).toBe("hello from a component, request 1\n");
    expect((await read(handle, "/nowhere")).status).toBe(404);
    const request = { method: "POST", headers: [["x-kind", "test"]] as const, body: toUtf8("body") };
    expect(await read(handle, "/echo?a=b", request)).toMatchObject({
      status: 201,
      text: 'Method::Post /echo?a=b body ["x-kind"]\n',
    });
    expect(runtime.describe(handle)).toMatchObject({ kind: "component", isolation: "child-process" });
    await runtime.stop(handle);
  });

  test("finds its environment, coarse clocks and its log, but no file and no way out", async () => {
    const handle = await load(service);
    expect((await read(handle, "/env")).text).toBe("GREETING=halo\n");
    expect((await read(handle, "/clock")).text).toBe("1000000\n");
    expect((await read(handle, "/sleep")).text).toBe("slept\n");
    expect((await read(handle, "/files")).text).toBe("Err(NotFound)\n");
    expect((await read(handle, "/fetch?GET,https,example.com,/")).text).toBe("failed ErrorCode::HttpRequestDenied\n");
    await read(handle, "/log");
    expect(runtime.readLogs(handle).map(({ stream, text }) => `${stream}: ${text}`)).toEqual([
      "stdout: a line on stdout",
      "stderr: a line on stderr",
    ]);
    await runtime.stop(handle);
  });

  test("that misbehaves fails that request and answers the next", async () => {
    const handle = await load(service, { timeMs: 4000 });
    const codeOf = (path: string) => read(handle, path).catch((error: unknown) => (error as { code: string }).code);
    expect(await codeOf("/large")).toBe("DSDN_RUNTIME_OUTPUT_LIMIT");
    expect(await codeOf("/grow")).toBe("DSDN_RUNTIME_GUEST_THREW");
    expect(await codeOf("/panic")).toBe("DSDN_RUNTIME_GUEST_THREW");
    expect(await codeOf("/exit")).toBe("DSDN_RUNTIME_GUEST_THREW");
    expect(await codeOf("/silent")).toBe("DSDN_RUNTIME_ANSWER_INVALID");
    expect(await codeOf("/spin")).toBe("DSDN_RUNTIME_TIME_LIMIT");
    expect((await read(handle, "/hello")).status).toBe(200);
    await runtime.stop(handle);
  });
});

describe("a component is refused before anything of it runs", () => {
  const refusal = (code: Uint8Array) =>
    load(code).then(
      () => undefined,
      (error: unknown) => error as { code: string; facts: { rule?: string } },
    );
  const handler = (parts: string) => `(component ${parts}
    (core module $m (func (export "handle") (param i32 i32)))
    (core instance $i (instantiate $m))
    (func $f (param "a" u32) (param "b" u32) (canon lift (core func $i "handle")))
    (instance $h (export "handle" (func $f)))
    (export "wasi:http/incoming-handler@0.2.0" (instance $h)))`;
  /** What an import must be for its component to need it. */
  const used = (func: string) => `(core func $low (canon lower (func ${func})))
    (core module $u (import "a" "b" (func (result i64))))
    (core instance (instantiate $u (with "a" (instance (export "b" (func $low))))))`;
  const importing = (module: string, name: string) => `(core module $e (func (export "${name}")))
    (core instance $ei (instantiate $e))
    (core module $x (import "${module}" "${name}" (func)))
    (core instance (instantiate $x (with "${module}" (instance $ei))))`;
  const inner = (module: string) => `(core module $x ${module}) (core instance (instantiate $x))`;

  test("when it is damaged", async () => {
    expect((await refusal(service.subarray(0, 5000)))?.code).toBe("DSDN_RUNTIME_BUNDLE_INVALID");
    const broken = service.slice();
    broken.fill(0xff, 200, 400);
    expect((await refusal(broken))?.code).toBe("DSDN_RUNTIME_BUNDLE_INVALID");
  });

  test("when it answers nothing", async () => {
    const refused = await refusal(await parse("(component)"));
    expect([refused?.code, refused?.facts.rule]).toEqual(["DSDN_RUNTIME_MODULE_REFUSED", "entry"]);
  });

  test.each([
    {
      rule: "import",
      parts: `(import "wasi:sockets/tcp@0.2.0" (instance $s (export "now" (func (result u64))))) ${used('$s "now"')}`,
    },
    { rule: "import", parts: `(import "host-eval" (func $e (result u64))) ${used("$e")}` },
    { rule: "memory-size", parts: inner("(memory 65536)") },
    { rule: "memory64", parts: inner("(memory i64 1)") },
    {
      rule: "multi-memory",
      parts: `${inner("(memory 1)")} (core module $y (memory 1)) (core instance (instantiate $y))`,
    },
    { rule: "table", parts: inner("(table 9000000 funcref)") },
    { rule: "threads", parts: inner("(memory 1) (func (drop (i32.atomic.load (i32.const 0))))") },
    { rule: "tail-call", parts: inner("(func (return_call 0))") },
    { rule: "name", parts: inner(`(func (export "a'b"))`) },
    { rule: "name", parts: inner(`(func (export "a\\22b"))`) },
    { rule: "name", parts: inner(`(func (export "a\\5c"))`) },
    { rule: "name", parts: inner(`(func (export "a\\0ab"))`) },
    { rule: "name", parts: inner('(func (export "a`b"))') },
    { rule: "name", parts: inner(`(func (export "\\e2\\80\\a8"))`) },
    { rule: "name", parts: importing(`x': globalThis.owned = 1, 'y`, "b") },
    { rule: "name", parts: importing("a", `x': globalThis.owned = 1, 'y`) },
  ])("by the rule $rule: $parts", async ({ rule, parts }) => {
    const refused = await refusal(await parse(handler(parts)));
    expect([refused?.code, refused?.facts.rule]).toEqual(["DSDN_RUNTIME_MODULE_REFUSED", rule]);
  });

  test("when it is to run as a batch", async () => {
    const batch = runtime.load(wasmPackage(service, { kind: "component" }));
    await expect(batch).rejects.toMatchObject({ code: "DSDN_RUNTIME_MODULE_REFUSED", facts: { rule: "entry" } });
  });
});

test("the glue of a component reaches nothing of the process, whatever a name brought into it", () => {
  const glue = `export function instantiate(host) {
    const attempt = (work) => { try { return String(work()); } catch (error) { return error.name; } };
    return [
      typeof process, typeof require, typeof fetch, typeof setTimeout,
      attempt(() => eval("1")),
      attempt(() => Function("return 1")()),
      attempt(() => host.constructor("return 1")()),
      attempt(() => host.constructor.constructor("return 1")()),
      attempt(() => WebAssembly.compile.constructor("return process")()),
      attempt(() => Error.constructor("return process")()),
      attempt(() => Promise.resolve(1).then.constructor("return process")()),
    ];
  }
export const _util = {};`;
  const realm = new URL("../../../src/runtime/child/component/glue-realm.ts", import.meta.url).href;
  const program = `import { openGlue } from ${JSON.stringify(realm)};
    const glue = new TextEncoder().encode(${JSON.stringify(glue)});
    console.log(JSON.stringify(openGlue(glue)(() => {})));`;
  const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", program];
  const found: unknown = JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8" }));
  expect(found).toEqual([...Array<string>(4).fill("undefined"), ...Array<string>(7).fill("EvalError")]);
});
