import fc from "fast-check";
import { expect, test } from "vitest";
import { findPatternFault, findTargetFault, siteRedirectStatuses } from "../../../src/protocol/index.ts";
import { pickCoding } from "../../../src/runtime/site/content-coding.ts";
import { createSiteRules, relativeTo } from "../../../src/runtime/site/site-rules.ts";
import { siteOf } from "../../unit/runtime/site-world.ts";

const segment = fc.oneof(
  fc.constantFrom("a", "b.html", "%2e%2e", "..", "%C3%A9", "%0d%0a", ":x", "*", "a*b", "%2f", "//evil.example"),
  fc.string({ maxLength: 6 }),
);
const path = fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join("/")}`);

test("no path and no rule makes an answer leave the site, split a field or fail", async () => {
  const rule = fc
    .record({
      from: path,
      to: path,
      status: fc.constantFrom(...siteRedirectStatuses),
      isForced: fc.boolean(),
    })
    .filter((one) => findPatternFault(one.from) === undefined && findTargetFault(one.to, one) === undefined);
  const run = async (redirects: (typeof rule extends fc.Arbitrary<infer One> ? One : never)[], asked: string) => {
    const { ask } = siteOf({ "a/index.html": "a", "b.html": "b" }, { redirects, fallback: "b.html" });
    const answer = await ask(asked, { query: "?q=1" });
    const location = answer.field("location");
    if (location === undefined) return;
    expect(location).toMatch(/^[\x21-\x7e]+$/);
    expect(new URL(location, `http://site.test${asked}`).host).toBe("site.test");
  };
  await fc.assert(fc.asyncProperty(fc.array(rule, { maxLength: 4 }), path, run), { numRuns: 300 });
});

test("a splat gives back exactly the rest of the path", () => {
  const plain = fc.stringMatching(/^[a-z0-9 ?#%é]{1,8}$/u);
  fc.assert(
    fc.property(fc.array(plain, { minLength: 1, maxLength: 5 }), (parts) => {
      const rules = createSiteRules({
        headers: [],
        redirects: [{ from: "/in/*", to: "/out/:splat", status: 302, isForced: false }],
      });
      const found = rules.findRedirect(`/in/${parts.join("/")}`, false);
      expect(found?.to.split("/").map(decodeURIComponent)).toEqual(["", "out", ...parts]);
    }),
  );
});

test("a relative reference leads to its target from any depth", () => {
  const name = fc.stringMatching(/^[a-z]{1,5}$/);
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 6 }),
      fc.boolean(),
      fc.array(name, { maxLength: 4 }),
      (asked, slash, to) => {
        const from = `/${asked.join("/")}${slash && asked.length > 0 ? "/" : ""}`;
        const target = `/${to.join("/")}`;
        for (const prefix of ["", "/d/label"]) {
          expect(new URL(relativeTo(from, target), `http://x${prefix}${from}`).pathname).toBe(prefix + target);
        }
      },
    ),
  );
});

test("a coding that the client refuses is never chosen", () => {
  const entry = fc.record({
    name: fc.constantFrom("br", "gzip", "identity", "*", "deflate"),
    weight: fc.constantFrom("", ";q=0", ";q=0.000", ";q=0.5", ";q=1"),
  });
  fc.assert(
    fc.property(fc.uniqueArray(entry, { maxLength: 5, selector: ({ name }) => name }), (entries) => {
      const coding = pickCoding(entries.map(({ name, weight }) => name + weight).join(", "));
      const own = entries.find(({ name }) => name === coding) ?? entries.find(({ name }) => name === "*");
      expect(
        coding === undefined || (own !== undefined && !own.weight.startsWith(";q=0.0") && own.weight !== ";q=0"),
      ).toBe(true);
    }),
  );
});
