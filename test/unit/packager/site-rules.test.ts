import { describe, expect, test } from "vitest";
import { DsdnError } from "../../../src/base/index.ts";
import { decodePackageManifest } from "../../../src/protocol/index.ts";
import { pack, project } from "./projects.ts";

type Files = Parameters<typeof project>[0];

const page = { "index.html": "<h1>" };
const siteOf = async (files: Files) => (await pack(project({ ...page, ...files }))).manifest.site;

/** The line that is refused, and why. */
async function refusalOf(files: Files): Promise<unknown> {
  try {
    return await siteOf(files);
  } catch (error) {
    if (!(error instanceof DsdnError)) throw error;
    return [error.code, error.facts["file"], error.facts["line"]];
  }
}

describe("_redirects", () => {
  test("is read into the signed manifest and not packed as a file", async () => {
    const built = await pack(
      project({
        ...page,
        _redirects:
          "\ufeff# moved\r\n/old   /new  301\n\n/blog/:year/* /posts/:splat?y=:year 308! # for ever\n/caf%C3%A9/ https://example.org/:splat/x\n",
      }),
    ).catch((error: unknown) => error);
    // The target names :splat without a * in its path.
    expect(built).toMatchObject({ code: "DSDN_PACKAGER_RULE_REFUSED", facts: { file: "_redirects", line: 5 } });
    const fine = await pack(
      project({
        ...page,
        _redirects:
          "\ufeff# moved\r\n/old   /new  301\n\n/blog/:year/* /posts/:splat?y=:year 308! # for ever\n/caf%C3%A9/ https://example.org/x#y\n",
      }),
    );
    expect(fine.manifest.site?.redirects).toEqual([
      { from: "/old", to: "/new", status: 301, isForced: false },
      { from: "/blog/:year/*", to: "/posts/:splat?y=:year", status: 308, isForced: true },
      { from: "/caf\u00e9/", to: "https://example.org/x#y", status: 302, isForced: false },
    ]);
    expect(fine.manifest.files.map(({ path }) => path)).toEqual(["site/index.html"]);
    expect(fine.skipped).toEqual([{ path: "_redirects", reason: "site-rules" }]);
    expect(decodePackageManifest(fine.manifestBytes)).toEqual(fine.manifest);
  });

  test.each([
    ["one word", "/a"],
    ["a status instead of a target", "/a 301"],
    ["a condition", "/a /b 301 Country=id"],
    ["a query parameter", "/a id=:id /b/:id 301"],
    ["an unknown status", "/a /b 200.5"],
    ["a status that is none of ours", "/a /b 404"],
    ["a status far outside", "/a /b 999"],
    ["a path without a slash", "a /b"],
    ["a web address as the path", "https://example.org/a /b"],
    ["two stars", "/*/a/* /b"],
    ["the same placeholder twice", "/:a/:a /b"],
    ["a placeholder with a hyphen", "/:a-b /b"],
    ["nine placeholders", "/:a/:b/:c/:d/:e/:f/:g/:h/:i /b"],
    ["dots", "/../etc /b"],
    ["an encoded slash", "/a%2fb /b"],
    ["an encoded star", "/a%2a /b"],
    ["an encoded colon", "/%3aname /b"],
    ["a broken percent sign", "/a% /b"],
    ["an encoded line break", "/a%0a /b"],
    ["a backslash", "/a\\b /c"],
    ["another protocol", "/a javascript:alert(1)"],
    ["a file", "/a file:///etc/passwd"],
    ["a host without a protocol", "/a //example.org/"],
    ["a host behind a backslash", "/a /\\example.org"],
    ["credentials", "/a https://user:secret@example.org/"],
    ["a placeholder as the host", "/* https://:splat/"],
    ["a placeholder as a part of the host", "/:a https://x.:a.example.org/"],
    ["dots in the target", "/a /b/../../c"],
    ["a letter outside ASCII in the target", "/a /caf\u00e9"],
    ["a rewrite to another site", "/a https://example.org/ 200"],
    ["a rewrite with a query", "/a /b?x=1 200"],
    ["an unknown placeholder", "/a/:x /b/:y"],
    ["2,001 bytes", `/${"a".repeat(1997)} /b`],
  ])("refuses %s, with the line", async (_what, line) => {
    expect(await refusalOf({ _redirects: `# rules\n\n${line}\n` })).toEqual([
      "DSDN_PACKAGER_RULE_REFUSED",
      "_redirects",
      3,
    ]);
  });

  test("takes 2,000 rules and 100 with a placeholder, and no more", async () => {
    const lines = (count: number, make: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => make(index)).join("\n");
    const fixed = (count: number) => ({ _redirects: lines(count, (index) => `/a${index} /b`) });
    const open = (count: number) => ({ _redirects: lines(count, (index) => `/a${index}/* /b`) });
    expect((await siteOf(fixed(2000)))?.redirects.length).toBe(2000);
    expect((await siteOf(open(100)))?.redirects.length).toBe(100);
    for (const files of [fixed(2001), open(101)]) {
      expect(await refusalOf(files)).toEqual(["DSDN_PACKAGER_TOO_LARGE", undefined, undefined]);
    }
  });

  test("ends at a mebibyte", async () => {
    expect(await refusalOf({ _redirects: "\n".repeat(1024 * 1024 + 1) })).toEqual([
      "DSDN_PACKAGER_TOO_LARGE",
      undefined,
      undefined,
    ]);
  });
});

