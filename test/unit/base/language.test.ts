import { expect, test } from "vitest";
import { pickLanguage } from "../../../src/base/index.ts";

test.each([
  [undefined, {}, "en"],
  [undefined, { LANG: "id_ID.UTF-8" }, "id"],
  [undefined, { LANG: "idle" }, "en"],
  [undefined, { LC_ALL: "en_GB", LANG: "id_ID" }, "en"],
  [undefined, { DSDN_LANG: "id", LANG: "en_US" }, "id"],
  ["en", { DSDN_LANG: "id" }, "en"],
] as const)("--lang %s with %o speaks %s", (asked, env, language) => {
  expect(pickLanguage(asked, env)).toBe(language);
});
