import * as node from "node:crypto";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/base/index.ts";
import { Buffer as BrowserBuffer } from "../../../src/browser/platform/buffer.ts";
import { platformCipher } from "../../../src/browser/platform/cipher.ts";
import * as platform from "../../../src/browser/platform/node-crypto.ts";
import * as paths from "../../../src/browser/platform/node-path.ts";
import { startPatience } from "../../../src/browser/platform/patience.ts";
import { createRangeOpener, openWith, seal } from "../../../src/crypto/index.ts";

const random = seededRandom("browser platform");
const SEGMENT = 2 ** 16;
const sizes = [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 5];

describe("what is put in place of Node in a browser", () => {
  test("hashes and derived keys are the same", () => {
    for (const size of [0, 1, 55, 56, 64, 1000]) {
      const bytes = random.bytes(size);
      expect(platform.hash("sha256", bytes)).toEqual(new Uint8Array(node.hash("sha256", bytes, "buffer")));
      for (const name of ["sha256", "sha512"] as const) {
        const pieces = platform.createHash(name);
        pieces.update(bytes.subarray(0, 10));
        pieces.update(bytes.subarray(10));
        expect(pieces.digest()).toEqual(new Uint8Array(node.createHash(name).update(bytes).digest()));
      }
    }
    const [secret, salt, info] = [random.bytes(64), random.bytes(26), random.bytes(15)];
    expect(platform.hkdfSync("sha256", secret, salt, info, 70)).toEqual(
      node.hkdfSync("sha256", secret, salt, info, 70),
    );
    expect(platform.timingSafeEqual(secret, secret.slice())).toBe(true);
    expect(platform.timingSafeEqual(secret, secret.with(63, (secret[63] ?? 0) ^ 1))).toBe(false);
    expect(platform.timingSafeEqual(secret, secret.subarray(1))).toBe(false);
  });

  test("what stands still is given up once, and what is over is not", async () => {
    const given: string[] = [];
    const over = startPatience(1, () => given.push("over"));
    over.moved();
    over.end();
    await new Promise<void>((resolve) => {
      startPatience(5, () => {
        given.push("still");
        resolve();
      });
    });
    expect(given).toEqual(["still"]);
  });

  test("bytes are written and read as text alike", () => {
    const bytes = Uint8Array.from(random.bytes(99));
    for (const encoding of ["hex", "base64"] as const) {
      const text = Buffer.from(bytes).toString(encoding);
      expect(BrowserBuffer.from(bytes.buffer, 0, 99).toString(encoding)).toBe(text);
      expect(Uint8Array.from(BrowserBuffer.from(text, encoding))).toEqual(bytes);
    }
    expect(BrowserBuffer.byteLength("résumé 海")).toBe(Buffer.byteLength("résumé 海"));
    const pairs = [
      ["a", "b"],
      ["b", "a"],
      ["a", "a"],
      ["a", "ab"],
      ["", "a"],
      ["é", "z"],
    ] as const;
    for (const pair of pairs) {
      const [left, right] = pair.map((text) => Buffer.from(text)) as [Buffer, Buffer];
      expect(BrowserBuffer.compare(left, right)).toBe(Buffer.compare(left, right));
    }
  });

  test.each([
    ["ed25519", 0x70],
    ["x25519", 0x6e],
  ] as const)("a key of %s is read from its document alike, and so is its public key", (type, mark) => {
    const secret = random.bytes(32);
    // PKCS #8, RFC 8410 section 7.
    const document = Uint8Array.from([
      0x30,
      0x2e,
      2,
      1,
      0,
      0x30,
      5,
      6,
      3,
      0x2b,
      0x65,
      mark,
      4,
      0x22,
      4,
      0x20,
      ...secret,
    ]);
    const theirs = node.createPrivateKey({ key: Buffer.from(document), format: "der", type: "pkcs8" });
    expect(theirs.asymmetricKeyType).toBe(type);
    const spki = node.createPublicKey(theirs).export({ format: "der", type: "spki" });
    const ours = platform.createPublicKey(platform.createPrivateKey({ key: document }));
    expect(ours.bytes).toEqual(Uint8Array.from(spki.subarray(-32)));
    expect(ours.export()).toHaveLength(spki.length);
    expect(platform.createPublicKey({ key: spki }).bytes).toEqual(ours.bytes);
  });

  test("what one of them signs the other takes, and no changed signature", () => {
    const { privateKey, publicKey } = node.generateKeyPairSync("ed25519");
    const ours = {
      privateKey: platform.createPrivateKey({ key: privateKey.export({ format: "der", type: "pkcs8" }) }),
      publicKey: platform.createPublicKey({ key: publicKey.export({ format: "der", type: "spki" }) }),
    };
    const message = random.bytes(100);
    const signature = platform.sign(null, message, ours.privateKey);
    expect(signature).toEqual(new Uint8Array(node.sign(null, message, privateKey)));
    expect(platform.verify(null, message, ours.publicKey, signature)).toBe(true);
    for (const at of [0, 31, 32, 62]) {
      const changed = signature.with(at, (signature[at] ?? 0) ^ 1);
      expect(platform.verify(null, message, ours.publicKey, changed)).toBe(false);
    }
  });

  test("a wallet's public key is the same", () => {
    const secret = random.bytes(32);
    const [ours, theirs] = [platform.createECDH(), node.createECDH("secp256k1")];
    ours.setPrivateKey(secret);
    theirs.setPrivateKey(secret);
    expect(ours.getPublicKey()).toEqual(new Uint8Array(theirs.getPublicKey()));
  });

  test("paths are joined and taken apart alike", () => {
    for (const parts of [["/a", "b"], ["/a/", "/b/"], ["/a/b", "../c"], ["/", "..", "x"], ["/a/./b"]]) {
      expect(paths.join(...parts)).toBe(posix.join(...parts).replace(/(.)\/$/, "$1"));
    }
    for (const path of ["/a/b.txt", "/a"]) {
      expect([paths.dirname(path), paths.basename(path)]).toEqual([posix.dirname(path), posix.basename(path)]);
    }
    expect([paths.isAbsolute("/a"), paths.isAbsolute("a")]).toEqual([true, false]);
  });

  test.each(sizes)("a stream of %i bytes is opened, whole and by range", async (size) => {
    const [key, plain] = [random.bytes(32), random.bytes(size)];
    const { header, sealed } = seal({ key, salt: { random }, segmentSizeLog2: 16 }, plain);
    expect(await openWith(platformCipher, { key, header }, sealed)).toEqual(plain);
    const opener = createRangeOpener({ key, header, sizeBytes: size });
    const [offset, length] = [Math.floor(size / 3), Math.ceil(size / 2)];
    const { sealedOffset, sealedLength } = opener.plan(offset, length);
    const part = sealed.subarray(sealedOffset, sealedOffset + sealedLength);
    const range = { offset, length, sealed: part };
    expect(await opener.openWith(platformCipher, range)).toEqual(opener.open(offset, length, part));
  });

  test.each(sizes)(
    "a stream of %i bytes with one bit changed, a byte less or the wrong key is refused",
    async (size) => {
      const [key, plain] = [random.bytes(32), random.bytes(size)];
      const { header, sealed } = seal({ key, salt: { random }, segmentSizeLog2: 16 }, plain);
      const at = Math.floor(sealed.length / 2);
      const offset = Math.floor(at / (SEGMENT + 16)) * (SEGMENT + 16);
      const changed = sealed.with(at, (sealed[at] ?? 0) ^ 0x80);
      await expect(openWith(platformCipher, { key, header }, changed)).rejects.toMatchObject({
        code: "DSDN_CRYPTO_DAMAGED",
        facts: { offset },
      });
      await expect(openWith(platformCipher, { key, header }, sealed.subarray(1))).rejects.toMatchObject({
        code: expect.stringMatching(/^DSDN_CRYPTO_(DAMAGED|TRUNCATED)$/),
      });
      await expect(openWith(platformCipher, { key: random.bytes(32), header }, sealed)).rejects.toMatchObject({
        code: "DSDN_CRYPTO_WRONG_KEY",
      });
    },
  );
});
