import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DsdnError, toUtf8 } from "../../../src/base/index.ts";
import { ed25519FromSeed } from "../../../src/crypto/index.ts";
import {
  encodePackageManifest,
  encodeSignedPackage,
  hexId,
  type KeyId,
  type PackageManifest,
  packagePreimage,
} from "../../../src/protocol/index.ts";
import { openPackage } from "../../../src/roles/surface/index.ts";
import { makeSample } from "../objects/sample.ts";

// C9: the list of files in a signed manifest against the files that are really there.
const signer = ed25519FromSeed(new Uint8Array(32).fill(3));
const hashOf = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
const listed = (path: string, text: string) => ({ path, size: toUtf8(text).length, hash: hashOf(toUtf8(text)) });

const page = { path: "site/index.html", text: "<h1>" };
const style = { path: "site/a.css", text: "a{}" };
const sbom = { path: "sbom.json", text: "{}\n" };

type Files = readonly { readonly path: string; readonly text: string }[];

/** Opens an object that holds the files and a manifest, signed as it is. */
async function outcome(change: Partial<PackageManifest>, files: Files = [page, style, sbom]): Promise<string> {
  const manifest = encodePackageManifest({
    version: 1,
    kind: "static",
    mode: "service",
    entry: null,
    site: { folder: "site", fallback: null, headers: [], redirects: [] },
    files: [listed(style.path, style.text), listed(page.path, page.text)],
    limits: { memoryBytes: 1024 * 1024, timeMs: 1, outputBytes: 0, logBytes: 0 },
    sbomDigest: hashOf(toUtf8(sbom.text)),
    ...change,
  });
  const signature = signer.sign(packagePreimage(manifest));
  const signed = encodeSignedPackage({ manifest, deployer: hexId<KeyId>(signer.publicKey), signature });
  const stored = files.map(({ path, text }) => ({ path, bytes: toUtf8(text) }));
  const sample = await makeSample([...stored, { path: "package.dsdn", bytes: signed }], { isPublic: true });
  try {
    await openPackage({ get: sample.get }, sample.object);
    return "opened";
  } catch (error) {
    return error instanceof DsdnError ? error.code : `not ours: ${String(error)}`;
  }
}

const good = [listed(style.path, style.text), listed(page.path, page.text)];
const INVALID = "DSDN_ROLES_PACKAGE_INVALID";

describe("C9: a package", () => {
  test("whose list is what it holds is opened", async () => {
    expect(await outcome({})).toBe("opened");
  });

  test.each<[string, Partial<PackageManifest>]>([
    ["names a file that is not there", { files: [...good, listed("site/none", "x")] }],
    ["leaves out a file that is there", { files: good.slice(1) }],
    ["names a file twice", { files: [...good, ...good.slice(0, 1)] }],
    ["names itself", { files: [...good, listed("package.dsdn", "x")] }],
    ["names nothing", { files: [] }],
    ["gives a file another size", { files: [{ ...listed(style.path, style.text), size: 4 }, ...good.slice(1)] }],
    ["gives a file the size 0", { files: [{ ...listed(style.path, style.text), size: 0 }, ...good.slice(1)] }],
    ["gives a file the hash of another", { files: [listed(style.path, "b{}"), ...good.slice(1)] }],
    ["exchanges two files", { files: [listed(style.path, page.text), listed(page.path, style.text)] }],
    ["names a file in other letters", { files: [listed("site/A.css", style.text), ...good.slice(1)] }],
    ["has an entry that is not there", { entry: "program.js" }],
    ["has the bill of materials of another one", { sbomDigest: new Uint8Array(32) }],
  ])("whose list %s is refused", async (_name, change) => {
    expect(await outcome(change)).toBe(INVALID);
  });

  test("with a file nobody signed is refused", async () => {
    expect(await outcome({}, [page, style, sbom, { path: "site/added.js", text: "alert(1)" }])).toBe(INVALID);
  });
});
