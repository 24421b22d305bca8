import { bech32m } from "@scure/base";
import { describe, expect, test } from "vitest";
import { seededRandom, toHex } from "../../../src/base/index.ts";
import { parseShare, recoverKey, splitKey } from "../../../src/crypto/index.ts";

const random = seededRandom("shares");
const key = random.bytes(32);
const coded = (code: string, facts: object = {}) =>
  expect.objectContaining({ code: `DSDN_CRYPTO_${code}`, facts: expect.objectContaining(facts) });
const two = await splitKey(key, { threshold: 2, total: 3, random });
const three = await splitKey(key, { threshold: 3, total: 6, random });
const [a, b, c] = two.shares as [string, string, string];

describe("splitting", () => {
  test("any two of three give the key back, none rejected", async () => {
    for (const pair of [
      [a, b],
      [b, c],
      [c, a],
    ]) {
      expect(await recoverKey(pair, two)).toEqual({ key, rejected: [] });
    }
  });

  test("a text is 80 letters that say set, threshold and total", () => {
    for (const text of two.shares) {
      expect(text.length).toBe(80);
      expect(text.startsWith("dsdnshare1")).toBe(true);
      expect(parseShare(text)).toMatchObject({ setId: two.setId, threshold: 2, total: 3 });
    }
    expect(new Set(two.shares.map((text) => parseShare(text).index)).size).toBe(3);
  });

  test("the first eight bytes of the commitment suffice, fewer do not", async () => {
    const cut = (length: number) => ({ commitment: two.commitment.subarray(0, length) });
    expect((await recoverKey([a, b], cut(8))).key).toEqual(key);
    for (const length of [0, 7]) await expect(recoverKey([a, b], cut(length))).rejects.toEqual(coded("KEY_LENGTH"));
  });

  test("counts that make no sense and keys of another length are refused", async () => {
    for (const [threshold, total] of [
      [1, 3],
      [0, 0],
      [4, 3],
      [2, 17],
      [2.5, 3],
      [Number.NaN, 3],
    ] as const) {
      await expect(splitKey(key, { threshold, total, random })).rejects.toEqual(coded("SHARE_COUNTS"));
    }
    await expect(splitKey(key.subarray(1), { threshold: 2, total: 3, random })).rejects.toEqual(coded("KEY_LENGTH"));
  });

  test("nothing secret is in the commitment: another split of the key has another", async () => {
    const again = await splitKey(key, { threshold: 2, total: 3, random });
    expect(again.setId).not.toBe(two.setId);
    expect(toHex(again.commitment)).not.toBe(toHex(two.commitment));
    expect(toHex(two.commitment)).not.toContain(toHex(key).slice(0, 8));
  });
});

