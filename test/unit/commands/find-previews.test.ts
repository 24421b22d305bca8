import { expect, test } from "vitest";
import { findPreviews } from "../../../src/commands/framework/index.ts";

const version = (number: number, name: string | null, facts: { turn?: number; status?: "assigned" | "cancelled" }) => ({
  number,
  preview: name === null ? null : { name, expiresMs: null },
  turn: 0,
  status: "running" as const,
  ...facts,
});

test("the previews of a name are its versions that go on, and none that was promoted, whether the log says yet that it answers or not", () => {
  const versions = [
    version(7, "pr-7", { status: "assigned" }),
    version(6, "pr-7", {}),
    version(5, "pr-7", { turn: 3, status: "assigned" }),
    version(4, "pr-7", { turn: 2 }),
    version(3, "pr-7", { status: "cancelled" }),
    version(2, "pr-8", {}),
    version(1, null, { turn: 1 }),
  ];
  expect(findPreviews(versions, "pr-7").map(({ number }) => number)).toEqual([7, 6]);
  expect(findPreviews(versions, "none")).toEqual([]);
});