describe("_headers", () => {
  test("is read into the signed manifest and not packed as a file", async () => {
    const built = await pack(
      project({
        ...page,
        _headers:
          '/*\n  X-Frame-Options: DENY\n  # no comment here\n\t! Referrer-Policy\n/assets/*\n  Cache-Control:public, max-age=60\n  Link: </a.css>; title=" #1"\n',
      }),
    );
    expect(built.manifest.site?.headers).toEqual([
      { path: "/*", set: [{ name: "x-frame-options", value: "DENY" }], unset: ["referrer-policy"] },
      {
        path: "/assets/*",
        set: [
          { name: "cache-control", value: "public, max-age=60" },
          { name: "link", value: '</a.css>; title=" #1"' },
        ],
        unset: [],
      },
    ]);
    expect(built.manifest.files.map(({ path }) => path)).toEqual(["site/index.html"]);
    expect(decodePackageManifest(built.manifestBytes)).toEqual(built.manifest);
  });

  test.each([
    ["no colon", "  X-Frame-Options"],
    ["a space in the name", "  X Frame: a"],
    ["an empty name", "  : a"],
    ["a control character in the value", "  X-A: a\u0001b"],
    ["a letter outside Latin", "  X-A: \u00e9"],
    ["the length of the message", "  Content-Length: 0"],
    ["its coding", "  Content-Encoding: br"],
    ["its framing", "  Transfer-Encoding: chunked"],
    ["the connection", "  Connection: close"],
    ["an upgrade", "  Upgrade: h2c"],
    ["a place to go", "  Location: https://example.org"],
    ["an entity tag", '  ETag: "x"'],
    ["a field of the network", "  DSDN-Workload: 1"],
    ["another field of the network", "  X-Dsdn-Request-Id: 1"],
    ["taking out a field of the network", "  ! dsdn-workload"],
    ["guessing of types", "  X-Content-Type-Options: none"],
    ["a web address", "https://example.org/*"],
    ["two stars", "/*/*"],
  ])("refuses %s, with the line", async (_what, line) => {
    expect(await refusalOf({ _headers: `/a\n${line}\n` })).toEqual(["DSDN_PACKAGER_RULE_REFUSED", "_headers", 2]);
  });

  test("refuses a field before the first path, and more than 32 of one path", async () => {
    expect(await refusalOf({ _headers: "  X-A: 1\n/a\n" })).toEqual(["DSDN_PACKAGER_RULE_REFUSED", "_headers", 1]);
    const many = `/a\n${Array.from({ length: 33 }, (_, index) => `  X-${index}: 1\n`).join("")}`;
    expect(await refusalOf({ _headers: many })).toEqual(["DSDN_PACKAGER_RULE_REFUSED", "_headers", 34]);
  });
});

describe("the fallback page", () => {
  test("is what a last line /* with 200 names", async () => {
    for (const target of ["/index.html", "/"]) {
      expect(await siteOf({ _redirects: `/a /b\n/* ${target} 200\n`, "404.html": "lost" })).toMatchObject({
        fallback: "index.html",
        redirects: [{ from: "/a" }],
      });
    }
  });

  test("is none for a rule that is forced, names no page or is not the last", async () => {
    for (const rules of ["/* /index.html 200!", "/* /nothing.html 200", "/* /index.html 200\n/a /b"]) {
      expect((await siteOf({ _redirects: rules }))?.fallback).toBeNull();
    }
  });

  test("is none for a plain site", async () => {
    expect(await siteOf({})).toEqual({ folder: "site", fallback: null, headers: [], redirects: [] });
  });
});
