import { createDecipheriv, hkdfSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { concatBytes, equalBytes, seededRandom, toUtf8 } from "../../../src/base/index.ts";
import {
  createOpener,
  createRangeOpener,
  createSealer,
  findPlainSize,
  open,
  parseEnvelopeHeader,
  type Sealed,
  seal,
  sealedSize,
  sha256,
} from "../../../src/crypto/index.ts";

const SEGMENT = 65_536;
const SEALED_SEGMENT = SEGMENT + 16;
const random = seededRandom("envelope");
const key = random.bytes(32);
const sealSmall = (plaintext: Uint8Array) => seal({ key, salt: { random }, segmentSizeLog2: 16 }, plaintext);
const coded = (code: string, facts: object = {}) =>
  expect.objectContaining({ code: `DSDN_CRYPTO_${code}`, facts: expect.objectContaining(facts) });
const sizes = [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT];

describe("a sealed stream", () => {
  test.each(sizes)("of %i bytes opens to the same bytes, in one call and in pieces", (size) => {
    const plaintext = random.bytes(size);
    const { header, sealed } = sealSmall(plaintext);
    expect(header.length).toBe(67);
    expect(sealed.length).toBe(sealedSize(size, 16));
    expect(findPlainSize(sealed.length, 16)).toBe(size);
    for (const options of [
      { key, header },
      { key, header, sizeBytes: size },
    ]) {
      expect(equalBytes(open(options, sealed), plaintext)).toBe(true);
      expect(equalBytes(openInPieces(options, sealed, 10_007), plaintext)).toBe(true);
    }
  });

  test("follows the written layout, read here with node:crypto alone", () => {
    const plaintext = random.bytes(SEGMENT + 5);
    const { header, sealed } = sealSmall(plaintext);
    expect([...header.subarray(0, 3)]).toEqual([1, 1, 16]);
    const salt = header.subarray(3, 35);
    const derive = (label: string) =>
      new Uint8Array(
        hkdfSync("sha256", key, salt, concatBytes(toUtf8(`dsdn/envelope/1/${label}`), Uint8Array.of(1, 1, 16)), 32),
      );
    expect(derive("commitment")).toEqual(header.slice(35));
    const nonces = [
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1),
    ];
    const parts = [sealed.subarray(0, SEALED_SEGMENT), sealed.subarray(SEALED_SEGMENT)].map((part, i) => {
      const cipher = createDecipheriv("aes-256-gcm", derive("payload key"), nonces[i] ?? key, { authTagLength: 16 });
      cipher.setAAD(sha256(header)).setAuthTag(part.subarray(-16));
      return concatBytes(cipher.update(part.subarray(0, -16)), cipher.final());
    });
    expect(equalBytes(concatBytes(...parts), plaintext)).toBe(true);
  });

  test("is sealed to the same bytes however the input is cut", () => {
    const plaintext = random.bytes(3 * SEGMENT);
    const salt = { ownerSecret: key, contentHash: sha256(plaintext) };
    const whole = seal({ key, salt, segmentSizeLog2: 16 }, plaintext);
    for (const step of [1009, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT]) {
      const sealer = createSealer({ key, salt, segmentSizeLog2: 16 });
      const parts: Uint8Array[] = [];
      for (let at = 0; at < plaintext.length; at += step) parts.push(sealer.update(plaintext.subarray(at, at + step)));
      parts.push(sealer.finish());
      expect(equalBytes(concatBytes(...parts), whole.sealed)).toBe(true);
    }
  });
});

describe("sizes", () => {
  test("a sealed size that no stream has is not found", () => {
    for (const bad of [0, 15, SEALED_SEGMENT + 1, SEALED_SEGMENT + 16, 2 * SEALED_SEGMENT + 15]) {
      expect(findPlainSize(bad, 16)).toBeUndefined();
    }
    expect(findPlainSize(SEALED_SEGMENT + 17, 16)).toBe(SEGMENT + 1);
  });

  test("segment sizes outside 64 KiB..1 MiB are refused", () => {
    for (const segmentSizeLog2 of [0, 15, 21, 16.5, Number.NaN]) {
      expect(() => seal({ key, salt: { random }, segmentSizeLog2 }, key)).toThrow(coded("ENVELOPE_HEADER"));
      expect(() => sealedSize(1, segmentSizeLog2)).toThrow(coded("ENVELOPE_HEADER"));
    }
  });
});

