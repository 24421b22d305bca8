import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { fromUtf8, seededRandom } from "../../../src/base/index.ts";
import { siteOf } from "./site-world.ts";

const page = "<p>the same again</p>\n".repeat(100);
const noise = Uint8Array.from({ length: 2000 }, (_, index) => (index * index * 7 + (index >> 3) * 13) % 251);
const { ask, reads } = siteOf({
  "index.html": page,
  "tiny.txt": "tiny",
  "photo.jpg": noise,
  "large.bin": new Uint8Array(9 * 1024 * 1024).fill(7),
});

describe("compression", () => {
  test.each([
    ["br, gzip", "br"],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip;q=1, br;q=0.5", "gzip"],
    ["gzip", "gzip"],
    ["x-gzip", "gzip"],
    ["GZIP;Q=0.3", "gzip"],
    ["*", "br"],
    ["*, br;q=0", "gzip"],
    ["br;q=0, gzip;q=0.000", undefined],
    ["br;q=2, gzip;q=x", undefined],
    ["identity, br;q=0.5", undefined],
    ["identity;q=0, *;q=0", undefined],
    ["deflate", undefined],
    ["", undefined],
    [`${"a,".repeat(5000)}br`, undefined],
  ])("accept-encoding: %s is answered with %s", async (accepted, coding) => {
    const answer = await ask("/", { headers: { "accept-encoding": accepted } });
    expect([answer.status, answer.field("content-encoding"), answer.field("vary")]).toEqual([
      200,
      coding,
      "accept-encoding",
    ]);
    const open = coding === "br" ? brotliDecompressSync : coding === "gzip" ? gunzipSync : undefined;
    const plain = open?.(answer.bytes) ?? answer.bytes;
    expect(fromUtf8(plain)).toBe(page);
    expect(answer.field("content-length")).toBe(String(answer.bytes.length));
  });

  test("the ETag is strong for the file itself and weak for a compressed answer, and both revalidate", async () => {
    const plain = (await ask("/")).field("etag") ?? "";
    const packed = (await ask("/", { headers: { "accept-encoding": "br" } })).field("etag") ?? "";
    expect([plain.startsWith('"'), packed]).toEqual([true, `W/${plain}`]);
    for (const tag of [plain, packed]) {
      const again = await ask("/", { headers: { "accept-encoding": "br", "if-none-match": tag } });
      expect([again.status, again.field("etag"), again.field("vary")]).toEqual([304, packed, "accept-encoding"]);
    }
  });

  test("files of the same bytes keep their own types and codings, however often they are asked for", async () => {
    const twins = siteOf({ "a.html": page, "a.css": page });
    const asked = ["/a.html br", "/a.css gzip", "/a.css br", "/a.html gzip"];
    for (const each of [...asked, ...asked]) {
      const [path = "", coding = ""] = each.split(" ");
      const answer = await twins.ask(path, { headers: { "accept-encoding": coding } });
      const type = path.endsWith("html") ? "text/html; charset=utf-8" : "text/css; charset=utf-8";
      expect([answer.field("content-type"), answer.field("content-encoding")]).toEqual([type, coding]);
      expect(answer.field("content-length")).toBe(String(answer.bytes.length));
    }
  });

  test("more ways to say what is accepted than are remembered change nothing", async () => {
    for (let at = 0; at < 250; at++) {
      const [field, coding] = at % 2 === 0 ? [`gzip, x${at}`, "gzip"] : [`x${at}`, undefined];
      expect((await ask("/", { headers: { "accept-encoding": field } })).field("content-encoding")).toBe(coding);
    }
  });

  test("a range is of the file itself, and a weak tag does not make one", async () => {
    const tag = (await ask("/")).field("etag") ?? "";
    const headers = { "accept-encoding": "br", range: "bytes=0-3" };
    const part = await ask("/", { headers: { ...headers, "if-range": tag } });
    expect([part.status, part.text, part.field("content-encoding")]).toEqual([206, "<p>t", undefined]);
    const whole = await ask("/", { headers: { ...headers, "if-range": `W/${tag}` } });
    expect([whole.status, whole.text]).toEqual([200, page]);
  });

  test("what is small, compressed already or of no text is sent as it is", async () => {
    for (const path of ["/tiny.txt", "/photo.jpg", "/large.bin"]) {
      const answer = await ask(path, { headers: { "accept-encoding": "br" } });
      expect([answer.field("content-encoding"), answer.field("vary")]).toEqual([undefined, undefined]);
    }
  });

  test("text that compression would not shorten is sent as it is", async () => {
    const bytes = seededRandom("noise").bytes(300);
    const other = siteOf({ "a.txt": bytes });
    const answer = await other.ask("/a.txt", { headers: { "accept-encoding": "gzip" } });
    expect([answer.bytes, answer.field("content-encoding")]).toEqual([bytes, undefined]);
  });

  test("HEAD says how long the compressed answer is", async () => {
    const headers = { "accept-encoding": "br" };
    const [head, get] = [await ask("/", { method: "HEAD", headers }), await ask("/", { headers })];
    expect([head.bytes.length, head.field("content-length")]).toEqual([0, get.field("content-length")]);
  });
});

describe("memory", () => {
  test("a small file is read once, however often and in however many codings it is asked for", async () => {
    const many = ["br", "gzip", "", "br", ""].map((accepted) => ask("/", { headers: { "accept-encoding": accepted } }));
    await Promise.all(many);
    expect(reads.get("site/index.html")).toBe(1);
  });

  test("a large file is sent in parts", async () => {
    reads.delete("site/large.bin");
    const answer = await ask("/large.bin");
    expect([answer.bytes.length, reads.get("site/large.bin")]).toEqual([9 * 1024 * 1024, 3]);
    const range = await ask("/large.bin", { headers: { range: "bytes=5-8999999" } });
    expect([range.status, range.bytes.length]).toEqual([206, 8_999_995]);
  });
});
