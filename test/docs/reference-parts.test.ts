import { describe, expect, test } from "vitest";
import { readDeclarations } from "../../scripts/reference/declarations.ts";
import { listMembers } from "../../scripts/reference/json-members.ts";
import { prose } from "../../scripts/reference/markdown.ts";
import { z } from "../../src/protocol/index.ts";

const toSchema = (schema: z.ZodType) => z.toJSONSchema(schema, { io: "output" });

describe("the reader of declarations", () => {
  test("keeps each statement whole, whatever brackets stand in its texts and comments", () => {
    const found = readDeclarations(
      [
        "/** A brace that never closes: { */",
        'declare const open: "{";',
        "export type Either = {",
        "    readonly a: string;",
        "} | {",
        "    /** Or ( this. */",
        "    readonly b: number;",
        "};",
        "export declare function make(how: typeof open): Either;",
        "export declare function make(how: string): Either;",
        "export {};",
      ].join("\n"),
    );
    expect(found.map(({ name, kind, isExported }) => [name, kind, isExported])).toEqual([
      ["open", "const", false],
      ["Either", "type", true],
      ["make", "function", true],
    ]);
    expect(found[1]?.text).toBe(
      "type Either = {\n  readonly a: string;\n} | {\n  /** Or ( this. */\n  readonly b: number;\n};",
    );
    expect(found[2]?.text.split("\n")).toHaveLength(2);
  });

  test("names what a declaration refers to, not what its comment speaks of", () => {
    const [, second] = readDeclarations("/** A Thing. */\nexport interface Other {}\nexport type Thing = Other[];\n");
    expect(second?.mentions).toEqual(["Other"]);
    expect(
      readDeclarations("/** A Thing. */\nexport interface Other {}\nexport type Thing = 1;\n")[0]?.mentions,
    ).toEqual([]);
  });

  test("makes long comments no wider than a page and leaves the tags on lines of their own", () => {
    const words = "word ".repeat(40).trim();
    const [found] = readDeclarations(
      `/**\n * ${words}\n * @param a - first.\n * @param b - second.\n */\nexport type A = 1;\n`,
    );
    const lines = found?.text.split("\n") ?? [];
    expect(lines.filter((line) => line.length > 72)).toEqual([]);
    expect(lines.filter((line) => line.startsWith(" * @param"))).toHaveLength(2);
    expect(found?.text.match(/\bword\b/g)).toHaveLength(40);
  });
});

describe("a signature wider than a page", () => {
  test("stands with each parameter on a line of its own, and no bracket inside one breaks it", () => {
    const wide =
      "export declare function go(first: (a: number, b: string) => void, second: Map<string, number>, third?: { x: 1; }): void;";
    expect(readDeclarations(`${wide}\n`)[0]?.text.split("\n")).toEqual([
      "function go(",
      "  first: (a: number, b: string) => void,",
      "  second: Map<string, number>,",
      "  third?: { x: 1; },",
      "): void;",
    ]);
  });
});

describe("the members of a JSON answer", () => {
  test("are listed by their path, what may be absent with a question mark", () => {
    const schema = z.strictObject({
      rows: z.array(z.strictObject({ name: z.string(), size: z.int().nullable() })),
      note: z.string().optional(),
      kind: z.enum(["a", "b"]),
      where: z.strictObject({ zone: z.string() }).nullable(),
    });
    expect(listMembers(toSchema(schema)).map(({ path, type }) => `${path}: ${type}`)).toEqual([
      "rows: object[]",
      "rows[].name: string",
      "rows[].size: integer | null",
      "note?: string",
      'kind: "a" | "b"',
      "where: object | null",
      "where.zone: string",
    ]);
  });
});

test("a text stays text in Markdown, and its code spans stay code", () => {
  expect(prose("give <name> or `a <b> *c*`, a|b and snake_case _x_")).toBe(
    "give \\<name\\> or `a <b> *c*`, a\\|b and snake_case \\_x\\_",
  );
});