describe("misuse (E4, E5)", () => {
  test("the same key and plaintext never give the same bytes with a random salt", () => {
    const plaintext = random.bytes(100);
    const [first, second] = [sealSmall(plaintext), sealSmall(plaintext)];
    expect(first.header).not.toEqual(second.header);
    expect(first.sealed).not.toEqual(second.sealed);
  });

  test("one key and salt in two segment sizes share no keystream", () => {
    const plaintext = random.bytes(100);
    const salt = { ownerSecret: key, contentHash: sha256(plaintext) };
    const small = seal({ key, salt, segmentSizeLog2: 16 }, plaintext);
    const large = seal({ key, salt, segmentSizeLog2: 20 }, plaintext);
    expect(small.header.subarray(3, 35)).toEqual(large.header.subarray(3, 35));
    expect(small.sealed).not.toEqual(large.sealed);
  });

  test("content that is not the hashed one is refused at the end: its nonces were for other bytes", () => {
    const sealer = createSealer({ key, salt: { ownerSecret: key, contentHash: sha256(toUtf8("before")) } });
    sealer.update(toUtf8("after"));
    expect(() => sealer.finish()).toThrow(coded("CONTENT_CHANGED"));
  });

  test("a stream that is over takes nothing more", () => {
    const sealer = createSealer({ key, salt: { random } });
    sealer.finish();
    expect(() => sealer.update(key)).toThrow(coded("STREAM_OVER"));
    expect(() => sealer.finish()).toThrow(coded("STREAM_OVER"));
    const opener = createOpener({ key, ...sealSmall(key) });
    expect(() => opener.finish()).toThrow(coded("TRUNCATED"));
    expect(() => opener.update(key)).toThrow(coded("STREAM_OVER"));
  });

  test("keys, owner secrets and hashes of another length are refused", () => {
    const short = key.subarray(1);
    expect(() => seal({ key: short, salt: { random } }, key)).toThrow(coded("KEY_LENGTH"));
    for (const salt of [
      { ownerSecret: short, contentHash: key },
      { ownerSecret: key, contentHash: short },
    ]) {
      expect(() => seal({ key, salt }, key)).toThrow(coded("KEY_LENGTH"));
    }
    expect(() => open({ key: short, header: sealSmall(key).header }, key)).toThrow(coded("KEY_LENGTH"));
  });
});

describe("the order of failure", () => {
  const plaintext = random.bytes(2 * SEGMENT + 100);
  const good = sealSmall(plaintext);
  const altered = (at: number, value: number): Uint8Array => good.header.map((byte, i) => (i === at ? value : byte));
  const wrong = random.bytes(32);

  test("version before suite, suite before form, form before key, key before bytes, bytes before end", () => {
    const broken = flip(good.sealed.subarray(0, -1), 0);
    const all = altered(0, 9);
    all[1] = 9;
    all[2] = 40;
    expect(() => open({ key: wrong, header: all }, broken)).toThrow(coded("ENVELOPE_VERSION", { version: 9 }));
    all[0] = 1;
    expect(() => open({ key: wrong, header: all }, broken)).toThrow(coded("ENVELOPE_SUITE", { suite: 9 }));
    all[1] = 1;
    expect(() => open({ key: wrong, header: all }, broken)).toThrow(coded("ENVELOPE_HEADER"));
    all[2] = 16;
    expect(() => open({ key: wrong, header: all }, broken)).toThrow(coded("WRONG_KEY"));
    expect(() => open({ key, header: all }, broken)).toThrow(coded("DAMAGED", { offset: 0 }));
    expect(() => open({ key, header: all, sizeBytes: plaintext.length }, good.sealed.subarray(0, -1))).toThrow(
      coded("TRUNCATED"),
    );
  });

  test("unknown versions and suites, and headers of other lengths, are refused (E6)", () => {
    for (let value = 0; value < 256; value++) {
      if (value === 1) continue;
      expect(() => parseEnvelopeHeader(altered(0, value))).toThrow(coded("ENVELOPE_VERSION"));
      expect(() => parseEnvelopeHeader(altered(1, value))).toThrow(coded("ENVELOPE_SUITE"));
    }
    for (const header of [good.header.subarray(0, 0), good.header.subarray(0, 66), concatBytes(good.header, key)]) {
      expect(() => parseEnvelopeHeader(header)).toThrow(coded("ENVELOPE_HEADER"));
    }
  });

  test("every flipped bit of a header is refused (E6)", () => {
    for (let bit = 0; bit < 67 * 8; bit++) {
      expect(() => open({ key, header: flip(good.header, bit) }, good.sealed)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/ENVELOPE_|WRONG_KEY/) }),
      );
    }
  });

  test("a header taken from another file does not fit", () => {
    const other = seal({ key: wrong, salt: { random }, segmentSizeLog2: 16 }, plaintext);
    expect(() => open({ key, header: other.header }, good.sealed)).toThrow(coded("WRONG_KEY"));
    const same = sealSmall(plaintext);
    expect(() => open({ key, header: same.header }, good.sealed)).toThrow(coded("DAMAGED", { offset: 0 }));
  });
});

