import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wordOf } from "../../../src/ui/labels.ts";

const COMMANDS = "src/commands";
/** Words that Indonesian shares with English. */
const SHARED = new Set(["deploy"]);

test("every step a command names in its audit has an Indonesian name", () => {
  const sources = readdirSync(COMMANDS, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const steps = sources.flatMap((name) =>
    [...readFileSync(join(COMMANDS, name), "utf8").matchAll(/\bstep: "([^"]+)"/g)].map((found) => found[1] ?? ""),
  );
  expect(steps.length).toBeGreaterThan(50);
  expect([...new Set(steps)].filter((step) => !SHARED.has(step) && wordOf(step).id === step)).toEqual([]);
});
