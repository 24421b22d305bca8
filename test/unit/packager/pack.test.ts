import { createHash } from "node:crypto";
import { readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ed25519FromSeed, verifyEd25519 } from "../../../src/crypto/index.ts";
import { readPackageFiles, signPackage } from "../../../src/packager/index.ts";
import {
  decodePackageManifest,
  decodeSignedPackage,
  hexId,
  type KeyId,
  packagePreimage,
} from "../../../src/protocol/index.ts";
import { wasmOf } from "../../wasm-modules.ts";
import { bytesOf, outcome, pack, project } from "./projects.ts";

const HANDLER = "export default { fetch(request: Request) { return new Response('hi') } }";

test("a site becomes a package of its files, fixed by hash and sorted", async () => {
  const built = await pack(project({ "index.html": "<h1>", "b/z.css": "z", "b.js": "b", "é.txt": "e" }));
  expect(built.manifest).toMatchObject({
    version: 1,
    kind: "static",
    entry: null,
    site: { folder: "site", fallback: null, headers: [], redirects: [] },
  });
  expect(built.manifest.files.map((file) => file.path)).toEqual([
    "site/b.js",
    "site/b/z.css",
    "site/index.html",
    "site/é.txt",
  ]);
  for (const file of built.files) {
    expect(
      createHash("sha256")
        .update(await bytesOf(file))
        .digest(),
    ).toEqual(Buffer.from(file.hash));
  }
  expect(decodePackageManifest(built.manifestBytes)).toEqual(built.manifest);
});

test("a TypeScript handler is bundled with what it imports into one module", async () => {
  const built = await pack(
    project({
      "src/index.ts": `import { greet } from "./greet.ts"; import page from "./page.html"; import data from "./data.json";
        export default { fetch: () => new Response(greet(data.name) + page) }`,
      "src/greet.ts": "export const greet = (name: string): string => 'hello ' + name;",
      "src/page.html": "<p>",
      "src/data.json": '{"name":"Budi"}',
    }),
  );
  const code = (await bytesOf(built.files.find((file) => file.path === "program.js"))).toString();
  expect(built.manifest).toMatchObject({ kind: "js", entry: "program.js", site: null });
  expect(code).toContain("Budi");
  expect(code).not.toContain("import");
});

test("a site with an API carries both, and the API's source is not served", async () => {
  const built = await pack(project({ "index.html": "", "api/index.ts": HANDLER, "api/more.ts": "" }));
  expect(built.manifest.files.map((file) => file.path)).toEqual(["program.js", "site/index.html"]);
  expect(built.skipped).toEqual([{ path: "api", reason: "program-source" }]);
});

test("B5: keys, tokens, version control, dependencies and project files are left out and listed", async () => {
  const built = await pack(
    project({
      "index.html": "",
      ".git/config": "",
      ".env": "A=1",
      ".env.local": "A=1",
      "sub/.npmrc": "token",
      "sub/id_ed25519": "x",
      "cert.pem": "x",
      "notes.txt": "-----BEGIN OPENSSH PRIVATE KEY-----\nabc",
      "node_modules/a/index.js": "",
      "package.json": "{}",
      ".ssh/config": "",
      ".hidden": "",
      ".well-known/security.txt": "ok",
      "sub/package.json": "{}",
    }),
  );
  expect(built.manifest.files.map((file) => file.path)).toEqual([
    "site/.well-known/security.txt",
    "site/index.html",
    "site/sub/package.json",
  ]);
  expect(Object.fromEntries(built.skipped.map(({ path, reason }) => [path, reason]))).toEqual({
    ".git": "version-control",
    ".env": "secret",
    ".env.local": "secret",
    "sub/.npmrc": "secret",
    "sub/id_ed25519": "secret",
    "cert.pem": "secret",
    "notes.txt": "secret",
    node_modules: "dependencies",
    "package.json": "project-file",
    ".ssh": "secret",
    ".hidden": "hidden",
  });
});

test("a page about keys and a library that reads them are packed, a key inside a text is not", async () => {
  const body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7";
  const header = "-----BEGIN PRIVATE KEY-----";
  const built = await pack(
    project({
      "index.html": `<pre>It begins with ${header} and then come its digits.</pre>`,
      "assets/jose.js": `const a=e=>e.replace(/(?:${header}|\\s)/g,"");export{a}`,
      "docs/credentials/index.html": "how to get credentials",
      "inline.js": `export const key = "${header}\\n${body}\\n";`,
      "bag.txt": `Bag Attributes\n    friendlyName: x\n${header}\n${body}\n`,
      "old.txt": `x\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A\n\n${body}`,
      "short.txt": `\n${header}\nabc`,
      "aws/credentials": "[default]",
    }),
  );
  expect(built.skipped.map(({ path }) => path).sort()).toEqual(
    ["aws/credentials", "bag.txt", "inline.js", "old.txt", "short.txt"].sort(),
  );
  expect(built.skipped.every(({ reason }) => reason === "secret")).toBe(true);
});

