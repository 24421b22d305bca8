import { sha256 } from "@noble/hashes/sha2.js";
import { expect, test } from "vitest";
import { fromUtf8, toHex, toUtf8 } from "../../../src/base/index.ts";
import type { PackageManifest } from "../../../src/protocol/index.ts";
import { createStaticSite, type ReadFilePart, type SiteResponse } from "../../../src/runtime/index.ts";
import { testLimits } from "./packages.ts";

const contents: Record<string, string> = {
  "site/index.html": "<h1>home</h1>",
  "site/about.html": "about",
  "site/docs/index.html": "docs",
  "site/404.html": "lost",
  "site/assets/app-Bx3f9_aQ.js": "let a",
  "site/logo.svg": "<svg/>",
  "site/empty.txt": "",
  "site/data.bin": "0123456789",
  "site/caf\u00e9.txt": "coffee",
  "program.js": "secret program",
};

function site(names = Object.keys(contents), fields?: Readonly<Record<string, string>>) {
  const files = names.map((path) => {
    const bytes = toUtf8(contents[path] ?? "");
    return { path, size: bytes.length, hash: sha256(bytes) };
  });
  const manifest: PackageManifest = {
    version: 1,
    kind: "static",
    mode: "service",
    entry: null,
    site: { folder: "site", fallback: null, headers: [], redirects: [] },
    files,
    limits: testLimits,
    sbomDigest: new Uint8Array(32),
  };
  const read: ReadFilePart = async (path, part) =>
    toUtf8(contents[path] ?? "").subarray(part.offset, part.offset + part.length);
  return createStaticSite(manifest, { read, ...(fields === undefined ? {} : { fields }) });
}

const show = (response: SiteResponse) => [response.status, fromUtf8(response.body as Uint8Array)];
const field = (response: SiteResponse, name: string) => response.headers[name];
const get = (path: string, headers: Record<string, string> = {}) => site().serve({ method: "GET", path, headers });

test.each([
  ["/", 200, "<h1>home</h1>"],
  ["/index.html", 200, "<h1>home</h1>"],
  ["/about", 200, "about"],
  ["/about.html", 200, "about"],
  ["/docs/", 200, "docs"],
  ["/empty.txt", 200, ""],
  ["/caf%C3%A9.txt", 200, "coffee"],
  ["/cafe%CC%81.txt", 200, "coffee"],
  ["/nowhere", 404, "lost"],
  ["/program.js", 404, "lost"],
  ["/assets/", 404, "lost"],
])("GET %s answers %d", async (path, status, body) => {
  expect(show(await get(path))).toEqual([status, body]);
});

test("a folder without its slash is redirected relatively, so that a prefix survives", async () => {
  const response = await get("/docs");
  expect([response.status, field(response, "location")]).toEqual([308, "./docs/"]);
});

test.each([
  "/../program.js",
  "/%2e%2e/program.js",
  "/..%2fprogram.js",
  "/a%00",
  "/%c0%ae%c0%ae/x",
  "/a\\b",
  "/%5c..",
  "//",
  "/a//b",
  "/./index.html",
  "/%zz",
  "/a%0d%0ab",
  "x",
])("I4: the path %s is refused", async (path) => {
  expect((await get(path)).status).toBe(400);
});

test("without a 404 page the answer is a plain 404", async () => {
  const response = await site(["site/index.html"]).serve({ method: "GET", path: "/x", headers: {} });
  expect([response.status, field(response, "content-type")]).toEqual([404, "text/plain; charset=utf-8"]);
});

test("every answer forbids guessing the type", async () => {
  for (const path of ["/", "/nope", "/..", "/docs"]) {
    expect(field(await get(path), "x-content-type-options")).toBe("nosniff");
  }
});

test("types carry their charset, unknown ones are octet streams", async () => {
  expect(field(await get("/"), "content-type")).toBe("text/html; charset=utf-8");
  expect(field(await get("/logo.svg"), "content-type")).toBe("image/svg+xml; charset=utf-8");
  expect(field(await get("/data.bin"), "content-type")).toBe("application/octet-stream");
});

test.each([
  ["favicon.ico", "image/x-icon"],
  ["fonts/icons.EOT", "application/vnd.ms-fontobject"],
  ["manifest.webmanifest", "application/manifest+json; charset=utf-8"],
  [".well-known/apple-app-site-association", "application/json; charset=utf-8"],
  ["module.wasm", "application/wasm"],
  ["docs/constructor", "application/octet-stream"],
  ["a.valueOf", "application/octet-stream"],
  ["html", "application/octet-stream"],
])("%s has the type browsers need, since they guess none", async (path, type) => {
  const answer = await site([`site/${path}`]).serve({ method: "GET", path: `/${path}`, headers: {} });
  expect(field(answer, "content-type")).toBe(type);
});

