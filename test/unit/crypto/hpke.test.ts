import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { expect, test } from "vitest";
import { concatBytes, findHex, systemRandom, toHex, toUtf8 } from "../../../src/base/index.ts";
import {
  ed25519FromSeed,
  generateEd25519,
  HPKE_OVERHEAD_BYTES,
  hpkeOpen,
  hpkeSeal,
  x25519OfEd25519,
} from "../../../src/crypto/index.ts";
import { x25519FromSecret } from "../../../src/crypto/x25519.ts";

const random = systemRandom();
const info = toUtf8("who and what for");
const refusal = (code: string) => expect.objectContaining({ code });
const other = refusal("DSDN_CRYPTO_SEALED_TO_OTHER");
const bytes = (hex: string) => findHex(hex) ?? expect.fail(`not hex: ${hex}`);

const node = generateEd25519(random);
const recipient = x25519OfEd25519(node.publicKey);
const sealTo = (key: Uint8Array, text = "secret") => hpkeSeal({ recipient: key, info }, toUtf8(text), { random });

test("what is sealed to another node's key does not open", () => {
  const stranger = generateEd25519(random);
  expect(() => hpkeOpen({ key: stranger.agreement, info }, sealTo(recipient))).toThrow(other);
});

test("a message does not open under another purpose or other bytes beside it", () => {
  const key = node.agreement;
  expect(() => hpkeOpen({ key, info: toUtf8("who and what fo") }, sealTo(recipient))).toThrow(other);
  expect(() => hpkeOpen({ key, info, associatedData: toUtf8("x") }, sealTo(recipient))).toThrow(other);
});

test("a message with any bit changed, cut short or lengthened does not open", () => {
  const key = node.agreement;
  const sealed = sealTo(recipient);
  for (let at = 0; at < sealed.length; at++) {
    const altered = Uint8Array.from(sealed);
    // The highest bit of the ephemeral key is ignored by X25519; the key schedule still covers it.
    altered[at] = (altered[at] ?? 0) ^ 0x80;
    expect(() => hpkeOpen({ key, info }, altered), `byte ${at}`).toThrow(other);
  }
  for (const length of [0, 31, 32, HPKE_OVERHEAD_BYTES - 1, sealed.length - 1]) {
    expect(() => hpkeOpen({ key, info }, sealed.subarray(0, length)), `${length} bytes`).toThrow(other);
  }
  expect(() => hpkeOpen({ key, info }, concatBytes(sealed, Uint8Array.of(0)))).toThrow(other);
});

test.each([
  ["0", "0000000000000000000000000000000000000000000000000000000000000000"],
  ["1", "0100000000000000000000000000000000000000000000000000000000000000"],
  ["order 8", "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"],
  ["order 8, the other", "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"],
  ["p - 1", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
  ["p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
  ["p + 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
])("a point of small order (%s) is refused as a recipient and as a sender's key", (_name, point) => {
  const low = bytes(point);
  expect(() => sealTo(low)).toThrow(refusal("DSDN_CRYPTO_POINT_REFUSED"));
  const forged = concatBytes(low, new Uint8Array(32));
  expect(() => hpkeOpen({ key: node.agreement, info }, forged)).toThrow(refusal("DSDN_CRYPTO_POINT_REFUSED"));
});

test("a key of another length is refused", () => {
  expect(() => sealTo(recipient.subarray(1))).toThrow(refusal("DSDN_CRYPTO_KEY_LENGTH"));
  expect(() => x25519OfEd25519(new Uint8Array(33))).toThrow(refusal("DSDN_CRYPTO_KEY_LENGTH"));
});

test("the neutral point of Ed25519 has no agreement key", () => {
  const neutral = bytes("0100000000000000000000000000000000000000000000000000000000000000");
  expect(() => x25519OfEd25519(neutral)).toThrow(refusal("DSDN_CRYPTO_POINT_REFUSED"));
});

test("the agreement key of a signing key is that of noble's map, from the public half and from the seed", () => {
  for (let round = 0; round < 20; round++) {
    const seed = random.bytes(32);
    const { publicKey, agreement } = ed25519FromSeed(seed);
    expect(toHex(x25519OfEd25519(publicKey))).toBe(toHex(ed25519.utils.toMontgomery(publicKey)));
    expect(toHex(agreement.publicKey)).toBe(toHex(x25519OfEd25519(publicKey)));
    expect(toHex(agreement.publicKey)).toBe(toHex(x25519.getPublicKey(ed25519.utils.toMontgomerySecret(seed))));
  }
});

test("both sides agree on one secret, the one noble computes", () => {
  const [secret, theirs] = [random.bytes(32), random.bytes(32)];
  const [alice, bob] = [x25519FromSecret(secret), x25519FromSecret(theirs)];
  expect(toHex(alice.agree(bob.publicKey))).toBe(toHex(bob.agree(alice.publicKey)));
  expect(toHex(alice.agree(bob.publicKey))).toBe(toHex(x25519.getSharedSecret(secret, bob.publicKey)));
});

test("what is sealed opens for its node, empty or not, and never looks the same twice", () => {
  for (const text of ["", "x", "ä".repeat(40_000)]) {
    const sealed = sealTo(recipient, text);
    expect(sealed).toHaveLength(Buffer.byteLength(text) + HPKE_OVERHEAD_BYTES);
    expect(Buffer.from(hpkeOpen({ key: node.agreement, info }, sealed)).toString()).toBe(text);
    expect(toHex(sealTo(recipient, text))).not.toBe(toHex(sealed));
  }
});
