import { expect, test } from "vitest";
import { parseOnce } from "../../../src/commands/framework/parse-once.ts";

test("schemas of a command that parses each once are not compiled, and everything is still checked", async () => {
  parseOnce("upload");
  expect(Object.hasOwn(globalThis, "__zod_globalConfig")).toBe(false);
  parseOnce("deploy");
  const { config, strictObject, string } = await import("zod");
  expect(config().jitless).toBe(true);
  const schema = strictObject({ name: string() });
  expect(schema.parse({ name: "shop" })).toEqual({ name: "shop" });
  expect(schema.safeParse({ name: 1 }).success).toBe(false);
  expect(schema.safeParse({ name: "shop", more: 1 }).success).toBe(false);
});
