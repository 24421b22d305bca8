import { expect, test } from "vitest";
import { findCommandFiles } from "../../scripts/build.ts";
import { summarySchemas } from "../../src/commands/framework/schemas/index.ts";
import { dsdn } from "./script.ts";

/** Commands that answer with a stream, raw bytes or a schema. */
const STREAMS = ["cat", "dev deploy", "dev logs", "dev shell", "logs", "role run", "schema"];

test("every command that answers with one document has a schema, and no schema is left over", () => {
  const commands = findCommandFiles()
    .map(({ id }) => id)
    .filter((id) => !STREAMS.includes(id));
  expect(Object.keys(summarySchemas).sort()).toEqual(commands.sort());
});

test("the schema of each command is JSON Schema 2020-12 of an object with summary, details and audit", async () => {
  const listed = await dsdn(["schema", "--json"]);
  expect(listed.exitCode).toBe(0);
  const { commands } = JSON.parse(listed.stdout).summary as { commands: string[] };
  expect(commands).toEqual(Object.keys(summarySchemas).sort());
  const upload = await dsdn(["schema", "upload", "--json"]);
  expect(JSON.parse(upload.stdout).summary.schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    required: ["summary", "details", "audit"],
  });
});

test("a failure is described too, and an unknown command is refused", async () => {
  const error = await dsdn(["schema", "error", "--json"]);
  expect(JSON.parse(error.stdout).summary.schema.required).toEqual(["error"]);
  const unknown = await dsdn(["schema", "nothing", "--json"]);
  expect(unknown.exitCode).toBe(2);
});
