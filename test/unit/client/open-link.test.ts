import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHttpServer, type HttpServer, seededRandom, toBase64, toUtf8 } from "../../../src/base/index.ts";
import { openLink } from "../../../src/client/index.ts";
import { sha256 } from "../../../src/crypto/index.ts";
import { refOf } from "../../../src/objects/index.ts";
import {
  formatLink,
  type LinkContent,
  type ListingEntry,
  linkIdOf,
  objectIdOf,
  sealLinkContent,
} from "../../../src/protocol/index.ts";

const random = seededRandom("open link");
const link = linkIdOf(random.bytes(16));
const halves = { link, carried: random.bytes(32), kept: random.bytes(32) };
const bytes = toUtf8("what was shared");
const chunk = refOf(bytes);

function entryOf(path: string, change: Partial<ListingEntry> = {}): ListingEntry {
  const sealing = { key: null, envelope: null, target: null };
  const extents = [{ chunk: 0, offset: 0, length: bytes.length }];
  const facts = { type: "file" as const, size: bytes.length, mode: 0o644, mtimeMs: 0, hash: sha256(bytes) };
  return { path, ...facts, ...sealing, extents, ...change };
}

/** What somebody could put behind a link with a program of his own. */
function contentOf(name: string, entries: readonly ListingEntry[], root: "file" | "folder" = "folder"): LinkContent {
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  const manifest = { version: 1 as const, size, chunks: [chunk], envelope: null, listing: [] };
  const listing = { version: 1 as const, root, entries: [...entries] };
  return { version: 1, name, object: objectIdOf(bytes), key: null, part: { manifest, listing } };
}

let server: HttpServer;
let served: { half: Uint8Array; sealed: Uint8Array; chunk: Uint8Array };
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dsdn-open-link-"));
  const details = () => ({ link, expiresMs: 1, half: toBase64(served.half), sealed: toBase64(served.sealed) });
  const routes = [
    {
      method: "GET" as const,
      path: "/v1/links/{link}",
      handle: () => ({ json: { summary: "", details: details(), audit: {} } }),
    },
    { method: "GET" as const, path: "/v1/chunks/{chunk}", handle: () => ({ body: served.chunk }) },
  ];
  server = createHttpServer({ name: "ingress", host: "127.0.0.1", port: 0 }, { routes });
  await server.start();
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function open(content: LinkContent, platform: "posix" | "win32" = "posix") {
  served = { half: halves.kept, sealed: sealLinkContent(halves, content, random), chunk: bytes };
  return openLink(formatLink({ origin: server.url, link, carried: halves.carried }), { platform });
}

test("one file is written under its own name, and nothing else is", async () => {
  const opened = await open(contentOf("a.txt", [entryOf("a.txt")], "file"));
  expect(opened).toMatchObject({ name: "a.txt", files: 1, sizeBytes: bytes.length, expiresMs: 1 });
  await opened.get({ folder });
  expect([readdirSync(folder), readFileSync(join(folder, "a.txt"), "utf8")]).toEqual([["a.txt"], "what was shared"]);
});

describe("a stranger's link", () => {
  test.each(["../up", "/etc/x", "a/b", "..", "."])("that calls its folder %s is written under its id", async (name) => {
    const opened = await open(contentOf(name, [entryOf("a.txt")]));
    expect(opened.name).toBe(link);
    await opened.get({ folder });
    expect(readdirSync(folder)).toEqual([link]);
  });

  test("that calls its folder as Windows calls a device is written under its id there", async () => {
    expect((await open(contentOf("nul.txt", [entryOf("a.txt")]), "win32")).name).toBe(link);
    expect((await open(contentOf("nul.txt", [entryOf("a.txt")]))).name).toBe("nul.txt");
  });

  test.each(["../a.txt", "/a.txt", "b/../../a.txt"])(
    "with a file at %s is refused before anything is written",
    async (path) => {
      await expect(open(contentOf("x", [entryOf(path)]))).rejects.toMatchObject({
        code: "DSDN_OBJECTS_LISTING_INVALID",
      });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test("whose symbolic link leads out of it does not get one, though what it opens was sealed for the link", async () => {
    const bare = { type: "link" as const, size: 0, hash: null, extents: [] };
    const opened = await open(contentOf("x", [entryOf("a.txt"), entryOf("out", { ...bare, target: "/etc/passwd" })]));
    const { skippedLinks } = await opened.get({ folder });
    expect([skippedLinks, readdirSync(join(folder, "x"))]).toEqual([["out"], ["a.txt"]]);
  });

  test("whose sizes lie is refused", async () => {
    const [lying] = [entryOf("a.txt", { size: 3 })];
    await expect(open(contentOf("x", [lying]))).rejects.toMatchObject({ code: "DSDN_OBJECTS_LISTING_INVALID" });
  });
});

describe("an ingress that lies", () => {
  test("about a chunk gives nothing", async () => {
    const opened = await open(contentOf("a.txt", [entryOf("a.txt")], "file"));
    served = { ...served, chunk: toUtf8("something else!") };
    await expect(opened.get({ folder })).rejects.toMatchObject({ code: "DSDN_CLIENT_CHUNK_UNAVAILABLE" });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("about its half or what is sealed is found out", async () => {
    await open(contentOf("x", [entryOf("a.txt")]));
    const text = formatLink({ origin: server.url, link, carried: halves.carried });
    served = { ...served, half: random.bytes(32) };
    await expect(openLink(text)).rejects.toMatchObject({ code: "DSDN_PROTOCOL_LINK_WRONG_HALF" });
    served = { ...served, half: halves.kept, sealed: served.sealed.with(80, (served.sealed[80] ?? 0) ^ 1) };
    await expect(openLink(text)).rejects.toMatchObject({ code: "DSDN_CRYPTO_DAMAGED" });
  });
});
