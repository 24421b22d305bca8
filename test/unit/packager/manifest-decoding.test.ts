import { encode } from "@ipld/dag-cbor";
import { expect, test } from "vitest";
import { DsdnError } from "../../../src/base/index.ts";
import { compileIntent } from "../../../src/intent/index.ts";
import { decodePackageManifest, decodeSignedPackage, limits, workloadSpec, z } from "../../../src/protocol/index.ts";

const good = {
  version: 1,
  kind: "js",
  mode: "service",
  entry: "program.js",
  site: null,
  files: [{ path: "program.js", size: 3, hash: new Uint8Array(32) }],
  limits: { memoryBytes: 64 * 1024 * 1024, timeMs: 1000, outputBytes: 1024, logBytes: 1024 },
  sbomDigest: new Uint8Array(32),
};

function codeOf(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): string {
  try {
    decode(bytes);
    return "accepted";
  } catch (error) {
    return error instanceof DsdnError ? error.code : `not ours: ${String(error)}`;
  }
}

const withFile = (path: string) => ({ ...good, files: [{ path, size: 1, hash: new Uint8Array(32) }] });
const withLimits = (field: string, value: unknown) => ({ ...good, limits: { ...good.limits, [field]: value } });

test("a manifest in order is accepted", () => {
  expect(decodePackageManifest(encode(good))).toEqual(good);
});

test.each<[string, object]>([
  ["C7: a negative size", { ...good, files: [{ path: "a", size: -1, hash: new Uint8Array(32) }] }],
  ["C7: half a millisecond", withLimits("timeMs", 0.5)],
  ["C7: memory above the network's bound", withLimits("memoryBytes", limits.workloadMemoryBytes + 1)],
  ["C7: a time above 2^53", withLimits("timeMs", 2 ** 60)],
  ["C7: a big integer", withLimits("outputBytes", 2n ** 63n)],
  ["C7: a negative output", withLimits("outputBytes", -5)],
  ["C7: a quota as text", withLimits("timeMs", "1000")],
  ["C8: an unknown field", { ...good, replicas: 3 }],
  ["C8: a newer version", { ...good, version: 2 }],
  ["C2: a field named __proto__", { ...good, ["__proto__"]: { version: 1 } }],
  ["an unknown kind", { ...good, kind: "vm" }],
  ["a missing field", { version: 1 }],
  ["a short hash", { ...good, sbomDigest: new Uint8Array(31) }],
  ["a list in its place", [good]],
  ["a path that climbs", withFile("../secret")],
  ["a path that climbs inside", withFile("site/../../secret")],
  ["an absolute path", withFile("/etc/passwd")],
  ["a path with a backslash", withFile("site\\..\\x")],
  ["a path with a NUL", withFile("a\0b")],
  ["a path with a line break", withFile("a\nb")],
  ["an empty path", withFile("")],
  ["a path of 5,000 bytes", withFile("x".repeat(5000))],
  ["an entry that climbs", { ...good, entry: "../x" }],
])("%s is refused", (_name, manifest) => {
  expect(codeOf(decodePackageManifest, encode(manifest))).toBe("DSDN_PROTOCOL_NOT_CANONICAL");
});

test("more files than a package may have are refused", () => {
  const file = good.files[0];
  const files = Array.from({ length: limits.packageFiles + 1 }, () => file);
  expect(codeOf(decodePackageManifest, encode({ ...good, files }))).toBe("DSDN_PROTOCOL_NOT_CANONICAL");
});

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

test.each<[string, Uint8Array]>([
  ["nothing", new Uint8Array(0)],
  ["C5: a tag that names code (tag 39, id)", hex("d827 61 61")],
  ["C5: a big number tag", hex("c2 41 ff")],
  ["C5: a date tag", hex("c1 1a 00000000")],
  ["C5: a regular expression tag", hex("d823 63 2e2a2b")],
  ["C6: lists 10,000 deep", new Uint8Array(10_000).fill(0x81)],
  ["C6: maps 10,000 deep", new Uint8Array(30_000).map((_, at) => [0xa1, 0x61, 0x61][at % 3] ?? 0)],
  ["C6: a text that says it has 2^32 bytes", hex("7a ffffffff 61")],
  ["C6: a list that says it has 2^63 items", hex("9b 7fffffffffffffff 01")],
  ["C6: an indefinite list", hex("9f 01 ff")],
  ["C6: UTF-16 text", hex("64 fffe6100")],
  ["C3: a key given twice", hex("a2 616101 616102")],
  ["keys out of order", hex("a2 616201 616102")],
  ["a number longer than needed", hex("a1 6161 1801")],
  ["NaN", hex("a1 6161 f97e00")],
  ["infinity", hex("a1 6161 f97c00")],
  ["undefined", hex("f7")],
  ["trailing bytes", new Uint8Array([...encode(good), 0])],
  ["a cut end", encode(good).subarray(0, -1)],
])("%s is refused as not canonical", (_name, bytes) => {
  for (const decode of [decodePackageManifest, decodeSignedPackage]) {
    expect(codeOf(decode, bytes)).toBe("DSDN_PROTOCOL_NOT_CANONICAL");
  }
});

test("C6: 50 MiB are refused by their length, before they are read", () => {
  const bytes = new Uint8Array(50 * 1024 * 1024);
  for (const decode of [decodePackageManifest, decodeSignedPackage]) {
    expect(codeOf(decode, bytes)).toBe("DSDN_PROTOCOL_TOO_LARGE");
  }
});

test.each<[string, object]>([
  ["C7: 2.5 replicas", { rf: 2.5 }],
  ["C7: a negative limit", { limits: { ...good.limits, logBytes: -1 } }],
  ["C8: a newer version", { version: 2 }],
  ["verification that this version cannot give", { verification: "fraud-proof" }],
  ["a preference for a node by name", { classPreference: "node-1" }],
  ["an input that is a text", { input: "bafyrei" }],
  ["an intent with more fields", { intent: { ...compileIntent({ type: "batch" }).intent, cost: 0 } }],
])("a workload spec with %s is refused", (_name, change) => {
  const spec = z.encode(workloadSpec, compileIntent({ type: "batch" }));
  expect(workloadSpec.safeDecode(spec).success).toBe(true);
  expect(workloadSpec.safeDecode({ ...spec, ...change } as typeof spec).success).toBe(false);
});
