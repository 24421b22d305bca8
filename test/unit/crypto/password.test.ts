import { argon2id } from "@noble/hashes/argon2.js";
import { describe, expect, test } from "vitest";
import { toHex, toUtf8 } from "../../../src/base/index.ts";
import {
  checkPasswordCost,
  deriveFromPassphrase,
  normalisePassphrase,
  PASSWORD_COST_DEFAULT,
  PASSWORD_COST_MIN,
} from "../../../src/crypto/index.ts";

const salt = new Uint8Array(16).fill(7);
const coded = (code: string, facts: object = {}) =>
  expect.objectContaining({ code: `DSDN_CRYPTO_${code}`, facts: expect.objectContaining(facts) });

describe("passphrases (E9)", () => {
  test("empty, NUL, half surrogates and more than 1024 bytes are refused by name", () => {
    for (const bad of ["", "a\0b", "\ud800", "x".repeat(1025), "x".repeat(1_048_576), "é".repeat(513)]) {
      expect(() => normalisePassphrase(bad)).toThrow(coded("PASSPHRASE"));
    }
    expect(normalisePassphrase("x".repeat(1024)).length).toBe(1024);
  });

  test("composed, decomposed and full-width forms are one passphrase", () => {
    expect(normalisePassphrase("cafe\u0301")).toEqual(normalisePassphrase("caf\u00e9"));
    expect(normalisePassphrase("\uff41\uff42")).toEqual(toUtf8("ab"));
  });
});

describe("costs (E7)", () => {
  test("weak and absurd ones are refused before any memory is taken", async () => {
    const cases = [
      ["memoryKib", 8],
      ["memoryKib", 19_455],
      ["memoryKib", 131_073],
      ["memoryKib", 2 ** 32],
      ["memoryKib", 0],
      ["iterations", 1],
      ["iterations", 9],
      ["iterations", 2 ** 31],
      ["parallelism", 0],
      ["parallelism", 5],
      ["iterations", Number.NaN],
      ["iterations", 2.5],
      ["memoryKib", -1],
    ] as const;
    for (const [name, value] of cases) {
      const cost = { ...PASSWORD_COST_DEFAULT, [name]: value };
      expect(() => checkPasswordCost(cost)).toThrow(coded("PASSWORD_COST", { name }));
      await expect(deriveFromPassphrase("secret", { salt, cost })).rejects.toEqual(coded("PASSWORD_COST", { name }));
    }
  });
});

test("the key is argon2id's, as an independent implementation computes it", async () => {
  const cost = PASSWORD_COST_MIN;
  const expected = argon2id(toUtf8("kata sandi"), salt, {
    t: cost.iterations,
    m: cost.memoryKib,
    p: cost.parallelism,
    dkLen: 32,
  });
  expect(toHex(await deriveFromPassphrase("kata sandi", { salt, cost }))).toBe(toHex(expected));
});

test("a salt of another length is refused", async () => {
  await expect(deriveFromPassphrase("x", { salt: salt.subarray(1) })).rejects.toEqual(coded("KEY_LENGTH"));
});
