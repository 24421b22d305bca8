import { hashTypedData, toHex as viemHex, recoverAddress as viemRecover } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { concatBytes, findHex, seededRandom, toHex, toUtf8 } from "../../../src/base/index.ts";
import {
  findAddress,
  generateWalletKey,
  keccak256,
  openWallet,
  recoverAddress,
  toAddressText,
  typedDataDigest,
} from "../../../src/crypto/index.ts";

const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const key = generateWalletKey(seededRandom("wallet"));
const wallet = openWallet(key);
const digest = keccak256(toUtf8("order"));
const bytesOf = (value: bigint) => findHex(value.toString(16).padStart(64, "0")) ?? new Uint8Array();

describe("wallet", () => {
  test("has the address and makes the signatures that viem makes", async () => {
    const account = privateKeyToAccount(viemHex(key));
    expect(wallet.address).toBe(account.address);
    const signature = wallet.signDigest(digest);
    expect(`0x${toHex(signature)}`).toBe(await account.sign({ hash: viemHex(digest) }));
    expect(await viemRecover({ hash: viemHex(digest), signature: viemHex(signature) })).toBe(wallet.address);
  });

  test("is recovered from its signature, and another digest gives another address", () => {
    const signature = wallet.signDigest(digest);
    expect(recoverAddress(digest, signature)).toBe(wallet.address);
    expect(recoverAddress(keccak256(toUtf8("ordes")), signature)).not.toBe(wallet.address);
  });

  test("a signature with s in the upper half is refused though the curve accepts it", () => {
    const signature = wallet.signDigest(digest);
    const s = BigInt(`0x${toHex(signature.subarray(32, 64))}`);
    const twin = concatBytes(signature.subarray(0, 32), bytesOf(N - s), Uint8Array.of(signature[64] === 27 ? 28 : 27));
    expect(recoverAddress(digest, twin)).toBeUndefined();
  });

  test("malformed signatures are undefined", () => {
    const good = wallet.signDigest(digest);
    for (const v of [0, 1, 26, 29, 255]) {
      expect(recoverAddress(digest, concatBytes(good.subarray(0, 64), Uint8Array.of(v)))).toBeUndefined();
    }
    const zero = new Uint8Array(32);
    const tail = Uint8Array.of(27);
    expect(recoverAddress(digest, concatBytes(zero, good.subarray(32, 64), tail))).toBeUndefined();
    expect(recoverAddress(digest, concatBytes(good.subarray(0, 32), zero, tail))).toBeUndefined();
    expect(recoverAddress(digest, concatBytes(bytesOf(N), good.subarray(32, 64), tail))).toBeUndefined();
    expect(recoverAddress(digest, good.subarray(0, 64))).toBeUndefined();
    expect(recoverAddress(digest, new Uint8Array(0))).toBeUndefined();
  });

  test("keys outside 1..n-1 and digests of another length are refused by name", () => {
    for (const bad of [0n, N, 2n ** 256n - 1n]) {
      expect(() => openWallet(bytesOf(bad))).toThrow(expect.objectContaining({ code: "DSDN_CRYPTO_KEY_INVALID" }));
    }
    expect(() => openWallet(key.subarray(1))).toThrow(expect.objectContaining({ code: "DSDN_CRYPTO_KEY_LENGTH" }));
    expect(() => wallet.signDigest(new Uint8Array(31))).toThrow(
      expect.objectContaining({ code: "DSDN_CRYPTO_KEY_LENGTH" }),
    );
  });

  test("an address text with a wrong checksum, length or digit is not found", () => {
    const good = wallet.address;
    expect(toAddressText(findAddress(good) ?? new Uint8Array(20))).toBe(good);
    expect(findAddress(good.toLowerCase())).toEqual(findAddress(good));
    const at = [...good].findIndex((digit, i) => i > 1 && /[a-zA-Z]/.test(digit));
    const letter = good[at] ?? "";
    const swapped = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
    expect(findAddress(good.slice(0, at) + swapped + good.slice(at + 1))).toBeUndefined();
    for (const bad of ["", "0x", good.slice(0, 41), `${good}0`, good.slice(2), `0x${"g".repeat(40)}`]) {
      expect(findAddress(bad)).toBeUndefined();
    }
  });
});

