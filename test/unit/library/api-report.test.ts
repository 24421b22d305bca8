import { describe, expect, test } from "vitest";
import { compareApi, untoldBreaks } from "../../../scripts/api-report.ts";

const report = (dts: string, runtime = "export function connect(_) {}") => new Map([["index", { runtime, dts }]]);
const before = report(
  "export declare function connect(_: string): void;\nexport interface Row {\n    readonly a: string;\n    readonly b: string;\n}",
);
const grown = report(
  "export declare function connect(_: string): void;\nexport interface Row {\n    readonly a: string;\n    readonly b: string;\n    readonly c: string;\n}",
);
const shrunk = report(
  "export declare function connect(_: string): void;\nexport interface Row {\n    readonly a: string;\n}",
);
const gone = report("export interface Row {\n    readonly a: string;\n    readonly b: string;\n}", "");
const changelog = (entries: string) => `# Changelog\n\n## 0.2.0\n\n${entries}\n## 0.1.0\n\n- **Breaking**: \`Row\`.\n`;

describe("the report of the public interface", () => {
  test("is the same for the same interface, whatever stands above it", async () => {
    const headed = report(`/**\n * Generated\n */\n${before.get("index")?.dts}`);
    expect(await compareApi(before, headed)).toEqual([]);
  });

  test("differs when something is added, which breaks nobody", async () => {
    const differences = await compareApi(before, grown);
    expect(differences).toMatchObject([{ entry: "index", broken: [] }]);
    expect(differences[0]?.text).toContain("readonly c: string");
    expect(untoldBreaks(differences, changelog(""))).toEqual([]);
  });

  test("names what is gone and what lost a part, until the changelog's newest section tells of it", async () => {
    const differences = [...(await compareApi(before, shrunk)), ...(await compareApi(before, gone))];
    expect(untoldBreaks(differences, changelog("- Something else, `connect` and `Row`.\n"))).toEqual([
      "Row",
      "connect",
    ]);
    expect(untoldBreaks(differences, changelog("- **Breaking**: `Row` has no `b` any more.\n"))).toEqual(["connect"]);
    const told = "- **Breaking**: `Row` has no `b` any more.\n- Breaking: `connect` is gone.\n";
    expect(untoldBreaks(differences, changelog(told))).toEqual([]);
  });

  test("lets a type go that nobody could name", async () => {
    const inner = "interface Inner {\n    readonly a: string;\n}\n";
    const dts = "export interface Row {\n    readonly a: string;\n}\n";
    const differences = await compareApi(report(inner + dts), report(dts));
    expect(differences).toMatchObject([{ entry: "index", broken: [] }]);
  });

  test("differs as a whole when an entry has no report yet, or is gone", async () => {
    const named = new Map([["other", { runtime: "", dts: "export interface A {}" }]]);
    expect((await compareApi(new Map(), named)).map(({ entry }) => entry)).toEqual(["other"]);
    expect(untoldBreaks(await compareApi(named, new Map()), changelog(""))).toEqual(["A"]);
  });
});
