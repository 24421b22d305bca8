import { describe, expect, test } from "vitest";
import {
  decodeListing,
  decodeManifest,
  decodePackageManifest,
  decodeSignedPackage,
  encodeListing,
  encodeManifest,
  encodePackageManifest,
  encodeSignedPackage,
  type ListingEntry,
  limits,
  objectIdOf,
  type PackageManifest,
  packagePath,
  packagePreimage,
} from "../../../src/protocol/index.ts";
import { actor, chunkRef } from "../state/world.ts";

const NOT_CANONICAL = expect.objectContaining({ code: "DSDN_PROTOCOL_NOT_CANONICAL" });

const manifest = {
  version: 1 as const,
  size: 120,
  chunks: [chunkRef("a"), chunkRef("b")],
  envelope: new Uint8Array(67),
  listing: [{ chunk: chunkRef("b"), offset: 20, length: 80 }],
};

const entry: ListingEntry = {
  path: "folder/file.txt",
  type: "file",
  size: 120,
  mode: 0o644,
  mtimeMs: 1,
  hash: new Uint8Array(32),
  target: null,
  key: new Uint8Array(32),
  envelope: new Uint8Array(67),
  extents: [{ chunk: 0, offset: 0, length: 100 }],
};

const packageManifest: PackageManifest = {
  version: 1,
  kind: "js",
  mode: "service",
  entry: "server/main.js",
  site: { folder: "site", fallback: null, headers: [], redirects: [] },
  files: [{ path: "server/main.js", size: 10, hash: new Uint8Array(32) }],
  limits: { memoryBytes: 64 * 1024 * 1024, timeMs: 1000, outputBytes: 0, logBytes: 0 },
  sbomDigest: new Uint8Array(32),
};

describe("an object's manifest and listing", () => {
  test("survive their encoding, and the same content has the same id", () => {
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
    expect(objectIdOf(encodeManifest(manifest))).toBe(objectIdOf(encodeManifest({ ...manifest })));
    expect(objectIdOf(encodeManifest({ ...manifest, size: 121 }))).not.toBe(objectIdOf(encodeManifest(manifest)));
    const listing = { version: 1 as const, root: "folder" as const, entries: [entry] };
    expect(decodeListing(encodeListing(listing))).toEqual(listing);
  });

  test("are refused when cut, lengthened, of another version or out of bounds", () => {
    const bytes = encodeManifest(manifest);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => decodeManifest(bytes.subarray(0, length))).toThrowError(NOT_CANONICAL);
    }
    expect(() => decodeManifest(Buffer.concat([bytes, Uint8Array.of(0)]))).toThrowError(NOT_CANONICAL);
    const bad = { ...entry, mode: 0o10000 };
    expect(() => encodeListing({ version: 1, root: "file", entries: [bad] })).toThrowError();
    expect(() => decodeManifest(new Uint8Array(limits.manifestBytes + 1))).toThrowError(
      expect.objectContaining({ code: "DSDN_PROTOCOL_TOO_LARGE" }),
    );
  });
});

describe("a package's manifest", () => {
  test("survives its encoding, alone and signed", () => {
    const bytes = encodePackageManifest(packageManifest);
    expect(decodePackageManifest(bytes)).toEqual(packageManifest);
    const deployer = actor("deployer");
    const signed = { manifest: bytes, deployer: deployer.id, signature: deployer.key.sign(packagePreimage(bytes)) };
    expect(decodeSignedPackage(encodeSignedPackage(signed))).toEqual(signed);
  });

  test.each(["/etc/passwd", "../up", "a/../b", "a//b", "./a", "a/.", "a\\b", "a\nb", "", "a/", "C:\\x", "a\u007fb"])(
    "refuses the path %j",
    (path) => {
      expect(packagePath.safeParse(path).success).toBe(false);
    },
  );

  test.each(["a", "a/b.js", ".hidden", "...", "ä/ö", "a b", "C:/x"])("takes the path %j", (path) => {
    expect(packagePath.safeParse(path).success).toBe(true);
  });
});
