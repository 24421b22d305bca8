import fc from "fast-check";
import { expect, test } from "vitest";
import { DsdnError, equalBytes, seededRandom } from "../../../src/base/index.ts";
import { parseShare, recoverKey, splitKey } from "../../../src/crypto/index.ts";

const random = seededRandom("share properties");
const counts = fc
  .integer({ min: 2, max: 16 })
  .chain((total) => fc.record({ total: fc.constant(total), threshold: fc.integer({ min: 2, max: total }) }));

test("any choice of enough shares, in any order, gives the key; any smaller one gives a named error", async () => {
  await fc.assert(
    fc.asyncProperty(counts, fc.infiniteStream(fc.nat()), async ({ threshold, total }, picks) => {
      const key = random.bytes(32);
      const set = await splitKey(key, { threshold, total, random });
      const shuffled = [...set.shares];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = (picks.next().value ?? 0) % (i + 1);
        [shuffled[i], shuffled[j]] = [shuffled[j] ?? "", shuffled[i] ?? ""];
      }
      expect(equalBytes((await recoverKey(shuffled.slice(0, threshold), set)).key, key)).toBe(true);
      await expect(recoverKey(shuffled.slice(0, threshold - 1), set)).rejects.toEqual(
        expect.objectContaining({ code: expect.stringMatching(/^DSDN_CRYPTO_SHARES_(SINGLE|TOO_FEW)$/) }),
      );
    }),
    { numRuns: 25 },
  );
});

test("any text is either a share or refused by a name of this room", () => {
  const letters = fc.constantFrom(..."qpzry9x8gf2tvdw0s3jn54khce6mua7l");
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(letters, { maxLength: 90 }).map((body) => `dsdnshare1${body.join("")}`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseShare(text);
      } catch (error) {
        return error instanceof DsdnError && error.code.startsWith("DSDN_CRYPTO_SHARE_");
      }
      return false;
    }),
    { numRuns: 2000 },
  );
});
