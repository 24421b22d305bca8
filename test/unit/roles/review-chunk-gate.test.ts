import { expect, test } from "vitest";
import { createChunkGate } from "../../../src/roles/surface/index.ts";

test("only so many whole chunks are held for readers at once, and a reader that leaves makes room", () => {
  const gate = createChunkGate(2);
  const readers = [new AbortController(), new AbortController(), new AbortController()];
  const [first, second, third] = readers.map(({ signal }) => ({ signal }));
  if (first === undefined || second === undefined || third === undefined) throw new Error("three readers");
  gate.enter(first);
  gate.enter(second);
  expect(() => gate.enter(third)).toThrow(expect.objectContaining({ code: "DSDN_BASE_TOO_BUSY" }));
  readers[0]?.abort();
  gate.enter(third);
  expect(() => gate.enter({ signal: new AbortController().signal })).toThrow();
});