describe("damage", () => {
  test("every flipped bit of a sealed 1 KiB file is found and gives out nothing (E2)", () => {
    const { header, sealed } = sealSmall(random.bytes(1024));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const opener = createOpener({ key, header });
      const early = opener.update(flip(sealed, bit));
      expect(early.length).toBe(0);
      expect(() => opener.finish()).toThrow(coded("DAMAGED", { offset: 0 }));
    }
  });

  test("tags of 4, 8, 12 and 15 bytes are refused (E1)", () => {
    const { header, sealed } = sealSmall(random.bytes(1024));
    for (const kept of [4, 8, 12, 15]) {
      const cut = sealed.subarray(0, 1024 + kept);
      expect(() => open({ key, header }, cut)).toThrow(coded("DAMAGED", { offset: 0 }));
      expect(() => open({ key, header, sizeBytes: 1024 }, cut)).toThrow(coded("TRUNCATED", { actual: 1024 + kept }));
    }
    const empty = sealSmall(new Uint8Array(0));
    for (const kept of [0, 4, 8, 12, 15]) {
      expect(() => open({ key, header: empty.header }, empty.sealed.subarray(0, kept))).toThrow(coded("TRUNCATED"));
    }
  });

  const three = random.bytes(3 * SEGMENT);
  const good = sealSmall(three);
  const part = (index: number, from: Sealed = good) =>
    from.sealed.subarray(index * SEALED_SEGMENT, (index + 1) * SEALED_SEGMENT);
  const other = sealSmall(three);
  const cases: [string, Uint8Array, string, object][] = [
    ["the last segment missing", concatBytes(part(0), part(1)), "TRUNCATED", { actual: 2 * SEALED_SEGMENT }],
    ["only the first segment", part(0), "TRUNCATED", { actual: SEALED_SEGMENT }],
    ["nothing at all", part(3), "TRUNCATED", { actual: 0 }],
    ["two segments swapped", concatBytes(part(1), part(0), part(2)), "DAMAGED", { offset: 0 }],
    ["the last two swapped", concatBytes(part(0), part(2), part(1)), "DAMAGED", { offset: SEALED_SEGMENT }],
    ["a middle one left out", concatBytes(part(0), part(2)), "DAMAGED", { offset: SEALED_SEGMENT }],
    [
      "a middle one doubled",
      concatBytes(part(0), part(1), part(1), part(2)),
      "DAMAGED",
      { offset: 2 * SEALED_SEGMENT },
    ],
    ["the last one doubled", concatBytes(good.sealed, part(2)), "EXTENDED", { end: 3 * SEALED_SEGMENT }],
    ["one from another file", concatBytes(part(0), part(1, other), part(2)), "DAMAGED", { offset: SEALED_SEGMENT }],
    ["one trailing byte", concatBytes(good.sealed, Uint8Array.of(0)), "EXTENDED", { end: 3 * SEALED_SEGMENT }],
    [
      "an empty last segment added",
      concatBytes(good.sealed, new Uint8Array(16)),
      "EXTENDED",
      { end: 3 * SEALED_SEGMENT },
    ],
    ["a byte cut off the end", good.sealed.subarray(0, -1), "DAMAGED", { offset: 2 * SEALED_SEGMENT }],
    [
      "a bit flipped in the last tag",
      flip(good.sealed, good.sealed.length * 8 - 1),
      "DAMAGED",
      { offset: 2 * SEALED_SEGMENT },
    ],
  ];

  test.each(cases)("%s is named (E3)", (_, sealed, code, facts) => {
    expect(() => open({ key, header: good.header }, sealed)).toThrow(coded(code, facts));
    expect(() => openInPieces({ key, header: good.header }, sealed, 50_021)).toThrow(coded(code, facts));
  });

  test("with the size known, a missing or added part is never taken for damage at the end", () => {
    const options = { key, header: good.header, sizeBytes: three.length };
    expect(() => open(options, good.sealed.subarray(0, -1))).toThrow(coded("TRUNCATED"));
    const short = sealSmall(three.subarray(0, 100));
    expect(() => open({ key, header: short.header, sizeBytes: 99 }, short.sealed)).toThrow(coded("EXTENDED"));
    expect(() => open({ key, header: short.header, sizeBytes: 101 }, short.sealed)).toThrow(coded("TRUNCATED"));
  });

  test("before damage at the end of a long stream only verified segments leave, and then nothing (E10)", () => {
    const opener = createOpener({ key, header: good.header });
    const out = opener.update(flip(good.sealed, good.sealed.length * 8 - 9));
    expect(equalBytes(out, three.subarray(0, 2 * SEGMENT))).toBe(true);
    expect(() => opener.finish()).toThrow(coded("DAMAGED", { offset: 2 * SEALED_SEGMENT }));
    expect(() => opener.finish()).toThrow(coded("STREAM_OVER"));
  });
});

