import { expect, test } from "vitest";
import { factRows, inLine } from "../../../src/ui/fact-rows.ts";
import { createSay } from "../../../src/ui/index.ts";

const facts = {
  sizeBytes: 2048,
  position: { height: 4, blob: 0, deep: { er: 1 } },
  chunks: [
    { id: "bafk1", size: 19 },
    { id: "bafk2", size: 20 },
  ],
  zones: ["a", "b"],
  none: [],
  absent: undefined,
  status: "done",
};

test("members of an object stand below their label, and each object of a list has a row", () => {
  expect(factRows(facts, createSay("en"))).toEqual([
    ["  size", "2.0 KiB"],
    ["  position", ""],
    ["    height", "4"],
    ["    blob", "0"],
    ["    deep", '{"er":1}'],
    ["  chunks", "id=bafk1  size=19"],
    ["", "id=bafk2  size=20"],
    ["  zones", "a, b"],
    ["  none", "-"],
    ["  status", "done"],
  ]);
});

test("labels and words are Indonesian where they have a word, and names of others never steer the terminal", () => {
  expect(inLine({ sizeBytes: 1, status: "done", note: "\u001b[2J" }, createSay("id"))).toBe(
    "ukuran=1 B  status=selesai  note=\\u001b[2J",
  );
});
