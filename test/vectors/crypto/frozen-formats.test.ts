import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { concatBytes, equalBytes, findHex, seededRandom, toHex } from "../../../src/base/index.ts";
import { createOpener, open, recoverKey, seal, sha256 } from "../../../src/crypto/index.ts";

/**
 * Files of format version 1 as they were written when the version was frozen. Every later release reads them. Each
 * negative case names the layer that must refuse.
 */
const SEALED_SEGMENT = 65_552;

interface Change {
  readonly op: string;
  readonly [fact: string]: unknown;
}

interface Stream {
  readonly name: string;
  readonly key: string;
  readonly header: string;
  readonly sizeBytes: number;
  readonly plaintextSha256: string;
}

interface Case {
  readonly name: string;
  readonly stream: string;
  readonly changes: readonly Change[];
  readonly layer: string;
  readonly code: string;
  readonly facts: object;
}

const envelopes: { streams: Stream[]; cases: Case[] } = load("envelope-1/envelope-1.json");
const shares: {
  sets: { name: string; key: string; setId: string; threshold: number; commitment: string; shares: string[] }[];
  partial: { name: string; set: string; shares: string[]; rejected: object[] }[];
  cases: { name: string; set: string; shares: string[]; layer: string; code: string; facts: object }[];
} = load("share-1/share-1.json");

describe("Envelope 1, frozen", () => {
  test("at least four of five entries are negative, and every layer has some", () => {
    expect(envelopes.cases.length).toBeGreaterThanOrEqual(4 * envelopes.streams.length);
    expect(new Set(envelopes.cases.map(({ layer }) => layer))).toEqual(
      new Set(["version", "suite", "header", "commitment", "segment", "end"]),
    );
  });

  test.each(envelopes.streams)("$name opens to its plaintext, and is sealed to the same bytes again", (stream) => {
    const { name, sizeBytes } = stream;
    const input = inputOf(name);
    const plaintext = open({ ...input, sizeBytes }, input.sealed);
    expect(toHex(sha256(plaintext))).toBe(stream.plaintextSha256);
    expect(equalBytes(plaintext, seededRandom(`envelope-1/${name}`).bytes(sizeBytes))).toBe(true);
    const salt = { ownerSecret: seededRandom("owner").bytes(32), contentHash: sha256(plaintext) };
    const again = seal({ key: input.key, salt, segmentSizeLog2: 16 }, plaintext);
    expect(toHex(again.header)).toBe(stream.header);
    expect(equalBytes(again.sealed, input.sealed)).toBe(true);
  });

  test.each(envelopes.cases)("$name is refused by the $layer", ({ stream, changes, code, facts }) => {
    const { sealed, ...options } = changes.reduce(change, inputOf(stream));
    const refusal = expect.objectContaining({ code, facts: expect.objectContaining(facts) });
    expect(() => open(options, sealed)).toThrow(refusal);
    expect(() => {
      const opener = createOpener(options);
      for (let at = 0; at < sealed.length; at += 30_011) opener.update(sealed.subarray(at, at + 30_011));
      opener.finish();
    }).toThrow(refusal);
  });
});

describe("Share 1, frozen", () => {
  test("at least four of five entries are negative", () => {
    expect(shares.cases.length + shares.partial.length).toBeGreaterThanOrEqual(4 * shares.sets.length);
  });

  test.each(shares.sets)("$name gives its key", async (set) => {
    const { key, rejected } = await recoverKey(set.shares.slice(-set.threshold), setOf(set.name));
    expect(toHex(key)).toBe(set.key);
    expect(rejected).toEqual([]);
  });

  test.each(shares.partial)("$name gives the key and names the bad ones", async ({ set, shares: given, rejected }) => {
    const recovered = await recoverKey(given, setOf(set));
    expect({ key: toHex(recovered.key), rejected: recovered.rejected }).toEqual({ key: setOf(set).key, rejected });
  });

  test.each(shares.cases)("$name is refused by the $layer", async ({ set, shares: given, code, facts }) => {
    await expect(recoverKey(given, setOf(set))).rejects.toEqual(
      expect.objectContaining({ code, facts: expect.objectContaining(facts) }),
    );
  });
});

interface Input {
  readonly key: Uint8Array;
  readonly header: Uint8Array;
  readonly sealed: Uint8Array;
  readonly sizeBytes?: number;
}

function change(input: Input, step: Change): Input {
  const { sealed, header } = input;
  switch (step.op) {
    case "key":
      return { ...input, key: hex(step["hex"]) };
    case "sizeBytes":
      return { ...input, sizeBytes: Number(step["value"]) };
    case "setHeader":
      return { ...input, header: header.map((byte, i) => (i === step["at"] ? Number(step["value"]) : byte)) };
    case "flipHeader":
      return { ...input, header: flip(header, Number(step["bit"])) };
    case "cutHeader":
      return { ...input, header: header.subarray(0, Number(step["length"])) };
    case "appendHeader":
      return { ...input, header: concatBytes(header, hex(step["hex"])) };
    case "headerOf":
      return { ...input, header: inputOf(String(step["stream"])).header };
    case "flipSealed":
      return { ...input, sealed: flip(sealed, Number(step["bit"])) };
    case "cutSealed":
      return { ...input, sealed: sealed.subarray(0, Number(step["length"])) };
    case "appendSealed":
      return { ...input, sealed: concatBytes(sealed, hex(step["hex"])) };
    case "order":
      return {
        ...input,
        sealed: concatBytes(...(step["segments"] as number[]).map((index) => segment(sealed, index))),
      };
    case "replaceSegment": {
      const other = segment(inputOf(String(step["stream"])).sealed, 0);
      const index = Number(step["index"]);
      const parts = [0, 1, 2].map((i) => (i === index ? other : segment(sealed, i)));
      return { ...input, sealed: concatBytes(...parts) };
    }
    default:
      return expect.fail(`unknown change ${step.op}`);
  }
}

function inputOf(name: string): Input {
  const stream = envelopes.streams.find((each) => each.name === name) ?? expect.fail(name);
  const sealed = new Uint8Array(readFileSync(new URL(`envelope-1/${name}.sealed`, import.meta.url)));
  return { key: hex(stream.key), header: hex(stream.header), sealed };
}

function setOf(name: string): { key: string; setId: string; commitment: Uint8Array } {
  const set = shares.sets.find((each) => each.name === name) ?? expect.fail(name);
  return { key: set.key, setId: set.setId, commitment: hex(set.commitment) };
}

function segment(sealed: Uint8Array, index: number): Uint8Array {
  return sealed.subarray(index * SEALED_SEGMENT, (index + 1) * SEALED_SEGMENT);
}

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

function hex(value: unknown): Uint8Array {
  return findHex(String(value)) ?? expect.fail("not hex");
}

function load<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}
