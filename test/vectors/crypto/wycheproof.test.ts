import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { concatBytes, findHex, toHex } from "../../../src/base/index.ts";
import { decryptGcm, encryptGcm } from "../../../src/crypto/aes-gcm.ts";
import { hkdfSha256, verifyEd25519 } from "../../../src/crypto/index.ts";

interface Group<Test> {
  readonly ivSize?: number;
  readonly keySize?: number;
  readonly tagSize?: number;
  readonly publicKey?: { readonly pk: string };
  readonly tests: readonly (Test & { readonly tcId: number; readonly comment: string; readonly result: string })[];
}

function load<Test>(name: string): readonly Group<Test>[] {
  return JSON.parse(readFileSync(new URL(`wycheproof/${name}.json`, import.meta.url), "utf8")).testGroups;
}

const bytes = (hex: string) => findHex(hex) ?? expect.fail(`not hex: ${hex}`);

describe("Wycheproof AES-GCM", () => {
  const groups = load<{ key: string; iv: string; aad: string; msg: string; ct: string; tag: string }>("aes_gcm_test");
  const isOurs = (group: Group<unknown>) => group.keySize === 256 && group.ivSize === 96 && group.tagSize === 128;

  test("all 256-bit key, 96-bit nonce, 128-bit tag tests give the stated result", () => {
    let count = 0;
    for (const group of groups.filter(isOurs)) {
      for (const { tcId, key, iv, aad, msg, ct, tag, result } of group.tests) {
        const secrets = { key: bytes(key), nonce: bytes(iv), associatedData: bytes(aad) };
        const sealed = concatBytes(bytes(ct), bytes(tag));
        const out = new Uint8Array(sealed.length - 16);
        expect(decryptGcm(secrets, { sealed, out }), `tcId ${tcId}`).toBe(result === "valid");
        expect(toHex(out), `tcId ${tcId}`).toBe(result === "valid" ? msg : "00".repeat(out.length));
        const made = new Uint8Array(sealed.length);
        encryptGcm(secrets, { plaintext: bytes(msg), out: made });
        expect(toHex(made) === toHex(sealed), `tcId ${tcId}`).toBe(result === "valid");
        count++;
      }
    }
    expect(count).toBe(66);
  });

  test("every other key or nonce length is refused by name (E5)", () => {
    let count = 0;
    for (const group of groups.filter((other) => other.keySize !== 256 || other.ivSize !== 96)) {
      for (const { key, iv, aad, ct, tag } of group.tests) {
        const secrets = { key: bytes(key), nonce: bytes(iv), associatedData: bytes(aad) };
        const sealed = concatBytes(bytes(ct), bytes(tag));
        const refusal = expect.objectContaining({ code: "DSDN_CRYPTO_KEY_LENGTH" });
        expect(() => decryptGcm(secrets, { sealed, out: new Uint8Array(sealed.length) })).toThrow(refusal);
        expect(() => encryptGcm(secrets, { plaintext: sealed, out: new Uint8Array(4096) })).toThrow(refusal);
        count++;
      }
    }
    expect(count).toBe(250);
    for (const length of [0, 8, 16]) {
      const secrets = { key: new Uint8Array(32), nonce: new Uint8Array(length), associatedData: new Uint8Array(0) };
      expect(() => encryptGcm(secrets, { plaintext: secrets.key, out: new Uint8Array(48) })).toThrow(
        expect.objectContaining({ facts: expect.objectContaining({ actual: length, expected: 12 }) }),
      );
    }
  });

  test("a shorter tag is never taken for the whole one (E1)", () => {
    const secrets = { key: new Uint8Array(32), nonce: new Uint8Array(12), associatedData: new Uint8Array(0) };
    const sealed = new Uint8Array(48);
    encryptGcm(secrets, { plaintext: new Uint8Array(32).fill(1), out: sealed });
    for (const kept of [0, 4, 8, 12, 15]) {
      const cut = sealed.subarray(0, 32 + kept);
      expect(decryptGcm(secrets, { sealed: cut, out: new Uint8Array(48) })).toBe(false);
    }
  });
});

describe("Wycheproof HKDF-SHA-256", () => {
  test("all tests give the stated result", () => {
    let count = 0;
    const groups = load<{ ikm: string; salt: string; info: string; size: number; okm: string }>("hkdf_sha256_test");
    for (const { tcId, ikm, salt, info, size, okm, result } of groups.flatMap((group) => group.tests)) {
      const derive = () => hkdfSha256(bytes(ikm), { salt: bytes(salt), info: bytes(info), length: size });
      if (result === "valid") expect(toHex(derive()), `tcId ${tcId}`).toBe(okm);
      else expect(derive, `tcId ${tcId}`).toThrow(expect.objectContaining({ code: "DSDN_CRYPTO_KEY_LENGTH" }));
      count++;
    }
    expect(count).toBe(86);
  });
});

describe("Wycheproof Ed25519", () => {
  test("all tests give the stated result", () => {
    let count = 0;
    for (const { publicKey, tests } of load<{ msg: string; sig: string }>("ed25519_test")) {
      const key = bytes(publicKey?.pk ?? "");
      for (const { tcId, msg, sig, result } of tests) {
        expect(verifyEd25519(key, bytes(msg), bytes(sig)), `tcId ${tcId}`).toBe(result === "valid");
        count++;
      }
    }
    expect(count).toBe(151);
  });
});
