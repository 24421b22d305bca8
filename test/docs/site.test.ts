import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
import { useNetwork, visit } from "../cli/network.ts";
import { hasChromium, useChromium } from "../devnet/chromium.ts";

/** The build takes a quarter of a minute on a machine without other work. */
const BUILD_MS = 600_000;
const output = join(root, "site/.vitepress/dist");
const network = useNetwork();
let url = "";

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ["node_modules/vitepress/bin/vitepress.js", "build", "site"], {
    cwd: root,
  });
  const deployed = await network.summary(["deploy", join(root, "site"), "--name", "docs", "--no-build"]);
  expect(deployed).toMatchObject({ framework: "VitePress" });
  url = String(deployed["url"]);
}, BUILD_MS);

describe("the site of the documentation", () => {
  test("has a page for every page of the documentation", () => {
    const wanted = globSync("docs/{en,id}/**/*.md", { cwd: root }).map((path) => path.slice(5, -3));
    const built = globSync("{en,id}/**/*.html", { cwd: output }).map((path) => path.slice(0, -5));
    expect(built.sort()).toEqual(wanted.sort());
  });

  test("links only to places that exist on it", () => {
    const pages = new Map(
      globSync("**/*.html", { cwd: output }).map((path) => [path, readFileSync(join(output, path), "utf8")]),
    );
    const ids = new Map([...pages].map(([path, html]) => [path, new Set(matches(html, /\bid="([^"]+)"/g))]));
    const broken = [...pages].flatMap(([path, html]) =>
      matches(html, /<a\b[^>]*?\bhref="(?!https?:)([^"]+)"/g)
        .map((href) => decodeURIComponent(href.replaceAll("&amp;", "&")))
        .filter((href) => !leadsSomewhere(path, href, ids))
        .map((href) => `${path}: ${href}`),
    );
    expect(broken).toEqual([]);
  });

  test("answers 404 where there is no page", async () => {
    const { status, headers } = await visit(url, "/en/there-is-no-such-page");
    expect(status).toBe(404);
    expect(headers["content-type"]).toMatch(/^text\/html/);
  });

  describe.skipIf(!hasChromium)("in Chromium", () => {
    const visitor = useChromium();

    async function open(path: string, viewport = { width: 1280, height: 900 }) {
      const { page, context, complaints } = await visitor();
      await page.setViewportSize(viewport);
      const outside: string[] = [];
      page.on("request", (request) => {
        if (!request.url().startsWith(url) && !request.url().startsWith("data:")) outside.push(request.url());
      });
      await page.goto(new URL(path, url).href);
      // From then on clicks and keys are answered.
      await page.waitForFunction("document.querySelector('#app')?.__vue_app__ !== undefined");
      return {
        page,
        /** What went wrong and what was asked of anybody else, until now. */
        leave: async () => {
          await context.close();
          return { complaints, outside };
        },
      };
    }
    const quiet = { complaints: [], outside: [] };

    test("the first page leads into the reader's language, and the switch stays on the page", async () => {
      const { page, leave } = await open("/");
      expect(new URL(page.url()).pathname).toBe("/en/");
      await page.getByRole("link", { name: "Quickstart" }).first().click();
      await page.locator("h1", { hasText: "Quickstart" }).waitFor();
      await page.getByRole("button", { name: "Change language" }).hover();
      await page.getByRole("link", { name: "Bahasa Indonesia" }).click();
      await page.waitForURL(/\/id\/quickstart$/);
      await page.getByRole("button", { name: "Ganti bahasa" }).waitFor();
      expect(await leave()).toEqual(quiet);
    });

    test.each([
      ["en", "passphrase does not open", "/en/troubleshooting/keys#dsdn_keys_wrong_passphrase"],
      ["id", "frasa sandi tidak membuka", "/id/troubleshooting/keys#dsdn_keys_wrong_passphrase"],
    ])("a search for words finds the page in its language (%s)", async (language, words, found) => {
      const { page, leave } = await open(`/${language}/concepts`);
      await page.keyboard.press("Control+k");
      await page.locator("#localsearch-input").fill(words);
      const hits = page.locator(".results a.result");
      await hits.first().waitFor();
      const links = await hits.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
      expect(links).toContain(found);
      expect(links.filter((link) => !link?.startsWith(`/${language}/`))).toEqual([]);
      await page.locator(`.results a[href="${found}"]`).click();
      await page.waitForURL(`**${found}`);
      expect(await leave()).toEqual(quiet);
    });

    test("a path that is not there says so in the language of its address", async () => {
      const { page, leave } = await open("/id/tidak-ada");
      await page.locator("h1", { hasText: "Halaman itu tidak ada" }).waitFor();
      await page.getByRole("link", { name: "Ke halaman pertama" }).click();
      await page.waitForURL(/\/id\/$/);
      const { complaints, outside } = await leave();
      // The browser itself notes the status of the page.
      expect({ complaints: complaints.filter((text) => !text.includes("404")), outside }).toEqual(quiet);
    });

    test("a link to an entry opens at that entry, on a phone without a wider page", async () => {
      const phone = { width: 390, height: 844 };
      const { page, leave } = await open("/id/troubleshooting/client#dsdn_client_target_exists", phone);
      const heading = page.locator("#dsdn_client_target_exists");
      await heading.waitFor();
      await expect.poll(async () => (await heading.boundingBox())?.y).toSatisfy((y) => y > 0 && y < 844);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
      expect(await leave()).toEqual(quiet);
    });
  });
});

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = ""]) => found);
}

/** Whether a file stands where the link leads, and the place in it. */
function leadsSomewhere(from: string, href: string, ids: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const [path = "", anchor] = href.split("#");
  const target = path === "" ? from : posix.join("/", path.startsWith("/") ? "" : posix.dirname(from), path).slice(1);
  const known = [target, `${target}.html`, posix.join(target, "index.html")].find((file) => ids.has(file));
  return known !== undefined && (anchor === undefined || anchor === "" || ids.get(known)?.has(anchor) === true);
}
