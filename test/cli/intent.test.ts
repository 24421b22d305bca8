import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dsdn, listFiles, makeFolder } from "./script.ts";

/** A folder with these files. */
async function project(files: { readonly [name: string]: string }): Promise<string> {
  const folder = await makeFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

interface Explained {
  readonly summary: {
    readonly explanation: {
      readonly name: string;
      readonly decisions: readonly {
        what: string;
        value: unknown;
        rule: string;
        because: { en: string; id: string };
      }[];
    };
  };
}

async function explain(folder: string, ...flags: string[]) {
  const { exitCode, stdout, stderr } = await dsdn(["deploy", ".", "--explain", "--json", ...flags], { folder });
  expect([exitCode, stderr]).toEqual([0, ""]);
  const { explanation }: Explained["summary"] = (JSON.parse(stdout) as Explained).summary;
  const find = (what: string) => explanation.decisions.find((one) => one.what === what);
  return { explanation, find };
}

describe("dsdn deploy --explain, with no network there", () => {
  test("says what is chosen and why, in both languages", async () => {
    const folder = await project({ "index.html": "<h1>hi</h1>" });
    const { exitCode, stdout } = await dsdn(["deploy", ".", "--explain", "-v"], { folder });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Nothing was built or sent.");
    expect(stdout).toMatch(/intent\.type +static +the project's files show it: index\.html +detected/);
    expect(stdout).toMatch(/limits\.memoryBytes +128/);
    const indonesian = await dsdn(["deploy", ".", "--explain", "--lang", "id"], { folder });
    expect(indonesian.stdout).toContain("normal kecuali Anda menyebut lain");
    expect(await listFiles(folder)).toEqual({ "index.html": "<h1>hi</h1>" });
  });

  test("flags stand above dsdn.yaml, and that above what was found", async () => {
    const folder = await project({
      "index.html": "<h1>hi</h1>",
      "job.ts": "export default () => {};",
      "dsdn.yaml": "name: shop\nintent:\n  priority: high\n  visibility: private\nentry: job.ts\n",
    });
    const { explanation, find } = await explain(folder, "--priority", "low", "--type", "batch");
    expect(explanation.name).toBe("shop");
    expect(find("intent.priority")).toMatchObject({
      value: "low",
      rule: "flag",
      because: { en: "--priority says so" },
    });
    expect(find("intent.type")).toMatchObject({ value: "batch", rule: "flag" });
    expect(find("intent.visibility")).toMatchObject({ value: "private", because: { id: "dinyatakan di dsdn.yaml:4" } });
    expect(find("classPreference")).toMatchObject({ value: "regular", rule: "low-tolerates-latency" });
    expect(find("tier")).toMatchObject({ value: "spot", rule: "batch-is-spot" });
    expect(find("entry")).toMatchObject({ value: "job.ts", rule: "project-file" });
    expect(find("address")).toMatchObject({ value: false });
  });

  test("a field the network chooses is refused with its line and what to do instead", async () => {
    const folder = await project({ "index.html": "x", "dsdn.yaml": "intent:\n  type: static\n  replicas: 3\n" });
    const { exitCode, stderr } = await dsdn(["deploy", ".", "--explain"], { folder });
    expect(exitCode).toBe(20);
    expect(stderr).toContain("DSDN_INTENT_FIELD_PLACEMENT");
    expect(stderr).toContain("dsdn.yaml:3: replicas cannot be set");
    expect(stderr).toContain("priority: high");
  });
});