describe("ranges", () => {
  const plaintext = random.bytes(3 * SEGMENT + 7);
  const { header, sealed } = sealSmall(plaintext);
  const reader = createRangeOpener({ key, header, sizeBytes: plaintext.length });
  const read = (offset: number, length: number, from = sealed) => {
    const { sealedOffset, sealedLength } = reader.plan(offset, length);
    return reader.open(offset, length, from.subarray(sealedOffset, sealedOffset + sealedLength));
  };

  test.each([
    [0, 0],
    [0, 1],
    [SEGMENT - 1, 2],
    [SEGMENT, SEGMENT],
    [3 * SEGMENT, 7],
    [3 * SEGMENT + 7, 0],
    [0, 3 * SEGMENT + 7],
  ])("%i bytes on, %i bytes long: only the touched segments are needed", (offset, length) => {
    expect(equalBytes(read(offset, length), plaintext.subarray(offset, offset + length))).toBe(true);
    const touched = length === 0 ? 0 : Math.floor((offset + length - 1) / SEGMENT) - Math.floor(offset / SEGMENT) + 1;
    expect(reader.plan(offset, length).sealedLength).toBeLessThanOrEqual(touched * SEALED_SEGMENT);
  });

  test("damage is named where it is and matters only there", () => {
    const broken = flip(sealed, (SEALED_SEGMENT + 3) * 8);
    expect(() => read(SEGMENT, 1, broken)).toThrow(coded("DAMAGED", { offset: SEALED_SEGMENT }));
    expect(equalBytes(read(0, 10, broken), plaintext.subarray(0, 10))).toBe(true);
  });

  test("bytes outside the file, too few, too many and a wrong size are each refused", () => {
    for (const [offset, length] of [
      [-1, 1],
      [0, plaintext.length + 1],
      [0.5, 1],
      [plaintext.length, 1],
      [0, Number.NaN],
    ] as const) {
      expect(() => reader.plan(offset, length)).toThrow(coded("RANGE"));
    }
    expect(() => reader.open(0, 1, sealed.subarray(0, SEALED_SEGMENT - 1))).toThrow(coded("TRUNCATED"));
    expect(() => reader.open(0, 1, sealed.subarray(0, SEALED_SEGMENT + 1))).toThrow(coded("EXTENDED"));
    const lied = createRangeOpener({ key, header, sizeBytes: 3 * SEGMENT });
    expect(() => lied.open(2 * SEGMENT, 1, sealed.subarray(2 * SEALED_SEGMENT, 3 * SEALED_SEGMENT))).toThrow(
      coded("DAMAGED"),
    );
    expect(() => createRangeOpener({ key: random.bytes(32), header, sizeBytes: 1 })).toThrow(coded("WRONG_KEY"));
  });
});

function openInPieces(options: Parameters<typeof createOpener>[0], sealed: Uint8Array, step: number): Uint8Array {
  const opener = createOpener(options);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < sealed.length; at += step) parts.push(opener.update(sealed.subarray(at, at + step)));
  return concatBytes(...parts, opener.finish());
}

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