test("the ETag is the content's hash, and a match answers 304 without a body", async () => {
  const etag = `"${toHex(sha256(toUtf8("about")))}"`;
  expect(field(await get("/about"), "etag")).toBe(etag);
  for (const asked of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    expect(show(await get("/about", { "if-none-match": asked }))).toEqual([304, ""]);
  }
  expect((await get("/about", { "if-none-match": '"x"' })).status).toBe(200);
});

test("files named by their content may be cached for ever, others are asked for again", async () => {
  expect(field(await get("/assets/app-Bx3f9_aQ.js"), "cache-control")).toContain("immutable");
  expect(field(await get("/"), "cache-control")).toContain("max-age=0");
});

test.each([
  ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
  ["bytes=4-", 206, "456789", "bytes 4-9/10"],
  ["bytes=-3", 206, "789", "bytes 7-9/10"],
  ["bytes=0-999", 206, "0123456789", "bytes 0-9/10"],
  ["bytes=-999", 206, "0123456789", "bytes 0-9/10"],
  ["bytes=10-", 416, "", "bytes */10"],
  ["bytes=-0", 416, "", "bytes */10"],
  ["bytes=5-2", 200, "0123456789", undefined],
  ["bytes=0-1,3-4", 200, "0123456789", undefined],
  ["bytes=1e3-", 200, "0123456789", undefined],
  ["bytes=99999999999999999999-", 200, "0123456789", undefined],
  ["items=0-1", 200, "0123456789", undefined],
  [`bytes=${"0-1,".repeat(999)}0-1`, 200, "0123456789", undefined],
])("I5: the range %s answers %d", async (range, status, body, contentRange) => {
  const response = await get("/data.bin", { range });
  expect([response.status, fromUtf8(response.body as Uint8Array), field(response, "content-range")]).toEqual([
    status,
    body,
    contentRange,
  ]);
});

test("a range of another version of the file gets the whole file", async () => {
  expect((await get("/data.bin", { range: "bytes=0-1", "if-range": '"old"' })).status).toBe(200);
});

test("HEAD says what GET would, without the body", async () => {
  const response = await site().serve({ method: "HEAD", path: "/about", headers: {} });
  expect([...show(response), field(response, "content-length")]).toEqual([200, "", "5"]);
});

test("other methods are refused", async () => {
  const response = await site().serve({ method: "POST", path: "/", headers: {} });
  expect([response.status, field(response, "allow")]).toEqual([405, "GET, HEAD"]);
});

test("a page with a slash too much is redirected relatively, a file is not", async () => {
  const response = await get("/about/");
  expect([response.status, field(response, "location")]).toEqual([308, "../about"]);
  expect(new URL("../about", "http://127.0.0.1/d/label/about/").pathname).toBe("/d/label/about");
  expect((await get("/data.bin/")).status).toBe(404);
});

test("has knows pages, folders and clean names", () => {
  const has = ["/", "/about", "/docs", "/docs/", "/none", "/..", "/program.js"].map((path) => site().has(path));
  expect(has).toEqual([true, true, true, true, false, false, false]);
});

test.each(["/", "/assets/app-Bx3f9_aQ.js", "/data.bin", "/nowhere"])(
  "fields of the host stand on the answer for %s",
  async (path) => {
    const hosted = site(undefined, { "x-host": "1" });
    expect(field(await hosted.serve({ method: "GET", path, headers: {} }), "x-host")).toBe("1");
  },
);

test("fields of the host stand on a part, on an answer without a body, and on one that says nothing changed", async () => {
  const hosted = site(undefined, { "x-host": "1" });
  const whole = await hosted.serve({ method: "HEAD", path: "/data.bin", headers: {} });
  const etag = String(field(whole, "etag"));
  const part = await hosted.serve({ method: "GET", path: "/data.bin", headers: { range: "bytes=0-1" } });
  const same = await hosted.serve({ method: "GET", path: "/data.bin", headers: { "if-none-match": etag } });
  expect([whole, part, same].map((answer) => [answer.status, field(answer, "x-host")])).toEqual([
    [200, "1"],
    [206, "1"],
    [304, "1"],
  ]);
});