describe("typed data", () => {
  const types = {
    SessionGranted: [
      { name: "wallet", type: "address" },
      { name: "key", type: "bytes32" },
      { name: "scope", type: "Scope" },
      { name: "quota", type: "uint256" },
      { name: "tags", type: "string[]" },
      { name: "limits", type: "Limit[]" },
      { name: "raw", type: "bytes" },
      { name: "isOpen", type: "bool" },
      { name: "small", type: "uint8" },
      { name: "short", type: "bytes4" },
    ],
    Scope: [
      { name: "prefix", type: "string" },
      { name: "limit", type: "Limit" },
    ],
    Limit: [{ name: "value", type: "uint64" }],
  };
  const domain = { name: "dsdn", version: "1", chainId: 7n, salt: keccak256(toUtf8("network")) };
  const message = {
    wallet: wallet.address,
    key: keccak256(toUtf8("key")),
    scope: { prefix: "foto/", limit: { value: 5n } },
    quota: 2n ** 255n,
    tags: ["a", "", "ü"],
    limits: [{ value: 1n }, { value: 2n }],
    raw: Uint8Array.of(1, 2, 3),
    isOpen: true,
    small: 255,
    short: Uint8Array.of(9, 9, 9, 9),
  };
  const data = { types, primaryType: "SessionGranted", domain, message };

  test("has the digest that viem computes", () => {
    const asHex = (bytes: Uint8Array) => viemHex(bytes);
    const expected = hashTypedData({
      types,
      primaryType: "SessionGranted",
      domain: { ...domain, salt: asHex(domain.salt) },
      message: { ...message, key: asHex(message.key), raw: asHex(message.raw), short: asHex(message.short) } as never,
    });
    expect(`0x${toHex(typedDataDigest(data))}`).toBe(expected);
  });

  test("hashes the example of EIP-712 to the digest printed there", () => {
    const person = [
      { name: "name", type: "string" },
      { name: "wallet", type: "address" },
    ];
    const mail = {
      types: {
        Person: person,
        Mail: [
          { name: "from", type: "Person" },
          { name: "to", type: "Person" },
          { name: "contents", type: "string" },
        ],
      },
      primaryType: "Mail",
      domain: {
        name: "Ether Mail",
        version: "1",
        chainId: 1n,
        verifyingContract: "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC",
      },
      message: {
        from: { name: "Cow", wallet: "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826" },
        to: { name: "Bob", wallet: "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB" },
        contents: "Hello, Bob!",
      },
    };
    expect(toHex(typedDataDigest(mail))).toBe("be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
  });

  test.each([
    ["a missing field", { ...data, message: { ...message, quota: undefined as never } }],
    ["an unknown field", { ...data, message: { ...message, extra: 1 } }],
    ["a number that is too large", { ...data, message: { ...message, small: 256 } }],
    ["a negative number", { ...data, message: { ...message, quota: -1n } }],
    ["a fraction", { ...data, message: { ...message, small: 0.5 } }],
    ["bytes of another length", { ...data, message: { ...message, short: Uint8Array.of(1) } }],
    ["an address with a bad checksum", { ...data, message: { ...message, wallet: `0x${"aB".repeat(20)}` } }],
    ["half a surrogate pair", { ...data, message: { ...message, tags: ["\ud800"] } }],
    ["an unknown primary type", { ...data, primaryType: "toString" }],
    ["an unknown field type", { ...data, types: { ...types, Limit: [{ name: "value", type: "int8" }] } }],
    ["a width that is no width", { ...data, types: { ...types, Limit: [{ name: "value", type: "uint7" }] } }],
  ])("refuses %s by name", (_, bad) => {
    expect(() => typedDataDigest(bad)).toThrow(expect.objectContaining({ code: "DSDN_CRYPTO_TYPED_DATA_INVALID" }));
  });

  test("refuses a struct that contains itself instead of recursing for ever", () => {
    const loop: { [name: string]: unknown } = {};
    loop["next"] = loop;
    const bad = { types: { Loop: [{ name: "next", type: "Loop" }] }, primaryType: "Loop", domain, message: loop };
    expect(() => typedDataDigest(bad as never)).toThrow(
      expect.objectContaining({ code: "DSDN_CRYPTO_TYPED_DATA_INVALID" }),
    );
  });
});
