import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { flattenDeclarations } from "../../../scripts/flatten-declarations.ts";
import { replaceSchemas } from "../../../scripts/schema-types.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Declarations as tsc emits them, by file. */
function emitted(files: { readonly [path: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), "dsdn-declarations-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

describe("the declaration file of an entry", () => {
  test("has what the entry exports, whatever that refers to, and nothing else", () => {
    const folder = emitted({
      "index.d.ts": 'export { open, type Door } from "./door.ts";\n',
      "door.d.ts":
        'import type { Key } from "./key.ts";\n/** A door. */\nexport interface Door {\n    readonly key: Key;\n}\n/** Opens it. */\nexport declare function open(door: Door): void;\nexport interface Unused {\n}\n',
      "key.d.ts": "export interface Key {\n    readonly teeth: Teeth;\n}\ntype Teeth = readonly number[];\n",
    });
    expect(flattenDeclarations(folder, "index.d.ts")).toBe(
      [
        "/** A door. */\nexport interface Door {\n    readonly key: Key;\n}",
        "/** Opens it. */\nexport declare function open(door: Door): void;",
        "interface Key {\n    readonly teeth: Teeth;\n}",
        "type Teeth = readonly number[];",
        "export {};\n",
      ].join("\n"),
    );
  });

  test("tells two types of one name apart, and writes what tsc put in place", () => {
    const folder = emitted({
      "index.d.ts":
        'import type { Row as Other } from "./other.ts";\nexport interface Row {\n    readonly other: Other;\n    readonly third: import("./other.ts").Third;\n}\n',
      "other.d.ts": "export interface Row {\n    readonly a: 1;\n}\nexport type Third = Row;\n",
    });
    const text = flattenDeclarations(folder, "index.d.ts");
    expect(text).toContain("export interface Row {\n    readonly other: Row_1;\n    readonly third: Third;\n}");
    expect(text).toContain("interface Row_1 {\n    readonly a: 1;\n}");
    expect(text).toContain("type Third = Row_1;");
  });

  test("imports what another entry has, and types of Node", () => {
    const folder = emitted({
      "index.d.ts": "export interface Client {\n    readonly name: string;\n}\n",
      "test.d.ts":
        'import type { Socket } from "node:net";\nimport type { Client } from "./index.ts";\nexport declare function use(socket: Socket): Client;\n',
    });
    const base = { entry: "index.d.ts", specifier: "./index.js" };
    expect(flattenDeclarations(folder, "test.d.ts", base)).toBe(
      'import type { Client } from "./index.js";\nimport type { Socket } from "node:net";\nexport declare function use(socket: Socket): Client;\nexport {};\n',
    );
  });

  test("is not made when it would need a package that users do not have", () => {
    const folder = emitted({
      "index.d.ts": 'import type { Hidden } from "hidden";\nexport interface Row {\n    readonly hidden: Hidden;\n}\n',
    });
    expect(() => flattenDeclarations(folder, "index.d.ts")).toThrow("Hidden of hidden");
  });
});

describe("the type of a schema", () => {
  test.each([
    ["z.ZodString", "string"],
    ["z.ZodNullable<z.ZodInt>", "number | null"],
    ["z.ZodArray<z.ZodNullable<z.ZodString>>", "readonly (string | null)[]"],
    ['z.ZodEnum<{\n    on: "on";\n    off: "off";\n}>', '"on" | "off"'],
    ['z.ZodLiteral<"a" | "b">', '"a" | "b"'],
    ["z.ZodCodec<z.ZodCustom<Uint8Array, Uint8Array>, z.ZodCustom<KeyId, KeyId>>", "KeyId"],
    ["z.ZodUnion<readonly [z.ZodString, z.ZodNumber]>", "string | number"],
    ["z.ZodRecord<z.ZodString, z.ZodBoolean>", "{ readonly [name: string]: boolean }"],
    [
      "z.ZodObject<{\n    name: z.ZodString;\n    size: z.ZodOptional<z.ZodInt>;\n}, z.core.$strip>",
      "{\n    readonly name: string;\n    readonly size?: number | undefined;\n}",
    ],
  ])("%s", (schema, type) => {
    expect(replaceSchemas(`before ${schema} after`)).toBe(`before ${type} after`);
  });

  test("is not guessed for a schema that is not known", () => {
    expect(() => replaceSchemas("z.ZodMystery<z.ZodString>")).toThrow("ZodMystery");
  });
});