test("looking for keys takes no longer for a text made to be hard", async () => {
  const text = `-----BEGIN PRIVATE KEY-----${"\na: b: c: ".repeat(2000)}`;
  const startMs = performance.now();
  await pack(project({ "index.html": text, "a.txt": `x${text.replaceAll("\n", " ")}` }));
  expect(performance.now() - startMs).toBeLessThan(5000);
});

test("the bill of materials lists every bundled npm package with version and licence", async () => {
  const built = await pack(
    project({
      "src/index.ts": `import a from "alpha"; import b from "@scope/beta"; export default { fetch: () => new Response(a + b) }`,
      "node_modules/alpha/package.json": '{"name":"alpha","version":"1.2.3","license":"MIT","main":"main.js"}',
      "node_modules/alpha/main.js": "module.exports = require('gamma')",
      "node_modules/alpha/node_modules/gamma/package.json":
        '{"name":"gamma","version":"0.1.0","license":"(MIT OR Apache-2.0)"}',
      "node_modules/alpha/node_modules/gamma/index.js": "module.exports = 'g'",
      "node_modules/@scope/beta/package.json":
        '{"name":"@scope/beta","version":"2.0.0","license":"see file","module":"beta.js"}',
      "node_modules/@scope/beta/beta.js": "export default 'b'",
      "node_modules/unused/package.json": '{"name":"unused","version":"9.9.9"}',
    }),
  );
  const sbom = JSON.parse((await bytesOf(built.files.find((file) => file.path === "sbom.json"))).toString());
  expect(sbom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1 });
  expect(sbom.components.map((one: { purl: string; licenses: object[] }) => [one.purl, one.licenses])).toEqual([
    ["pkg:npm/%40scope/beta@2.0.0", [{ license: { name: "see file" } }]],
    ["pkg:npm/alpha@1.2.3", [{ expression: "MIT" }]],
    ["pkg:npm/gamma@0.1.0", [{ expression: "(MIT OR Apache-2.0)" }]],
  ]);
  expect(JSON.stringify(sbom)).not.toMatch(/timestamp|serialNumber|dsdn-project-/);
  const file = built.files.find((one) => one.path === "sbom.json");
  expect(built.manifest.sbomDigest).toEqual(file?.hash);
});

test("the signed package verifies with the deployer's key and no other", async () => {
  const built = await pack(project({ "index.html": "" }));
  const signer = ed25519FromSeed(new Uint8Array(32).fill(7));
  const deployer = hexId<KeyId>(signer.publicKey);
  const file = await signPackage(built, { deployer, sign: (preimage) => signer.sign(preimage) });
  const signed = decodeSignedPackage(new Uint8Array(await bytesOf(file)));
  const preimage = packagePreimage(signed.manifest);
  expect(file.path).toBe("package.dsdn");
  expect(verifyEd25519(signer.publicKey, preimage, signed.signature)).toBe(true);
  expect(verifyEd25519(ed25519FromSeed(new Uint8Array(32)).publicKey, preimage, signed.signature)).toBe(false);
});

test("B3: a file that changed after it was packed is noticed when it is read for upload", async () => {
  const root = project({ "index.html": "before" });
  const built = await pack(root);
  writeFileSync(join(root, "index.html"), "after!");
  const file = built.files.find((one) => one.path === "site/index.html");
  await expect(bytesOf(file)).rejects.toMatchObject({ code: "DSDN_BASE_FILE_CHANGED" });
});

test("the files are read in order with the bytes that were packed", async () => {
  const root = project({ "index.html": "page", "a.txt": "" });
  const built = await pack(root);
  const read = await readPackageFiles(built.files);
  expect(read.map(({ path }) => path)).toEqual(["sbom.json", "site/a.txt", "site/index.html"]);
  expect(Buffer.from(read[2]?.bytes ?? []).toString()).toBe("page");
  writeFileSync(join(root, "index.html"), "longer than before");
  await expect(readPackageFiles(built.files)).rejects.toMatchObject({ code: "DSDN_BASE_FILE_CHANGED" });
});

