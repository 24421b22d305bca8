import fc from "fast-check";
import { expect, test } from "vitest";
import { DsdnError } from "../../../src/base/index.ts";
import { compileProject, type IntentSources, readProjectFile } from "../../../src/intent/index.ts";
import {
  type Intent,
  intentSchema,
  workloadKinds,
  workloadModes,
  workloadSpec,
  z,
} from "../../../src/protocol/index.ts";

const { type, priority, visibility } = intentSchema.shape;
const said = <V>(value: fc.Arbitrary<V>) => value.map((known) => ({ value: known, place: "dsdn.yaml:1" }));
const intent = {
  type: fc.constantFrom(...type.options),
  priority: fc.constantFrom(...priority.options),
  visibility: fc.constantFrom(...visibility.options),
};
const detected = fc.record({
  type: intent.type,
  kind: fc.constantFrom(...workloadKinds),
  mode: fc.constantFrom(...workloadModes),
  because: fc.array(fc.string({ maxLength: 10 }), { maxLength: 3 }),
});
const file = fc.record(
  { type: said(intent.type), priority: said(intent.priority), visibility: said(intent.visibility) },
  { requiredKeys: [] },
);
const flags = fc.record(intent, { requiredKeys: [] });
const sources: fc.Arbitrary<IntentSources> = fc.record({ flags, file, detected });

/** Paths of everything a spec holds: an object's fields each, a list or a plain value as a whole. */
function pathsOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, part]) => pathsOf(part, path === "" ? name : `${path}.${name}`));
}

test("every valid intent compiles to a spec the protocol takes, and no further flag is needed", () => {
  const all: Intent[] = type.options.flatMap((one) =>
    priority.options.flatMap((two) =>
      visibility.options.map((three) => ({ type: one, priority: two, visibility: three })),
    ),
  );
  for (const wish of all) {
    for (const given of [wish, { type: wish.type }, { type: wish.type, priority: wish.priority }]) {
      const { spec } = compileProject({ flags: given });
      expect(spec.intent).toMatchObject(given);
      expect(workloadSpec.safeDecode(z.encode(workloadSpec, spec)).data).toEqual(spec);
    }
  }
});

test("whatever is said and found, the spec is one the protocol takes and the same each time", () => {
  fc.assert(
    fc.property(sources, (given) => {
      const before = structuredClone(given);
      const compiled = compileProject(given);
      expect(compileProject(given)).toEqual(compiled);
      expect(given).toEqual(before);
      expect(workloadSpec.safeDecode(z.encode(workloadSpec, compiled.spec)).success).toBe(true);
    }),
  );
});

test("the explanation names every field of the spec once, with the value it has", () => {
  fc.assert(
    fc.property(sources, (given) => {
      const { spec, decisions } = compileProject(given);
      const named = decisions.map(({ what }) => what);
      expect(new Set(named).size).toBe(named.length);
      expect(pathsOf(spec).filter((path) => !named.includes(path))).toEqual([]);
      for (const { what, value } of decisions.filter(
        ({ what }) => what.startsWith("limits.") || what.startsWith("intent."),
      )) {
        expect(what.split(".").reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], spec)).toBe(
          value,
        );
      }
    }),
  );
});

test("a flag is above the project's file, and that above what was found", () => {
  fc.assert(
    fc.property(sources, (given) => {
      const { spec } = compileProject(given);
      expect(spec.intent.type).toBe(given.flags?.type ?? given.file?.type?.value ?? given.detected?.type);
      expect(spec.intent.priority).toBe(given.flags?.priority ?? given.file?.priority?.value ?? "normal");
    }),
  );
});

test("no bytes whatever break the reader of a project's file: it reads them or says what is wrong", async () => {
  const word = fc.constantFrom(
    "intent",
    "type",
    ": ",
    "\n",
    "  ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "&a",
    "*a",
    "'",
    '"',
    "|",
    ">",
    "#",
    "env",
    "x",
    "?",
    "!!",
    "%",
    ",",
  );
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(word, { maxLength: 40 }).map((words) => words.join("")),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        text.map((one) => new TextEncoder().encode(one)),
        fc.uint8Array({ maxLength: 60 }),
      ),
      async (bytes) => {
        const outcome = await readProjectFile(bytes).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(DsdnError);
          expect((outcome as DsdnError).code).toMatch(/^DSDN_INTENT_/);
        }
      },
    ),
    { numRuns: 400 },
  );
});
