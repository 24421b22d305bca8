import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/base/index.ts";
import { platformCipher } from "../../../src/browser/platform/cipher.ts";
import { createSealerWith, cryptoErrors, open, openWith, seal, sealWith, sha256 } from "../../../src/crypto/index.ts";

const random = seededRandom("seal with");
const key = random.bytes(32);
const SEGMENT = 2 ** 16;
const optionsOf = (plaintext: Uint8Array) =>
  ({ key, salt: { ownerSecret: key, contentHash: sha256(plaintext) }, segmentSizeLog2: 16 }) as const;

describe("a stream sealed by WebCrypto", () => {
  test.each([0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, 3 * SEGMENT + 7])(
    "is byte for byte the one Node's cipher makes, of %i bytes",
    async (size) => {
      const plaintext = random.bytes(size);
      const options = optionsOf(plaintext);
      const made = await sealWith(platformCipher, options, plaintext);
      expect(made).toEqual(seal(options, plaintext));
      expect(open({ key, header: made.header }, made.sealed)).toEqual(plaintext);
      expect(await openWith(platformCipher, { key, header: made.header }, made.sealed)).toEqual(plaintext);
    },
  );

  test("is the same in whatever pieces it comes, and when the pieces are used again afterwards", async () => {
    const plaintext = random.bytes(4 * SEGMENT + 100);
    const sealer = createSealerWith(platformCipher, optionsOf(plaintext));
    const parts: Uint8Array[] = [];
    for (let at = 0; at < plaintext.length; at += 50_000) {
      const piece = plaintext.slice(at, at + 50_000);
      parts.push(await sealer.update(piece));
      piece.fill(0);
    }
    parts.push(await sealer.finish());
    expect(new Uint8Array(Buffer.concat(parts))).toEqual(seal(optionsOf(plaintext), plaintext).sealed);
    await expect(sealer.update(plaintext)).rejects.toMatchObject({ code: cryptoErrors.streamOver.code });
  });

  test("is refused at its end when the plaintext is not the one its salt was made for", async () => {
    const sealer = createSealerWith(platformCipher, optionsOf(random.bytes(10)));
    await sealer.update(random.bytes(10));
    await expect(sealer.finish()).rejects.toMatchObject({ code: cryptoErrors.contentChanged.code });
  });

  test("is not opened when a byte was changed, and gives no unverified byte", async () => {
    const plaintext = random.bytes(2 * SEGMENT);
    const { header, sealed } = await sealWith(platformCipher, optionsOf(plaintext), plaintext);
    sealed[SEGMENT + 20] = (sealed[SEGMENT + 20] ?? 0) ^ 1;
    await expect(openWith(platformCipher, { key, header }, sealed)).rejects.toThrow();
  });
});
