import { describe, expect, test } from "vitest";
import type { SiteRedirect } from "../../../src/protocol/index.ts";
import { siteOf } from "./site-world.ts";

const rule = (from: string, to: string, status: SiteRedirect["status"] = 302, isForced = false): SiteRedirect => ({
  from,
  to,
  status,
  isForced,
});
const files = { "index.html": "home", "about.html": "about", "app/index.html": "app", "assets/a.js": "let a" };

describe("redirects of a site", () => {
  const { ask } = siteOf(files, {
    redirects: [
      rule("/old", "/about", 301),
      rule("/about", "/old"),
      rule("/index.html", "/", 308, true),
      rule("/blog/:year/:title", "/posts/:title?y=:year#top", 307),
      rule("/docs/*", "https://docs.example.org/v1/:splat", 303),
      rule("/inside/*", "/app/", 200),
      rule("/caf\u00e9/*", "/k/:splat"),
      rule("/files/*.pdf", "/pdf/:splat"),
      rule("/docs/late", "/never"),
    ],
  });

  test.each([
    ["/old", 301, "./about"],
    ["/old/", 301, "../about"],
    ["/index.html", 308, "./"],
    ["/blog/2026/hello", 307, "../../posts/hello?y=2026#top"],
    ["/docs/a/b", 303, "https://docs.example.org/v1/a/b"],
    ["/docs", 303, "https://docs.example.org/v1/"],
    ["/docs/late", 303, "https://docs.example.org/v1/late"],
    ["/caf%C3%A9/cr%C3%A8me/%3F", 302, "../../k/cr%C3%A8me/%3F"],
    ["/cafe%CC%81/x", 302, "../k/x"],
    ["/files/a/b.pdf", 302, "../../pdf/a/b"],
    ["/blog/2026/a%0Ab", 400, undefined],
    ["/blog/2026", 404, undefined],
    ["/blog/2026/a/b", 404, undefined],
  ])("%s answers %d and leads to %s", async (path, status, location) => {
    const answer = await ask(path);
    expect([answer.status, answer.field("location")]).toEqual([status, location]);
  });

  test("a file wins over a rule that is not forced", async () => {
    expect((await ask("/about")).text).toBe("about");
  });

  test("200 answers with another file under the asked address", async () => {
    const answer = await ask("/inside/any/where");
    expect([answer.status, answer.text, answer.field("location")]).toEqual([200, "app", undefined]);
  });

  test("what was captured is encoded, so it breaks out of neither the URL nor the field", async () => {
    const answer = await ask("/docs/%23x/%3Fy=%20z/%C3%A9");
    expect(answer.field("location")).toBe("https://docs.example.org/v1/%23x/%3Fy%3D%20z/%C3%A9");
  });

  test("the query goes along unless the target has one of its own", async () => {
    expect((await ask("/old", { query: "?a=1&b=2" })).field("location")).toBe("./about?a=1&b=2");
    expect((await ask("/blog/1/x", { query: "?a=1" })).field("location")).toBe("../../posts/x?y=1#top");
    expect((await ask("/old", { query: "?a=\u00ff" })).field("location")).toBe("./about");
  });

  test("a site with rules and a program knows which paths are its own", () => {
    const { site } = siteOf(files, { fallback: "index.html", redirects: [rule("/old", "/about")] });
    expect(["/old", "/about", "/api", "/"].map((path) => site.has(path))).toEqual([true, true, false, true]);
  });

  test("a rewrite to a file that is not there is a missing page", async () => {
    const { ask: askOther } = siteOf(files, { redirects: [rule("/x", "/nothing", 200)] });
    expect((await askOther("/x")).status).toBe(404);
  });

  test("a long hostile path meets a hundred patterns in moderate time", async () => {
    const redirects = Array.from({ length: 100 }, (_, index) => rule(`/:a/:b/*/${index}/:c/z`, "/about"));
    const { ask: askOther } = siteOf(files, { redirects });
    const startedMs = performance.now();
    expect((await askOther("/a".repeat(8000))).status).toBe(404);
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});

describe("the fallback of a single-page application", () => {
  const { ask } = siteOf({ ...files, "404.html": "lost" }, { fallback: "index.html" });

  test("answers where there is no file", async () => {
    const answer = await ask("/users/7");
    expect([answer.status, answer.text, answer.field("content-type")]).toEqual([
      200,
      "home",
      "text/html; charset=utf-8",
    ]);
  });

  test("is not given to a script, style or picture that is missing", async () => {
    for (const wanted of ["script", "style", "image", "font"]) {
      expect((await ask("/assets/gone.js", { headers: { "sec-fetch-dest": wanted } })).status).toBe(404);
    }
    expect((await ask("/users/7", { headers: { "sec-fetch-dest": "document" } })).status).toBe(200);
  });
});

describe("header rules of a site", () => {
  const { ask } = siteOf(files, {
    headers: [
      { path: "/*", set: [{ name: "x-frame-options", value: "DENY" }], unset: ["referrer-policy"] },
      {
        path: "/assets/*",
        set: [
          { name: "cache-control", value: "public, max-age=60" },
          { name: "set-cookie", value: "a=1" },
        ],
        unset: [],
      },
      {
        path: "/assets/:name",
        set: [
          { name: "x-frame-options", value: "SAMEORIGIN" },
          { name: "set-cookie", value: "b=2" },
          { name: "vary", value: "cookie" },
        ],
        unset: [],
      },
    ],
  });

  test("replace what the network says, join among each other, keep cookies apart", async () => {
    const answer = await ask("/assets/a.js");
    expect([answer.field("x-frame-options"), answer.field("cache-control"), answer.field("set-cookie")]).toEqual([
      "DENY, SAMEORIGIN",
      "public, max-age=60",
      "a=1 | b=2",
    ]);
  });

  test("apply to missing pages too, and only where they match", async () => {
    const answer = await ask("/nowhere");
    expect([answer.status, answer.field("x-frame-options"), answer.field("set-cookie")]).toEqual([
      404,
      "DENY",
      undefined,
    ]);
  });

  test("say the same of a file however often it is asked for, of each path and each kind of answer its own", async () => {
    const ways = [
      { path: "/assets/a.js", status: 200, frame: "DENY, SAMEORIGIN" },
      { path: "/", status: 200, frame: "DENY" },
      { path: "/assets/a.js", headers: { range: "bytes=0-0" }, status: 206, frame: "DENY, SAMEORIGIN" },
      { path: "/assets/a.js", headers: { "if-none-match": "*" }, status: 304, frame: "DENY, SAMEORIGIN" },
    ];
    for (const { path, status, frame, headers = {} } of [...ways, ...ways]) {
      const answer = await ask(path, { headers });
      expect([answer.status, answer.field("x-frame-options")]).toEqual([status, frame]);
    }
  });

  test("take a field out", async () => {
    expect((await ask("/")).field("referrer-policy")).toBeUndefined();
  });
});
