/**
 * The DAG-CBOR fixtures of the IPLD project, whole. Source, commit and licence stand in the file beside this one.
 * What our canonical bytes leave out (floats, integers above 2^53) has to be refused, all else has to survive.
 */
import { readFileSync } from "node:fs";
import { CID } from "multiformats/cid";
import { describe, expect, test } from "vitest";
import { findHex, isError, toHex } from "../../../src/base/index.ts";
import { sha256 } from "../../../src/crypto/index.ts";
import { decodeCanonical, encodeCanonical, objectIdOf, protocolErrors } from "../../../src/protocol/index.ts";

interface Fixture {
  readonly name: string;
  readonly cid: string;
  readonly hex: string;
}

const { fixtures, negative }: { fixtures: Fixture[]; negative: { name: string; hex: string }[] } = JSON.parse(
  readFileSync(new URL("dag-cbor.json", import.meta.url), "utf8"),
);

/** Fixtures that hold what the log may not: a float, or an integer beyond 2^53. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...["-0.5", "-0.9999999999999999", "-1.1", "-1e-323", "-8.940696716308594e-8", "0.5", "0.9999999999999999"].map(float),
  ...["1.1", "1.1111111111111112", "1e-323", "8.940696716308594e-8", "82497.63712086187"].map(float),
  ...["02", "03", "05", "06", "07", "09", "11", "14", "15", "16", "17", "18", "19", "20", "22", "24"].map(
    (number) => `garbage-${number}`,
  ),
  ...["-11959030306112471732", "-9007199254740992", "-9007199254740993", "-9223372036854775808"].map(int),
  ...["11959030306112471731", "18446744073709551615", "9223372036854775807"].map(int),
]);

function float(value: string): string {
  return `float-${value}`;
}

function int(value: string): string {
  return `int-${value}`;
}

function bytes(hex: string): Uint8Array {
  const found = findHex(hex);
  if (found === undefined) throw new Error("the fixture holds no hex");
  return found;
}

function isRefused(value: Uint8Array): boolean {
  try {
    decodeCanonical(value, "fixture", 1_000_000);
    return false;
  } catch (error) {
    if (isError(error, protocolErrors.notCanonical)) return true;
    throw error;
  }
}

describe("the fixtures of the IPLD project", () => {
  test("are all there", () => {
    expect(fixtures).toHaveLength(128);
    expect([...LEFT_OUT].filter((name) => !fixtures.some((fixture) => fixture.name === name))).toEqual([]);
  });

  test.each(fixtures.filter(({ name }) => !LEFT_OUT.has(name)))("$name survives and has its id", ({ cid, hex }) => {
    const raw = bytes(hex);
    expect(toHex(encodeCanonical(decodeCanonical(raw, "fixture", 1_000_000)))).toBe(hex);
    const { code, multihash } = CID.parse(cid);
    expect({ code, digest: multihash.digest }).toEqual({ code: 0x71, digest: sha256(raw) });
    expect(objectIdOf(raw)).toBe(cid);
  });

  test.each(fixtures.filter(({ name }) => LEFT_OUT.has(name)))("$name is refused here", ({ hex }) => {
    expect(isRefused(bytes(hex))).toBe(true);
  });

  test.each(negative)("$name is refused", ({ hex }) => {
    expect(isRefused(bytes(hex))).toBe(true);
  });
});
