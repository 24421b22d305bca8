import { CID } from "multiformats/cid";
import { describe, expect, test } from "vitest";
import { isError } from "../../../src/base/index.ts";
import {
  chunkId,
  chunkIdOf,
  decodeCanonical,
  decodeWith,
  encodeAmount,
  encodeCanonical,
  encodeWith,
  findAmount,
  findWith,
  linkOf,
  protocolErrors,
  text,
  uint,
  z,
} from "../../../src/protocol/index.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const read = (value: Uint8Array) => decodeCanonical(value, "test", 1000);

function refused(value: Uint8Array): boolean {
  try {
    read(value);
    return false;
  } catch (error) {
    if (isError(error, protocolErrors.notCanonical)) return true;
    throw error;
  }
}

describe("canonical bytes", () => {
  test("sort map keys by length, then by bytes", () => {
    expect(encodeCanonical({ bb: 1, a: 2, c: 3 })).toEqual(
      bytes(0xa3, 0x61, 0x61, 2, 0x61, 0x63, 3, 0x62, 0x62, 0x62, 1),
    );
  });

  test.each([
    ["a longer integer than needed", bytes(0x18, 5)],
    ["unsorted keys", bytes(0xa2, 0x61, 0x62, 1, 0x61, 0x61, 2)],
    ["a key twice", bytes(0xa2, 0x61, 0x61, 1, 0x61, 0x61, 2)],
    ["an indefinite length", bytes(0x9f, 1, 0xff)],
    ["a float", bytes(0xfb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0)],
    ["a whole number as a float", bytes(0xfb, 0x40, 0, 0, 0, 0, 0, 0, 0)],
    ["NaN", bytes(0xf9, 0x7e, 0)],
    ["undefined", bytes(0xf7)],
    ["an integer above 2^53", bytes(0x1b, 0, 0x20, 0, 0, 0, 0, 0, 1)],
    ["a tag that is no link", bytes(0xc1, 0)],
    ["a key that is no text", bytes(0xa1, 1, 1)],
    ["bytes after the end", bytes(1, 1)],
    ["nothing", bytes()],
    ["a cut array", bytes(0x82, 1)],
    ["text that is no UTF-8", bytes(0x61, 0xff)],
    ["thirty-three nested arrays", bytes(...new Array(33).fill(0x81), 0x80)],
  ])("are not %s", (_, value) => {
    expect(refused(value)).toBe(true);
  });

  test("are refused above their bound before they are read", () => {
    const large = encodeCanonical(new Uint8Array(100));
    expect(() => decodeCanonical(large, "thing", 50)).toThrowError(
      expect.objectContaining({ code: "DSDN_PROTOCOL_TOO_LARGE", facts: { what: "thing", actual: 102, limit: 50 } }),
    );
  });

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, -0, 2 ** 53, 1n << 60n, undefined, [undefined]])(
    "are not made of %s",
    (value) => {
      expect(() => encodeCanonical(value)).toThrowError(
        expect.objectContaining({ code: "DSDN_PROTOCOL_NOT_CANONICAL" }),
      );
    },
  );

  test("survive as links, bytes, texts and whole numbers", () => {
    const value = { link: linkOf(chunkIdOf(bytes(1))), list: [0, -1, "ä", null, true], bytes: bytes(1, 2) };
    const back = read(encodeCanonical(value));
    expect(back).toEqual(value);
    expect(CID.asCID((back as typeof value).link)).not.toBeNull();
  });
});

describe("amounts", () => {
  test("are minimal big-endian bytes, zero is empty", () => {
    expect(encodeAmount(0n)).toEqual(bytes());
    expect(encodeAmount(255n)).toEqual(bytes(255));
    expect(encodeAmount(256n)).toEqual(bytes(1, 0));
    expect(findAmount(encodeAmount(300_000_000n * 10n ** 18n))).toBe(300_000_000n * 10n ** 18n);
  });

  test("with a leading zero are none", () => {
    expect(findAmount(bytes(0))).toBeUndefined();
    expect(findAmount(bytes(0, 1))).toBeUndefined();
  });
});

describe("schemas", () => {
  const thing = z.strictObject({ id: chunkId, name: text(4, 1), count: uint(9) });
  const good = { id: chunkIdOf(bytes(7)), name: "näm", count: 9 };

  test("bring a value through canonical bytes and back", () => {
    expect(decodeWith(thing, encodeWith(thing, good), { what: "thing", limitBytes: 100 })).toEqual(good);
  });

  test.each([
    ["an unknown field", { ...good, more: 1 }],
    ["a missing field", { id: good.id, name: good.name }],
    ["too many bytes of text", { ...good, name: "nämä" }],
    ["empty text", { ...good, name: "" }],
    ["a NUL", { ...good, name: "a\0" }],
    ["a number above its bound", { ...good, count: 10 }],
    ["a negative number", { ...good, count: -1 }],
  ])("refuse %s and name the field", (_, value) => {
    const raw = encodeCanonical({ ...value, id: linkOf(good.id) });
    expect(findWith(thing, raw, { what: "thing", limitBytes: 100 })).toBeUndefined();
    expect(() => decodeWith(thing, raw, { what: "thing", limitBytes: 100 })).toThrowError(
      expect.objectContaining({ code: "DSDN_PROTOCOL_NOT_CANONICAL" }),
    );
  });

  test("refuse a __proto__ key, which changes no prototype on the way", () => {
    const raw = bytes(0xa2, 0x61, 0x61, 1, 0x69, ...Buffer.from("__proto__"), 0xa1, 0x61, 0x62, 1);
    const value = read(raw);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(findWith(z.strictObject({ a: uint() }), raw, { what: "thing", limitBytes: 100 })).toBeUndefined();
  });

  test("refuse a link of another codec or hash, and text in place of a link", () => {
    for (const id of [
      CID.parse("bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua"),
      CID.parse("QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR"),
      good.id,
    ]) {
      const raw = encodeCanonical({ ...good, id });
      expect(findWith(thing, raw, { what: "thing", limitBytes: 100 })).toBeUndefined();
    }
  });
});
