import { createHash, hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { makeLinkPage } from "../../../scripts/make-link-page.ts";
import { createHttpServer } from "../../../src/base/index.ts";
import { zipName } from "../../../src/roles/ingress/link-page/fetch-files.ts";
import { texts } from "../../../src/roles/ingress/link-page/texts.ts";
import { createFileHash } from "../../../src/roles/ingress/link-page/web-hash.ts";
import { linkPageRoute } from "../../../src/roles/ingress/links/page-route.ts";

test("the committed program of the page is what its sources build to", async () => {
  const file = new URL("../../../src/roles/ingress/link-page.generated.ts", import.meta.url);
  const isCurrent = (await readFile(file, "utf8")) === (await makeLinkPage());
  // The page is made of the formats, their bounds and errors: it changes with them.
  expect(isCurrent, "run: node scripts/make-link-page.ts").toBe(true);
});

test("a file is hashed as Node does it, kept whole or in parts", async () => {
  for (const size of [0, 1000, 64 * 1024 * 1024 + 1]) {
    const bytes = new Uint8Array(size).fill(7);
    const pieces = createFileHash(size);
    pieces.update(bytes.subarray(0, 10));
    pieces.update(bytes.subarray(10));
    expect(await pieces.digest()).toEqual(new Uint8Array(hash("sha256", bytes, "buffer")));
  }
});

test("names in an archive lead nowhere else on any system, and none stands in it twice", () => {
  const taken = new Set<string>();
  const names = ["a/b.txt", "..\\..\\evil", "C:\\x", "file:stream", "a?", "a_", "a*", "tab\there"];
  expect(names.map((name) => zipName(name, taken))).toEqual([
    "a/b.txt",
    ".._.._evil",
    "C__x",
    "file_stream",
    "a_",
    "a_~2",
    "a_~3",
    "tab_here",
  ]);
});

test("every text of the page is there in both languages, with the same slots", () => {
  const slots = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([slot]) => slot).sort();
  for (const [name, { en, id }] of Object.entries(texts)) expect([name, slots(id)]).toEqual([name, slots(en)]);
});

describe("the page", () => {
  async function get(headers: Record<string, string>) {
    const server = createHttpServer({ name: "ingress", host: "127.0.0.1", port: 0 }, { routes: [linkPageRoute()] });
    await server.start();
    try {
      const response = await fetch(`${server.url}/links/${"a".repeat(26)}`, { headers });
      return { headers: response.headers, html: await response.text() };
    } finally {
      await server.stop();
    }
  }

  test.each([
    ["id-ID,id;q=0.9,en;q=0.8", "id"],
    ["en-GB,en;q=0.9,id;q=0.8", "en"],
    ["fr,de;q=0.9", "en"],
    ["fr, id;q=0.5", "id"],
    ["in", "id"],
    ["", "en"],
    ["indo-european", "en"],
  ])("is in the language a reader prefers: %s", async (wish, language) => {
    expect((await get({ "accept-language": wish })).html).toContain(`<html lang=${language}>`);
  });

  test("runs its own program and style alone, sends no referrer, is not kept and not framed", async () => {
    const { headers, html } = await get({});
    const policy = headers.get("content-security-policy") ?? "";
    const hashes = ["script", "style"].map((tag) => {
      const inner = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? "";
      return `${tag}-src 'sha256-${createHash("sha256").update(inner).digest("base64")}'`;
    });
    for (const part of [...hashes, "default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"]) {
      expect(policy.split("; ")).toContain(part);
    }
    expect(policy).not.toContain("unsafe");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(html).not.toMatch(/(?:src|href)=["']?(?:https?:)?\/\//);
  });
});
