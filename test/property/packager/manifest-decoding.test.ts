import { encode } from "@ipld/dag-cbor";
import fc from "fast-check";
import { test } from "vitest";
import { DsdnError, equalBytes } from "../../../src/base/index.ts";
import {
  decodePackageManifest,
  decodeSignedPackage,
  encodePackageManifest,
  encodeSignedPackage,
} from "../../../src/protocol/index.ts";

/** True when the decoder refuses with an error of ours, or accepts exactly the canonical bytes of what it returns. */
function isSafe<T>(
  decode: (bytes: Uint8Array) => T,
  encodeAgain: (value: T) => Uint8Array,
  bytes: Uint8Array,
): boolean {
  try {
    return equalBytes(encodeAgain(decode(bytes)), bytes);
  } catch (error) {
    return error instanceof DsdnError;
  }
}

const seed = encodePackageManifest({
  version: 1,
  kind: "static",
  mode: "service",
  entry: null,
  site: { folder: "site", fallback: null, headers: [], redirects: [] },
  files: [{ path: "site/index.html", size: 5, hash: new Uint8Array(32).fill(9) }],
  limits: { memoryBytes: 1024 * 1024, timeMs: 1, outputBytes: 0, logBytes: 0 },
  sbomDigest: new Uint8Array(32).fill(3),
});

test("any bytes are refused with a named error, or are the canonical form of a manifest", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) =>
      isSafe(decodePackageManifest, encodePackageManifest, bytes),
    ),
    { numRuns: 3000 },
  );
});

test("any canonical value is refused with a named error, or is a manifest", () => {
  const value = fc.object({
    maxDepth: 3,
    values: [fc.integer(), fc.string(), fc.boolean(), fc.uint8Array(), fc.constant(null)],
  });
  fc.assert(
    fc.property(value, (object) => isSafe(decodePackageManifest, encodePackageManifest, encode(object))),
    { numRuns: 2000 },
  );
});

test("a manifest with some bytes changed never gets past the decoder as something else", () => {
  const change = fc.tuple(fc.nat(seed.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = seed.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return (
        isSafe(decodePackageManifest, encodePackageManifest, bytes) &&
        isSafe(decodeSignedPackage, encodeSignedPackage, bytes)
      );
    }),
    { numRuns: 3000 },
  );
});
