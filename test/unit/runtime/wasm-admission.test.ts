import { afterAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/base/index.ts";
import { createRuntimes } from "../../../src/runtime/index.ts";
import { command, leb, rawModule, section, wasi, wasmPackage, wat } from "./wasm-modules.ts";

const runtime = createRuntimes({}, { clock: systemClock() });
afterAll(() => runtime.close());

type Options = Parameters<typeof wasmPackage>[1];

/** The rule that refused a module, and how long it took. */
async function refusal(code: Uint8Array, options?: Options) {
  const startMs = performance.now();
  const error = await runtime.load(wasmPackage(code, options)).then(
    async (handle) => void (await runtime.stop(handle)),
    (thrown: unknown) => thrown as { code: string; facts: { rule?: string; reason: string } },
  );
  return {
    code: error?.code,
    rule: error?.facts.rule,
    reason: error?.facts.reason ?? "",
    tookMs: performance.now() - startMs,
  };
}

const TYPE = section(1, 1, 0x60, 0, 0);
const FUNCTION = section(3, 1, 0);
const MEMORY = section(5, 1, 0, 1);
const EXPORT = section(7, 2, 6, ...ascii("memory"), 2, 0, 6, ...ascii("_start"), 0, 0);
const code = (...body: number[]) => section(10, 1, ...leb(body.length + 2), 0, ...body, 0x0b);
/** A whole command whose only function holds these instructions. */
const withBody = (...body: number[]) => rawModule(TYPE, FUNCTION, MEMORY, EXPORT, code(...body));
const nested = (opcodes: readonly number[], count: number) => Array.from({ length: count }, () => opcodes).flat();
const MAX = [0xff, 0xff, 0xff, 0xff, 0x0f];

function ascii(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

const good = command("");
const cases: Readonly<Record<string, readonly [rule: string, code: Uint8Array, options?: Options][]>> = {
  "D1: what is no whole core module": [
    ["truncated", new Uint8Array(0)],
    ["truncated", good.subarray(0, 7)],
    ["malformed", new TextEncoder().encode("#!/bin/sh\nexit 0\n")],
    ["version", Uint8Array.from([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0])],
    ["version", Uint8Array.from([0, 0x61, 0x73, 0x6d, 0, 0, 0, 0])],
    ["version", Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 9, 0])],
    ["component", Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0])],
    ["component", good, { kind: "component", mode: "service" }],
    ["version", Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0e, 0, 1, 0]), { kind: "component", mode: "service" }],
    ["truncated", good.subarray(0, 9)],
    ["truncated", good.subarray(0, good.length - 1)],
    ["truncated", rawModule([1, ...MAX])],
    ["malformed", rawModule([1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
    ["malformed", rawModule([1, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ["sections", rawModule(MEMORY, TYPE)],
    ["sections", rawModule(TYPE, TYPE)],
    ["sections", rawModule(section(14, 0))],
    ["malformed", rawModule(TYPE, FUNCTION, MEMORY, EXPORT)],
    ["malformed", rawModule(section(2, 1, 2, 0xff, 0xfe, 0, 0, 0))],
    ["malformed", rawModule(section(1, 0, 0))],
    ["size", new Uint8Array(33 * 1024 * 1024)],
  ],
  "D3: memory that no workload gets": [
    ["memory-size", command("", { memory: "65536" })],
    ["memory-size", command("", { memory: "769" })],
    ["memory64", command("", { memory: "i64 1" })],
    ["multi-memory", wat(`(module (memory (export "memory") 1) (memory 1) (func (export "_start")))`)],
    ["memory-export", wat(`(module (memory 1) (func (export "_start")))`)],
    ["memory-export", wat(`(module (memory (export "heap") 1) (func (export "_start")))`)],
    ["memory-export", wat(`(module (func (export "_start")))`)],
    ["malformed", rawModule(TYPE, FUNCTION, section(5, 1, 1, 2, 1), EXPORT, code())],
    ["import", wat(`(module (import "env" "memory" (memory 1)) (func (export "_start")))`)],
  ],
  "D4: tables, locals, nesting and sections beyond measure": [
    ["table", command("", { fields: "(table 10000000 funcref)" })],
    ["table", command("", { fields: "(table 600000 funcref) (table 600000 funcref)" })],
    ["table", command("", { fields: "(table 0 funcref)".repeat(9) })],
    ["locals", command(`(local ${"i32 ".repeat(50_000)})`)],
    ["locals", rawModule(TYPE, FUNCTION, MEMORY, EXPORT, section(10, 1, 8, 1, ...MAX, 0x7f, 0x0b))],
    ["nesting", withBody(...nested([0x02, 0x40], 10_000), ...nested([0x0b], 10_000))],
    ["nesting", withBody(...nested([0x03, 0x40], 10_000))],
    ["nesting", withBody(...nested([0x41, 0, 0x04, 0x40], 10_000))],
    ["truncated", rawModule([0, ...leb(500 * 1024 * 1024), 1, 0x61])],
    [
      "custom-section",
      rawModule(section(0, 1, 0x61, ...new Array<number>(100_000).fill(0)), [
        0,
        ...leb(17 * 1024 * 1024),
        1,
        0x61,
        ...zeros(17 * 1024 * 1024 - 2),
      ]),
    ],
    ["counts", rawModule(section(1, ...MAX))],
    ["counts", rawModule(section(1, 1, 0x60, ...leb(1001)))],
    ["counts", rawModule(section(2, ...MAX))],
    ["counts", rawModule(section(3, ...MAX))],
    ["counts", rawModule(MEMORY, section(6, ...MAX))],
    ["counts", rawModule(MEMORY, section(7, ...MAX))],
    ["counts", rawModule(TYPE, FUNCTION, MEMORY, EXPORT, code(), section(11, ...MAX))],
    ["table", rawModule(section(4, ...MAX))],
    ["multi-memory", rawModule(section(5, ...MAX))],
  ],
  "D5: data that lies outside the memory": [
    ["data-range", command("", { fields: `(data (i32.const 65530) "0123456789")` })],
    ["data-range", command("", { fields: `(data (i32.const -1) "0")` })],
    ["multi-memory", rawModule(TYPE, FUNCTION, MEMORY, EXPORT, code(), section(11, 1, 2, 1, 0x41, 0, 0x0b, 0))],
  ],
  "D6: imports that are not offered": [
    ["import", command("", { imports: `(import "env" "abort" (func (param i32 i32 i32 i32)))` })],
    ["import", command("", { imports: wasi("fd_splice", "i32") })],
    ["import", command("", { imports: wasi("constructor", "i32") })],
    ["import", command("", { imports: wasi("__proto__", "i32") })],
    ["import", command("", { imports: `(import "wasi_unstable" "fd_close" (func (param i32) (result i32)))` })],
    ["import-type", command("", { imports: wasi("fd_write", "i32 i32 i32") })],
    ["import-type", command("", { imports: wasi("fd_write", "i32 i32 i32 i64") })],
    ["import-type", command("", { imports: wasi("fd_write", "i32 i32 i32 i32", "") })],
    ["import-type", command("", { imports: wasi("proc_exit", "i32") })],
    ["import-type", command("", { imports: `(import "wasi_snapshot_preview1" "fd_close" (global i32))` })],
    ["import-type", command("", { imports: `(import "wasi_snapshot_preview1" "fd_close" (table 1 funcref))` })],
  ],
  "D10: proposals that are not admitted": [
    ["shared-memory", command("", { memory: "1 2 shared" })],
    ["threads", command("(drop (i32.atomic.load (i32.const 0)))")],
    ["threads", command("(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))")],
    ["relaxed-simd", command("(drop (i32x4.relaxed_trunc_f32x4_s (v128.const i32x4 1 2 3 4)))")],
    ["exceptions", command("try nop catch_all nop end")],
    ["exceptions", command("throw 0", { fields: "(tag)" })],
    ["exceptions", withBody(0x1f, 0x40, 0)],
    ["exceptions", rawModule(section(1, 1, 0x60, 1, 0x69, 0))],
    ["tail-call", command("return_call 0")],
    ["tail-call", withBody(0x13, 0, 0)],
    ["gc", rawModule(section(1, 1, 0x5f, 0))],
    ["gc", rawModule(section(1, 1, 0x60, 1, 0x6e, 0))],
    ["gc", withBody(0x14, 0)],
    ["gc", withBody(0xfb, 0, 0)],
    ["multi-memory", withBody(0x41, 0, 0x28, 0x42, 1, 0, 0x1a)],
    ["opcode", withBody(0xfc, 18, 0)],
    ["opcode", withBody(0x27)],
    ["opcode", withBody(0xff)],
  ],
  "the functions that are called": [
    ["entry", wat(`(module (memory (export "memory") 1))`)],
    ["entry", wat(`(module (memory (export "memory") 1) (func (export "_start") (export "_initialize")))`)],
    [
      "entry",
      wat(`(module (memory (export "memory") 1) (func (export "_initialize") (export "run")))`),
      { mode: "service" },
    ],
    ["entry", wat(`(module (memory (export "memory") 1) (func (export "_initialize") (export "handle")))`)],
    ["entry", wat(`(module (memory (export "memory") 1) (global (export "_start") i32 (i32.const 0)))`)],
    ["entry-type", wat(`(module (memory (export "memory") 1) (func (export "_start") (param i32)))`)],
    ["entry-type", wat(`(module (memory (export "memory") 1) (func (export "_start") (result i32) i32.const 0))`)],
    [
      "entry-type",
      wat(
        `(module (memory (export "memory") 1) (func (export "_initialize")) (func (export "run") (result i64) i64.const 0))`,
      ),
    ],
  ],
};

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

describe.each(Object.entries(cases))("%s", (_name, modules) => {
  test.each(modules.map(([rule, bytes, options], index) => ({ index, rule, bytes, options })))(
    "$index is refused by the rule $rule before anything is started",
    async ({ rule, bytes, options }) => {
      const refused = await refusal(bytes, options);
      expect([refused.code, refused.rule]).toEqual(["DSDN_RUNTIME_MODULE_REFUSED", rule]);
      expect(refused.tookMs).toBeLessThan(20_000);
    },
  );
});

test("a module within the rules is admitted: SIMD, bulk memory, several values, references, saturation", async () => {
  const body = `
    (drop (i32x4.add (v128.const i32x4 1 2 3 4) (v128.const i32x4 1 2 3 4)))
    (drop (v128.load8_lane 3 (i32.const 0) (v128.const i64x2 0 0)))
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 8))
    (drop (i32.trunc_sat_f64_u (f64.const 1e99)))
    (drop (i64.extend8_s (i64.const -1)))
    (drop (ref.is_null (ref.null func)))
    (block (br_table 0 0 0 (i32.const 1)))
    (drop (drop (call $two)))`;
  const fields = `(func $two (result i32 f64) i32.const 1 f64.const 2) (data $later "abc")`;
  expect((await refusal(command(body, { fields }))).rule).toBeUndefined();
});

test("a name from a module cannot bring control characters into an error", async () => {
  const { reason } = await refusal(command("", { imports: `(import "a\\1b[31m" "b\\0a" (func))` }));
  expect(reason).toBe("a?[31m.b? is not offered");
});

test("a package of more files than are mounted is refused", async () => {
  const files = Object.fromEntries(Array.from({ length: 2001 }, (_, index) => [`f${index}`, ""]));
  expect((await refusal(command(""), { files })).code).toBe("DSDN_RUNTIME_BUNDLE_INVALID");
});