describe("bad shares (E8)", () => {
  test("every set of fewer than the threshold is refused, one share by its own name", async () => {
    for (const share of two.shares)
      await expect(recoverKey([share], two)).rejects.toEqual(coded("SHARES_SINGLE", { threshold: 2 }));
    const few = three.shares;
    for (let i = 0; i < few.length; i++) {
      for (let j = i + 1; j < few.length; j++) {
        await expect(recoverKey([few[i] ?? "", few[j] ?? ""], three)).rejects.toEqual(
          coded("SHARES_TOO_FEW", { given: 2, threshold: 3 }),
        );
      }
    }
    await expect(recoverKey([], two)).rejects.toEqual(coded("SHARES_TOO_FEW", { given: 0 }));
    await expect(recoverKey(Array(65).fill(a), two)).rejects.toEqual(coded("SHARES_TOO_FEW", { given: 65 }));
  });

  test("shares of two sets are refused as mixed", async () => {
    await expect(recoverKey([a, three.shares[0] ?? ""], two)).rejects.toEqual(coded("SHARES_MIXED"));
    const other = await splitKey(random.bytes(32), { threshold: 2, total: 3, random });
    await expect(recoverKey([...two.shares, ...other.shares], { commitment: two.commitment })).rejects.toEqual(
      coded("SHARES_MIXED"),
    );
  });

  test("shares of another set than the wanted one are refused as such", async () => {
    await expect(recoverKey([a, b], { ...two, setId: "00000000" })).rejects.toEqual(
      coded("SHARES_WRONG_SET", { given: two.setId, wanted: "00000000" }),
    );
  });

  test("the same share twice counts once", async () => {
    await expect(recoverKey([a, a.toUpperCase()], two)).rejects.toEqual(
      coded("SHARES_DUPLICATE", { first: 1, position: 2 }),
    );
  });

  test("every changed letter of a share is found by its checksum", () => {
    for (let at = 0; at < a.length; at++) {
      for (const letter of "qp2x") {
        if (a[at] === letter) continue;
        expect(() => parseShare(a.slice(0, at) + letter + a.slice(at + 1))).toThrow(coded("SHARE_DAMAGED"));
      }
    }
  });

  test("a damaged share among too few is named with its place", async () => {
    await expect(recoverKey([a, "nonsense"], two)).rejects.toEqual(coded("SHARE_DAMAGED", { position: 2 }));
  });

  test("every cut of a share is named as cut", () => {
    for (let length = 10; length < a.length; length++) {
      expect(() => parseShare(a.slice(0, length))).toThrow(coded("SHARE_TRUNCATED", { actual: length }));
    }
  });

  test("text that is no share is refused without being read on", () => {
    for (const text of [
      "",
      "dsdnshar",
      "hello",
      `${a}q`,
      a.repeat(2),
      "x".repeat(1_000_000),
      a.replace("dsdnshare", "dsdnsharf"),
      `D${a.slice(1)}`,
    ]) {
      expect(() => parseShare(text)).toThrow(coded("SHARE_DAMAGED"));
    }
  });

  test("spaces, line breaks and upper case are read like the plain text", () => {
    const printed = `  ${(a.match(/.{1,8}/g) ?? []).join(" ")}\r\n`.toUpperCase();
    expect(parseShare(printed)).toEqual(parseShare(a));
  });

  test("index 0, other versions, other lengths and absurd counts are refused behind a good checksum", () => {
    const payload = Uint8Array.from(bech32m.fromWords(bech32m.decode(a as `${string}1${string}`).words));
    const changed = (at: number, value: number) => encode(payload.map((byte, i) => (i === at ? value : byte)));
    expect(() => parseShare(changed(39, 0))).toThrow(coded("SHARE_DAMAGED"));
    expect(() => parseShare(changed(0, 2))).toThrow(coded("SHARE_VERSION", { version: 2 }));
    for (const [at, value] of [
      [5, 0],
      [5, 1],
      [5, 4],
      [6, 17],
      [6, 1],
    ] as const) {
      expect(() => parseShare(changed(at, value))).toThrow(coded("SHARE_DAMAGED"));
    }
    expect(() => parseShare(encode(Uint8Array.of(...payload, 1)))).toThrow(coded("SHARE_DAMAGED"));
  });

  test("a share altered behind a good checksum gives no key", async () => {
    await expect(recoverKey([a, forged(b)], two)).rejects.toEqual(coded("SHARES_WRONG_KEY"));
    await expect(recoverKey([a, b], { commitment: random.bytes(32) })).rejects.toEqual(coded("SHARES_WRONG_KEY"));
  });

  test("a threshold altered on every share does not match the commitment", async () => {
    const lowered = three.shares.slice(0, 2).map((text) => {
      const payload = Uint8Array.from(bech32m.fromWords(bech32m.decode(text as `${string}1${string}`).words));
      payload[5] = 2;
      return encode(payload);
    });
    await expect(recoverKey(lowered, three)).rejects.toEqual(coded("SHARES_WRONG_KEY"));
  });

  test("with enough good shares the key comes back and each bad one is named", async () => {
    const [p, q, r, s] = three.shares as [string, string, string, string];
    const given = [forged(p), "nonsense", q, a, q, r, s, `${p.slice(0, 50)}`];
    expect(await recoverKey(given, three)).toEqual({
      key,
      rejected: [
        { position: 1, code: "DSDN_CRYPTO_SHARE_WRONG" },
        { position: 2, code: "DSDN_CRYPTO_SHARE_DAMAGED" },
        { position: 4, code: "DSDN_CRYPTO_SHARES_WRONG_SET" },
        { position: 5, code: "DSDN_CRYPTO_SHARES_DUPLICATE" },
        { position: 8, code: "DSDN_CRYPTO_SHARE_TRUNCATED" },
      ],
    });
  });

  test("two different shares of one index are told apart", async () => {
    expect(await recoverKey([forged(a), a, b], two)).toEqual({
      key,
      rejected: [{ position: 1, code: "DSDN_CRYPTO_SHARE_WRONG" }],
    });
  });

  test("no share text or key appears in an error", async () => {
    const error = await recoverKey([a, forged(b)], two).catch((caught: Error) =>
      JSON.stringify([caught, caught.message]),
    );
    for (const secret of [a, b, toHex(key)]) expect(error).not.toContain(secret);
  });
});

function encode(payload: Uint8Array): string {
  return bech32m.encode("dsdnshare", bech32m.toWords(payload), 90);
}

/** The share with one bit of its value changed and its checksum made good again. */
function forged(text: string): string {
  const payload = Uint8Array.from(bech32m.fromWords(bech32m.decode(text as `${string}1${string}`).words));
  payload[9] = (payload[9] ?? 0) ^ 1;
  return encode(payload);
}
