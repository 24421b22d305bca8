import fc from "fast-check";
import { expect, test } from "vitest";
import { DsdnError, seededRandom } from "../../../src/base/index.ts";
import { parseShare, splitKey } from "../../../src/crypto/index.ts";
import { formatShareCode, formatShareFile, importAccount, readShareText } from "../../../src/keys/index.ts";

const random = seededRandom("share text");
const set = await splitKey(random.bytes(32), { threshold: 2, total: 5, random });
const breaks = fc.constantFrom("\n", "\r\n");
const share = fc.constantFrom(...set.shares);

test("a share reads the same from a file, a code or the letters of a page, however they are spaced", () => {
  fc.assert(
    fc.property(share, breaks, fc.integer({ min: 1, max: 80 }), (text, lineBreak, width) => {
      const file = readShareText(formatShareFile(text, set).replaceAll("\n", lineBreak));
      expect(parseShare(file.share)).toEqual(parseShare(text));
      expect(file.check).toEqual(set.commitment);
      const code = readShareText(formatShareCode(text, set.commitment));
      expect(parseShare(code.share)).toEqual(parseShare(text));
      expect(code.check).toEqual(set.commitment.subarray(0, 16));
      const typed = readShareText((text.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join(lineBreak));
      expect(parseShare(typed.share)).toEqual(parseShare(text));
      expect(typed.check).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

test("any text given as an export is refused by name", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 300 }), fc.boolean(), async (text, isFramed) => {
      const given = isFramed ? `-----BEGIN DSDN ACCOUNT-----\n${text}\n-----END DSDN ACCOUNT-----` : text;
      const error = await importAccount(given, "x").catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(DsdnError);
      expect(error).toEqual(expect.objectContaining({ code: "DSDN_KEYS_TEXT_INVALID" }));
    }),
    { numRuns: 300 },
  );
});
