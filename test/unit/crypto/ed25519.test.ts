import { ED25519_TORSION_SUBGROUP, ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, test } from "vitest";
import { findHex, seededRandom, toHex, toUtf8 } from "../../../src/base/index.ts";
import { ed25519FromSeed, generateEd25519, isEd25519PublicKey, verifyEd25519 } from "../../../src/crypto/index.ts";

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const message = toUtf8("log event");
const signer = generateEd25519(seededRandom("ed25519"));

describe("verifyEd25519", () => {
  test("accepts what the key signed and nothing else", () => {
    const signature = signer.sign(message);
    expect(verifyEd25519(signer.publicKey, message, signature)).toBe(true);
    expect(verifyEd25519(signer.publicKey, toUtf8("log evenu"), signature)).toBe(false);
    expect(verifyEd25519(generateEd25519(seededRandom("b")).publicKey, message, signature)).toBe(false);
  });

  test("agrees with an independent implementation on keys and signatures", () => {
    expect(toHex(signer.publicKey)).toBe(toHex(ed25519.getPublicKey(signer.seed)));
    expect(toHex(signer.sign(message))).toBe(toHex(ed25519.sign(message, signer.seed)));
  });

  test("refuses a signature whose S was raised by the group order", () => {
    const signature = signer.sign(message);
    const malleated = Uint8Array.from(signature);
    malleated.set(littleEndian(fromLittleEndian(signature.subarray(32)) + L), 32);
    expect(verifyEd25519(signer.publicKey, message, malleated)).toBe(false);
  });

  test("refuses every flipped bit of a signature and of a key", () => {
    const signature = signer.sign(message);
    for (let bit = 0; bit < 512; bit++) {
      expect(verifyEd25519(signer.publicKey, message, flipped(signature, bit))).toBe(false);
    }
    for (let bit = 0; bit < 256; bit++) {
      expect(verifyEd25519(flipped(signer.publicKey, bit), message, signature)).toBe(false);
    }
  });

  test("refuses all points of small order as key and as R, in canonical and other encodings", () => {
    const encodings = [0n, 1n, P - 1n, P, P + 1n].flatMap((y) => [littleEndian(y), flipped(littleEndian(y), 255)]);
    encodings.push(...ED25519_TORSION_SUBGROUP.map((hex) => findHex(hex) ?? new Uint8Array()));
    const zeroS = new Uint8Array(64);
    for (const encoding of encodings) {
      expect(isEd25519PublicKey(encoding)).toBe(false);
      zeroS.set(encoding, 0);
      for (const key of encodings) expect(verifyEd25519(key, message, zeroS)).toBe(false);
      expect(verifyEd25519(signer.publicKey, message, zeroS)).toBe(false);
    }
  });

  test("refuses keys whose y is not below p", () => {
    for (let excess = 0n; excess < 19n; excess++) expect(isEd25519PublicKey(littleEndian(P + excess))).toBe(false);
    expect(isEd25519PublicKey(littleEndian(P - 2n))).toBe(true);
  });

  test("answers false for wrong lengths instead of throwing", () => {
    const signature = signer.sign(message);
    for (const length of [0, 31, 33]) expect(verifyEd25519(new Uint8Array(length), message, signature)).toBe(false);
    for (const length of [0, 63, 65]) {
      expect(verifyEd25519(signer.publicKey, message, new Uint8Array(length))).toBe(false);
    }
  });

  test("still verifies after more keys than it remembers", () => {
    const signature = signer.sign(message);
    const filler = Uint8Array.from(signer.publicKey);
    for (let i = 0; i < 5000; i++) {
      filler[3] = i & 0xff;
      filler[4] = i >> 8;
      verifyEd25519(filler, message, signature);
    }
    expect(verifyEd25519(signer.publicKey, message, signature)).toBe(true);
  });
});

test("a seed of another length is refused by name", () => {
  expect(() => ed25519FromSeed(new Uint8Array(31))).toThrow(
    expect.objectContaining({ code: "DSDN_CRYPTO_KEY_LENGTH", facts: expect.objectContaining({ actual: 31 }) }),
  );
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

function littleEndian(value: bigint): Uint8Array {
  return (findHex(value.toString(16).padStart(64, "0")) ?? new Uint8Array(32)).reverse();
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
}
