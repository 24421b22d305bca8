import { describe, expect, test } from "vitest";
import { DsdnError } from "../../../src/base/index.ts";
import { compileIntent, compileProject, intentErrors } from "../../../src/intent/index.ts";
import type { ObjectId } from "../../../src/protocol/index.ts";

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "none";
  } catch (error) {
    return error instanceof DsdnError ? error.code : "no DsdnError";
  }
};
const MIB = 1024 * 1024;

test("a type alone is enough: the rest has defaults that fit it", () => {
  expect(compileIntent({ type: "web_app" }).intent).toEqual({
    type: "web_app",
    priority: "normal",
    visibility: "public",
  });
  expect(compileIntent({ type: "static" }).intent.visibility).toBe("public");
  expect(compileIntent({ type: "ai" })).toMatchObject({
    kind: "model",
    mode: "service",
    classPreference: "datacentre",
  });
  expect(compileIntent({ type: "batch" })).toMatchObject({ mode: "batch", tier: "spot" });
  expect(compileIntent({ type: "batch" }).intent.visibility).toBe("private");
});

test("more priority never means less memory or time; high asks for data centres, low leaves them to others", () => {
  for (const type of ["web_app", "static", "batch"]) {
    const [low, normal, high] = ["low", "normal", "high"].map((priority) => compileIntent({ type, priority }));
    expect(low?.limits.timeMs).toBeLessThan(normal?.limits.timeMs ?? 0);
    expect(normal?.limits.memoryBytes).toBeLessThan(high?.limits.memoryBytes ?? 0);
    expect([low, normal, high].map((spec) => spec?.classPreference)).toEqual(["regular", "any", "datacentre"]);
  }
});

test("an engine gets the memory it needs whatever the priority", () => {
  const python = { type: "web_app", kind: "python", mode: "service", because: ["main.py"] } as const;
  const compiled = compileProject({ flags: { priority: "low" }, detected: python });
  expect(compiled.spec).toMatchObject({ kind: "python", limits: { memoryBytes: 256 * MIB, timeMs: 5000 } });
  const memory = compiled.decisions.find(({ what }) => what === "limits.memoryBytes");
  expect(memory?.rule).toBe("engine-needs-memory");
});

test("only a batch has an input", () => {
  const input = "bafyreib" as ObjectId;
  expect(compileIntent({ type: "batch" }, { input }).input).toBe(input);
  expect(compileIntent({ type: "web_app" }, { input }).input).toBeNull();
});

describe("what stands above what", () => {
  const detected = { type: "static", kind: "static", mode: "service", because: ["index.html"] } as const;
  const file = { type: { value: "web_app", place: "dsdn.yaml:2" } } as const;
  const typeOf = (sources: Parameters<typeof compileProject>[0]) => {
    const { spec, decisions } = compileProject(sources);
    const said = decisions.find(({ what }) => what === "intent.type");
    return [spec.intent.type, said?.rule, said?.because.en];
  };

  test("a flag above the project's file above what its files show, and the reason says which", () => {
    expect(typeOf({ detected })).toEqual(["static", "detected", "the project's files show it: index.html"]);
    expect(typeOf({ detected, file })).toEqual(["web_app", "project-file", "dsdn.yaml:2 says so"]);
    expect(typeOf({ detected, file, flags: { type: "batch" } })).toEqual(["batch", "flag", "--type says so"]);
  });

  test("reasons are there in Indonesian too", () => {
    const { decisions } = compileProject({ detected, file });
    expect(decisions[0]?.because.id).toBe("dinyatakan di dsdn.yaml:2");
    expect(decisions.every(({ because }) => because.id !== because.en)).toBe(true);
  });
});

test.each([
  ["an unknown field", { type: "batch", colour: 3 }, "DSDN_INTENT_FIELD_UNKNOWN"],
  ["C2: a field named __proto__", JSON.parse('{"type":"batch","__proto__":{}}'), "DSDN_INTENT_FIELD_UNKNOWN"],
  ["C2: a field named constructor", { type: "batch", constructor: 1 }, "DSDN_INTENT_FIELD_UNKNOWN"],
  ["C7: replicas of 2.5", { type: "web_app", rf: 2.5 }, "DSDN_INTENT_FIELD_PLACEMENT"],
  ["an unknown type", { type: "vm" }, "DSDN_INTENT_FIELD_INVALID"],
  ["no type", {}, "DSDN_INTENT_FIELD_INVALID"],
  ["a type inherited from a prototype", Object.create({ type: "batch" }), "DSDN_INTENT_FIELD_INVALID"],
  ["a priority of null", { type: "batch", priority: null }, "DSDN_INTENT_FIELD_INVALID"],
  ["a priority of 3", { type: "batch", priority: 3 }, "DSDN_INTENT_FIELD_INVALID"],
  ["a list", ["batch"], "DSDN_INTENT_FIELD_INVALID"],
  ["null", null, "DSDN_INTENT_FIELD_INVALID"],
  ["text", "batch", "DSDN_INTENT_FIELD_INVALID"],
])("%s is refused", (_name, value, code) => {
  expect(codeOf(() => compileIntent(value))).toBe(code);
});

test.each([
  ["rf", intentErrors.fieldPlacement],
  ["replicas", intentErrors.fieldPlacement],
  ["replicationFactor", intentErrors.fieldPlacement],
  ["zone", intentErrors.fieldPlacement],
  ["class", intentErrors.fieldPlacement],
  ["node", intentErrors.fieldPlacement],
  ["region", intentErrors.fieldPlacement],
  ["cpu", intentErrors.fieldResource],
  ["memory", intentErrors.fieldResource],
  ["memory_bytes", intentErrors.fieldResource],
  ["endpoint", intentErrors.fieldNetwork],
  ["hooks", intentErrors.fieldCommand],
  ["token", intentErrors.fieldSecret],
  ["name", intentErrors.fieldMisplaced],
])("the field %s is refused with a hint of its own", (field, spec) => {
  expect(codeOf(() => compileIntent({ type: "batch", [field]: "4" }))).toBe(spec.code);
  expect(spec.text.enHint).not.toBe(intentErrors.fieldUnknown.text.enHint);
});

test("the error for an unknown field lists the known ones", () => {
  const facts = { place: "intent", field: "colour", known: "type, priority, visibility" };
  expect(() => compileIntent({ type: "batch", colour: 4 })).toThrow(expect.objectContaining({ facts }));
});
