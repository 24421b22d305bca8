import { expect, test } from "vitest";
import { toUtf8 } from "../../../src/base/index.ts";
import { createLineBuffer } from "../../../src/runtime/child/line-buffer.ts";

/** The lines that come of the pieces, the unfinished one included. */
function linesOf(pieces: readonly (string | Uint8Array)[], lineBytes = 16): string[] {
  const lines: string[] = [];
  const buffer = createLineBuffer(lineBytes, (line) => lines.push(line));
  for (const piece of pieces) buffer.write(typeof piece === "string" ? toUtf8(piece) : piece);
  buffer.end();
  return lines;
}

test("lines are whole however their bytes arrive, characters of several bytes too", () => {
  const bytes = toUtf8("satu é\ndua\r\n\nempat");
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(linesOf([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(["satu é", "dua", "", "empat"]);
  }
});

test("a line without an end is passed on in pieces of its bound, and none is held beyond it", () => {
  expect(linesOf(["x".repeat(40)])).toEqual(["x".repeat(16), "x".repeat(16), "x".repeat(8)]);
  expect(linesOf(Array.from({ length: 20 }, () => "ab"))).toEqual(["ab".repeat(8), "ab".repeat(8), "ab".repeat(4)]);
});

test("nothing written is no line", () => {
  expect(linesOf([])).toEqual([]);
  expect(linesOf([""])).toEqual([]);
});