test("times of files do not matter", async () => {
  const files = { "index.html": "x", "api/index.ts": HANDLER };
  const [first, second] = [project(files), project(files)];
  utimesSync(join(second, "index.html"), 1, 1);
  expect((await pack(first)).manifestBytes).toEqual((await pack(second)).manifestBytes);
});

test("B6, B7: configuration and scripts of the project are neither read nor run", async () => {
  const plain = {
    "src/index.ts": "export class A { x = 1 } export default { fetch: () => new Response(new A().x + '') }",
  };
  const rigged = {
    ...plain,
    "package.json": JSON.stringify({ scripts: { prebuild: "touch owned", postinstall: "touch owned" } }),
    "tsconfig.json":
      '{"compilerOptions":{"useDefineForClassFields":false,"paths":{"*":["../*"]},"target":"es5"},"extends":"./evil.json"}',
    "esbuild.config.js": "throw 1",
    ".npmrc": "registry=http://127.0.0.1:1",
  };
  const code = async (root: string) =>
    (await bytesOf((await pack(root)).files.find((file) => file.path === "program.js"))).toString();
  const root = project(rigged);
  expect(await code(root)).toBe(await code(project(plain)));
  expect(() => readFileSync(join(root, "owned"))).toThrow("ENOENT");
});

test.each([
  ["node:fs", "DSDN_PACKAGER_NODE_MODULE"],
  ["fs", "DSDN_PACKAGER_NODE_MODULE"],
  ["crypto", "DSDN_PACKAGER_NODE_MODULE"],
  ["not-installed", "DSDN_PACKAGER_BUILD_FAILED"],
])("an import of %s is refused with its place", async (module, code) => {
  const root = project({
    "src/index.ts": `\nimport x from "${module}"; export default { fetch: () => new Response(x) }`,
  });
  const error = await outcome(root);
  expect(error.code).toBe(code);
  expect(error.facts["place"]).toBe("src/index.ts:2:15");
});

test("an import of a URL is refused", async () => {
  const root = project({ "main.js": 'import x from "https://example.test/x.js"; dsdn.write(x)' });
  expect((await outcome(root)).code).toBe("DSDN_PACKAGER_BUILD_FAILED");
});

test("a handler without a default export is refused", async () => {
  expect((await outcome(project({ "src/index.ts": "export const a = 1" }))).code).toBe("DSDN_PACKAGER_BUILD_FAILED");
});

test("a syntax error names its line", async () => {
  const error = await outcome(project({ "main.js": "let a = 1;\nlet = ;" }));
  expect([error.code, error.facts["place"]]).toEqual(["DSDN_PACKAGER_BUILD_FAILED", "main.js:2:7"]);
});

test("a WASI program takes its data folder with it, and none of its sources", async () => {
  const command = wasmOf({ exports: ["memory", "_start"] });
  const root = project({
    "tool.wasm": command,
    "main.go": "",
    "data/words.txt": "one two",
    "data/deep/more.bin": Uint8Array.of(1),
    "data/.env": "KEY=1",
    "data/id_rsa": "-----BEGIN OPENSSH PRIVATE KEY-----",
    "README.md": "",
  });
  const built = await pack(root);
  expect(built.manifest.files.map(({ path }) => path)).toEqual([
    "data/deep/more.bin",
    "data/words.txt",
    "program.wasm",
  ]);
  expect(built.skipped).toEqual([
    { path: "data/.env", reason: "secret" },
    { path: "data/id_rsa", reason: "secret" },
  ]);
  const alone = await pack(join(root, "tool.wasm"));
  expect(alone.manifest.files.map(({ path }) => path)).toEqual(["program.wasm"]);
});

test("a data folder that is a link, holds one, or is too much is refused", async () => {
  const command = wasmOf({ exports: ["memory", "_start"] });
  const linked = project({ "tool.wasm": command, "other/a.txt": "" });
  symlinkSync(join(linked, "other"), join(linked, "data"));
  expect(await outcome(linked)).toMatchObject({ code: "DSDN_PACKAGER_FILE_REFUSED", facts: { path: "data" } });
  const inside = project({ "tool.wasm": command, "data/a.txt": "" });
  symlinkSync("/etc/passwd", join(inside, "data/b.txt"));
  expect(await outcome(inside)).toMatchObject({ code: "DSDN_PACKAGER_FILE_REFUSED", facts: { path: "b.txt" } });
  const many = Object.fromEntries(Array.from({ length: 2001 }, (_, at) => [`data/${at}`, ""]));
  const full = await outcome(project({ "tool.wasm": command, ...many }));
  expect(full).toMatchObject({ code: "DSDN_PACKAGER_TOO_LARGE", facts: { limit: 2000 } });
});
