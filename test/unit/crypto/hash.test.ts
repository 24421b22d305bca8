import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { base58btc } from "multiformats/bases/base58";
import { describe, expect, test } from "vitest";
import { seededRandom, toHex, toUtf8 } from "../../../src/base/index.ts";
import { createSha256, generateEd25519, hashHex, hkdfSha256, sha256, toPeerId } from "../../../src/crypto/index.ts";

describe("hashes", () => {
  test("one-shot and streaming SHA-256 agree with an independent implementation", () => {
    const bytes = seededRandom("hash").bytes(100_001);
    const stream = createSha256();
    stream.update(bytes.subarray(0, 77));
    stream.update(bytes.subarray(77));
    expect(toHex(stream.digest())).toBe(hashHex(bytes));
    expect(toHex(sha256(bytes))).toBe(toHex(nobleSha256(bytes)));
    expect(hashHex(new Uint8Array(0))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  test("HKDF agrees with an independent implementation", () => {
    const secret = seededRandom("hkdf").bytes(32);
    const salt = toUtf8("salt");
    expect(hkdfSha256(secret, { salt, info: "label", length: 80 })).toEqual(
      hkdf(nobleSha256, secret, salt, toUtf8("label"), 80),
    );
  });
});

describe("peer ids", () => {
  const publicKey = generateEd25519(seededRandom("peer")).publicKey;
  const text = toPeerId(publicKey);

  test("the text is the base58btc identity multihash of the protobuf key", () => {
    const bytes = base58btc.baseDecode(text);
    expect(toHex(bytes)).toBe(`002408011220${toHex(publicKey)}`);
    expect(text).toMatch(/^12D3Koo/);
  });

  test("an id that a public libp2p node used is written the same", () => {
    const PREFIX_BYTES = 6;
    const seen = "12D3KooWRBy97UB99e3J6hiPesre1MZeuNQvfan4gBziswrRJsNK";
    expect(toPeerId(base58btc.baseDecode(seen).slice(PREFIX_BYTES))).toBe(seen);
  });

  test("a key of another length has no peer id", () => {
    expect(() => toPeerId(new Uint8Array(33))).toThrow(expect.objectContaining({ code: "DSDN_CRYPTO_KEY_LENGTH" }));
  });
});
