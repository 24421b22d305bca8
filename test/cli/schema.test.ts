import { expect, test } from "vitest";
import { findCommandFiles } from "../../scripts/build.ts";
import { builtinCommands } from "../../src/commands/framework/manifest.ts";
import { listDescribed } from "../../src/commands/framework/schemas/index.ts";
import { dsdn } from "./script.ts";

test("every command has a schema of its document or of its lines, and no schema is left over", () => {
  const commands = [...findCommandFiles(), ...builtinCommands].map(({ id }) => id);
  expect(listDescribed()).toEqual(commands.sort());
});

test("the schema of each command is JSON Schema 2020-12 of an object with summary, details and audit", async () => {
  const listed = await dsdn(["schema", "--json"]);
  expect(listed.exitCode).toBe(0);
  const { commands } = JSON.parse(listed.stdout).summary as { commands: string[] };
  expect(commands).toEqual(listDescribed());
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
