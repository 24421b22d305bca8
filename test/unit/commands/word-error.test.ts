import { expect, test } from "vitest";
import { defineError, fail, renderError } from "../../../src/base/index.ts";
import { wordError } from "../../../src/commands/framework/word-error.ts";

const failed = defineError({
  code: "DSDN_TEST_FAILED",
  kind: "user",
  exit: 29,
  httpStatus: 500,
  text: { en: "{name} failed: {reason}.", enHint: "Look.", id: "{name} gagal: {reason}.", idHint: "Lihat." },
});
const limit = defineError({
  code: "DSDN_TEST_LIMIT",
  kind: "user",
  exit: 23,
  httpStatus: 500,
  text: { en: "It took {ms} ms (at {ms}).", enHint: "x", id: "Butuh {ms} ms.", idHint: "y" },
});
const listErrors = async () => [failed, limit];

test.each([
  ["DSDN_TEST_LIMIT: It took 90 ms (at 90).", "toko failed: It took 90 ms (at 90).", "toko gagal: Butuh 90 ms."],
  ["DSDN_TEST_LIMIT", "toko failed: It took ... ms (at ...).", "toko gagal: Butuh ... ms."],
  ["DSDN_TEST_LIMIT: other words", "toko failed: It took ... ms (at ...).", "toko gagal: Butuh ... ms."],
  ["DSDN_TEST_OTHER: unheard of", "toko failed: DSDN_TEST_OTHER: unheard of.", undefined],
  ["it is empty", "toko failed: it is empty.", "toko gagal: kosong."],
])("the reason %s is said as its own error says it", async (reason, english, indonesian) => {
  const error = await wordError(fail(failed, { name: "toko", reason }), listErrors);
  expect(renderError(error, "en").message).toBe(english);
  if (indonesian !== undefined) expect(renderError(error, "id").message).toBe(indonesian);
  expect(error.facts).toEqual({ name: "toko", reason });
  expect(error.code).toBe("DSDN_TEST_FAILED");
});

test("the catalogue is not read for a reason that names no error", async () => {
  const refuse = async () => {
    throw new Error("read");
  };
  await expect(wordError(fail(failed, { name: "x", reason: "it is empty" }), refuse)).resolves.toBeDefined();
});
