import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DsdnError } from "../../../src/base/index.ts";
import { admitModule } from "../../../src/runtime/wasm/admit-module.ts";
import { command } from "../../unit/runtime/wasm-modules.ts";

const real = new Uint8Array(readFileSync(new URL("../../unit/runtime/fixtures/wasi-command.wasm", import.meta.url)));
const small = command("(drop (i32.add (i32.const 1) (i32.load (i32.const 8))))", {
  fields: `(table 2 funcref) (global (mut i64) (i64.const 7)) (func $f) (elem (i32.const 0) $f) (data (i32.const 4) "abc")`,
});
const order = { memoryBytes: 64 * 1024 * 1024, mode: "batch" } as const;

/** What the rules say of these bytes; anything but an answer or a refusal is an error of ours. */
function judge(bytes: Uint8Array): string {
  try {
    return admitModule(bytes, order);
  } catch (error) {
    if (error instanceof DsdnError && error.code === "DSDN_RUNTIME_MODULE_REFUSED") return "refused";
    throw error;
  }
}

const wasm = (globalThis as unknown as { WebAssembly: { validate(bytes: Uint8Array): boolean } }).WebAssembly;

test("changed bytes are admitted or refused by a rule, and what the engine accepts of a small module is never called damaged", () => {
  const change = fc.tuple(fc.nat({ max: small.length - 1 }), fc.nat({ max: 255 }));
  const damage = new Set(["truncated", "malformed", "sections"]);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = small.slice();
      for (const [at, value] of changes) bytes[at] = value;
      let rule = "";
      try {
        admitModule(bytes, order);
      } catch (error) {
        if (!(error instanceof DsdnError)) throw error;
        rule = String(error.facts["rule"]);
      }
      // Sections the engine knows and we do not admit carry their own rule, so damage is the only word left to compare.
      if (damage.has(rule)) expect(wasm.validate(bytes)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test("a real program with changed bytes is judged too", () => {
  const change = fc.tuple(fc.nat({ max: real.length - 1 }), fc.nat({ max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
      const bytes = real.slice();
      for (const [at, value] of changes) bytes[at] = value;
      expect(["command", "reactor", "refused"]).toContain(judge(bytes));
    }),
    { numRuns: 100 },
  );
});

test("a beginning of a module is refused, but for one that is whole without its data", () => {
  const beginnings = Array.from({ length: small.length }, (_, length) => small.subarray(0, length));
  const admitted = beginnings.filter((bytes) => judge(bytes) !== "refused");
  expect(admitted.every((bytes) => wasm.validate(bytes))).toBe(true);
  expect(admitted.length).toBeLessThan(2);
  expect(judge(small)).toBe("command");
});

test("random bytes are refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
      expect(judge(Uint8Array.of(...small.subarray(0, 8), ...tail))).toBe("refused");
    }),
    { numRuns: 500 },
  );
});
