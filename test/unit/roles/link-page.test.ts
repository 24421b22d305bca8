import { createHash, hkdfSync, hash as nodeHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { makeLinkPage } from "../../../scripts/make-link-page.ts";
import { createHttpServer, seededRandom } from "../../../src/base/index.ts";
import { createRangeOpener, openWith, seal } from "../../../src/crypto/index.ts";
import { zipName } from "../../../src/roles/ingress/link-page/fetch-files.ts";
import { Buffer as PageBuffer } from "../../../src/roles/ingress/link-page/platform/buffer.ts";
import * as platform from "../../../src/roles/ingress/link-page/platform/node-crypto.ts";
import { texts } from "../../../src/roles/ingress/link-page/texts.ts";
import { createWebCipher } from "../../../src/roles/ingress/link-page/web-cipher.ts";
import { createFileHash } from "../../../src/roles/ingress/link-page/web-hash.ts";
import { linkPageRoute } from "../../../src/roles/ingress/links/page-route.ts";

const random = seededRandom("link page");
const SEGMENT = 2 ** 16;
const sizes = [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 5];

test("the committed program of the page is what its sources build to", async () => {
  const file = new URL("../../../src/roles/ingress/link-page.generated.ts", import.meta.url);
  const isCurrent = (await readFile(file, "utf8")) === (await makeLinkPage());
  // The page is made of the formats, their bounds and errors: it changes with them.
  expect(isCurrent, "run: node scripts/make-link-page.ts").toBe(true);
});

describe("in place of Node", () => {
  test("hashes and keys are the same", async () => {
    for (const size of [0, 1, 55, 56, 64, 1000]) {
      const bytes = random.bytes(size);
      expect(platform.hash("sha256", bytes)).toEqual(new Uint8Array(nodeHash("sha256", bytes, "buffer")));
      const pieces = platform.createHash();
      pieces.update(bytes.subarray(0, 10));
      pieces.update(bytes.subarray(10));
      expect(pieces.digest()).toEqual(new Uint8Array(createHash("sha256").update(bytes).digest()));
    }
    for (const size of [0, 1000, 64 * 1024 * 1024 + 1]) {
      const bytes = new Uint8Array(size).fill(7);
      const pieces = createFileHash(size);
      pieces.update(bytes.subarray(0, 10));
      pieces.update(bytes.subarray(10));
      expect(await pieces.digest()).toEqual(new Uint8Array(nodeHash("sha256", bytes, "buffer")));
    }
    const [secret, salt, info] = [random.bytes(64), random.bytes(26), random.bytes(15)];
    expect(platform.hkdfSync("sha256", secret, salt, info, 70)).toEqual(hkdfSync("sha256", secret, salt, info, 70));
    expect(platform.timingSafeEqual(secret, secret.slice())).toBe(true);
    expect(platform.timingSafeEqual(secret, secret.with(63, (secret[63] ?? 0) ^ 1))).toBe(false);
    expect(platform.timingSafeEqual(secret, secret.subarray(1))).toBe(false);
  });

  test("bytes are written and read as text alike", () => {
    const bytes = random.bytes(99);
    for (const encoding of ["hex", "base64"] as const) {
      const text = Buffer.from(bytes).toString(encoding);
      expect(PageBuffer.from(bytes.buffer, 0, 99).toString(encoding)).toBe(text);
      expect(Uint8Array.from(PageBuffer.from(text, encoding))).toEqual(bytes);
    }
    expect(PageBuffer.byteLength("résumé 海")).toBe(Buffer.byteLength("résumé 海"));
    const pairs = [
      ["a", "b"],
      ["b", "a"],
      ["a", "a"],
      ["a", "ab"],
      ["", "a"],
      ["é", "z"],
    ] as const;
    for (const pair of pairs) {
      const [left, right] = pair.map((text) => Buffer.from(text)) as [Buffer, Buffer];
      expect(PageBuffer.compare(left, right)).toBe(Buffer.compare(left, right));
    }
  });

  test.each(sizes)("a stream of %i bytes is opened, whole and by range", async (size) => {
    const [key, plain] = [random.bytes(32), random.bytes(size)];
    const { header, sealed } = seal({ key, salt: { random }, segmentSizeLog2: 16 }, plain);
    expect(await openWith(createWebCipher(), { key, header }, sealed)).toEqual(plain);
    const opener = createRangeOpener({ key, header, sizeBytes: size });
    const [offset, length] = [Math.floor(size / 3), Math.ceil(size / 2)];
    const { sealedOffset, sealedLength } = opener.plan(offset, length);
    const part = sealed.subarray(sealedOffset, sealedOffset + sealedLength);
    const range = { offset, length, sealed: part };
    expect(await opener.openWith(createWebCipher(), range)).toEqual(opener.open(offset, length, part));
  });

  test.each(sizes)(
    "a stream of %i bytes with one bit changed, a byte less or the wrong key is refused",
    async (size) => {
      const [key, plain] = [random.bytes(32), random.bytes(size)];
      const { header, sealed } = seal({ key, salt: { random }, segmentSizeLog2: 16 }, plain);
      const at = Math.floor(sealed.length / 2);
      const offset = Math.floor(at / (SEGMENT + 16)) * (SEGMENT + 16);
      const changed = sealed.with(at, (sealed[at] ?? 0) ^ 0x80);
      const cipher = createWebCipher();
      await expect(openWith(cipher, { key, header }, changed)).rejects.toMatchObject({
        code: "DSDN_CRYPTO_DAMAGED",
        facts: { offset },
      });
      await expect(openWith(cipher, { key, header }, sealed.subarray(1))).rejects.toMatchObject({
        code: expect.stringMatching(/^DSDN_CRYPTO_(DAMAGED|TRUNCATED)$/),
      });
      await expect(openWith(cipher, { key: random.bytes(32), header }, sealed)).rejects.toMatchObject({
        code: "DSDN_CRYPTO_WRONG_KEY",
      });
    },
  );
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
