import { expect, test } from "vitest";
import { compileIntent, completeIntent } from "../../../src/intent/index.ts";
import { type ObjectId, workloadSpec, z } from "../../../src/protocol/index.ts";

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "none";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test("a type alone is enough: the rest has defaults that fit it", () => {
  expect(completeIntent({ type: "web_app" })).toEqual({ type: "web_app", priority: "normal", visibility: "public" });
  expect(completeIntent({ type: "static" }).visibility).toBe("public");
  expect(completeIntent({ type: "batch" }).visibility).toBe("private");
});

test("every intent compiles to a spec that the protocol accepts, the same each time", () => {
  for (const type of ["web_app", "static", "batch"]) {
    for (const priority of ["low", "normal", "high"]) {
      for (const visibility of ["public", "private"]) {
        const spec = compileIntent({ type, priority, visibility });
        expect(z.encode(workloadSpec, spec)).toMatchObject({ intent: { type, priority, visibility } });
        expect(compileIntent({ visibility, priority, type })).toEqual(spec);
      }
    }
  }
});

test("more priority never means less memory or time, and high asks for data-centre nodes", () => {
  for (const type of ["web_app", "static", "batch"]) {
    const [low, normal, high] = ["low", "normal", "high"].map((priority) => compileIntent({ type, priority }));
    expect(low?.limits.timeMs).toBeLessThan(normal?.limits.timeMs ?? 0);
    expect(normal?.limits.memoryBytes).toBeLessThan(high?.limits.memoryBytes ?? 0);
    expect([low, normal, high].map((spec) => spec?.classPreference)).toEqual(["any", "any", "datacentre"]);
  }
});

test("only a batch has an input", () => {
  const input = "bafyreib" as ObjectId;
  expect(compileIntent({ type: "batch" }, { input }).input).toBe(input);
  expect(compileIntent({ type: "web_app" }, { input }).input).toBeNull();
});

test.each([
  ["an unknown field", { type: "batch", replicas: 3 }, "DSDN_INTENT_FIELD_UNKNOWN"],
  ["C2: a field named __proto__", JSON.parse('{"type":"batch","__proto__":{}}'), "DSDN_INTENT_FIELD_UNKNOWN"],
  ["C2: a field named constructor", { type: "batch", constructor: 1 }, "DSDN_INTENT_FIELD_UNKNOWN"],
  ["C7: replicas of 2.5", { type: "web_app", rf: 2.5 }, "DSDN_INTENT_FIELD_UNKNOWN"],
  ["an unknown type", { type: "vm" }, "DSDN_INTENT_FIELD_INVALID"],
  ["no type", {}, "DSDN_INTENT_FIELD_INVALID"],
  ["a type inherited from a prototype", Object.create({ type: "batch" }), "DSDN_INTENT_FIELD_INVALID"],
  ["a priority of null", { type: "batch", priority: null }, "DSDN_INTENT_FIELD_INVALID"],
  ["a priority of 3", { type: "batch", priority: 3 }, "DSDN_INTENT_FIELD_INVALID"],
  ["a list", ["batch"], "DSDN_INTENT_FIELD_INVALID"],
  ["null", null, "DSDN_INTENT_FIELD_INVALID"],
  ["text", "batch", "DSDN_INTENT_FIELD_INVALID"],
  ["ai", { type: "ai" }, "DSDN_INTENT_TYPE_UNSUPPORTED"],
])("%s is refused", (_name, value, code) => {
  expect(codeOf(() => compileIntent(value))).toBe(code);
});

test("the error for an unknown field lists the known ones", () => {
  expect(() => compileIntent({ type: "batch", cpu: 4 })).toThrow("cpu");
  try {
    compileIntent({ type: "batch", cpu: 4 });
  } catch (error) {
    expect((error as { facts: object }).facts).toEqual({ field: "cpu", known: "type, priority, visibility" });
  }
});
