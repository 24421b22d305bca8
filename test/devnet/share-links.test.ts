import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findBase64 } from "../../src/base/index.ts";
import { openLink } from "../../src/client/index.ts";
import { isEnvelopeKey } from "../../src/crypto/index.ts";
import { type LinkContent, linkDetails, openLinkContent, parseLink } from "../../src/protocol/index.ts";
import { makeBytes, startTestDevnet } from "./devnet-fixture.ts";

const network = await startTestDevnet();
const { scratch } = network;

async function writeFiles(folder: string, files: { readonly [path: string]: Uint8Array }): Promise<string> {
  const place = join(scratch, folder);
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(join(place, path, ".."), { recursive: true });
    await writeFile(join(place, path), bytes);
  }
  return place;
}

/** What the holder of a link has in hand once both halves are together. */
async function contentOf(url: string): Promise<LinkContent> {
  const { origin, link, carried } = parseLink(url);
  const answer = (await (await fetch(`${origin}/v1/links/${link}`)).json()) as { details: unknown };
  const { half, sealed } = linkDetails.parse(answer.details);
  const [kept, bytes] = [half, sealed].map((text) => findBase64(text) ?? new Uint8Array(0)) as [Uint8Array, Uint8Array];
  return openLinkContent({ link, carried, kept }, bytes);
}

test("the link of a part holds the keys of its own files and of nothing beside them", async () => {
  const files = { "in/a": makeBytes(70_000, "a"), "in/sub/b": makeBytes(10, "b"), "out/c": makeBytes(500, "c") };
  const folder = await writeFiles("parts", files);
  await network.client.storage.upload({ paths: [folder] }, { name: "parts" });
  const all = await network.client.storage.listFiles("parts");
  const { url, files: count, sizeBytes } = await network.client.links.create("parts/in");
  expect([count, sizeBytes]).toEqual([2, 70_010]);
  const { key, part, name } = await contentOf(url);
  expect([name, key]).toEqual(["in", null]);
  expect(part?.listing.entries.map(({ path }) => path)).toEqual(["a", "sub", "sub/b"]);
  const held = part?.listing.entries.flatMap((entry) => entry.key ?? []) ?? [];
  expect(held).toHaveLength(2);
  const outside = all.find(({ path }) => path === "out/c");
  const opensAny = (envelope: Uint8Array | null | undefined) =>
    envelope !== null && envelope !== undefined && held.some((one) => isEnvelopeKey(one, envelope));
  // The listing of the whole object is named by the header it was sealed with, and no key here fits it.
  expect([opensAny(part?.manifest.envelope), opensAny(outside?.envelope)]).toEqual([false, false]);
  expect(opensAny(part?.listing.entries[0]?.envelope)).toBe(true);
  expect(part?.manifest.listing).toEqual([]);
  const opened = await openLink(url);
  await opened.get({ folder: scratch, out: "got-part" });
  expect(new Uint8Array(await readFile(join(scratch, "got-part/a")))).toEqual(files["in/a"]);
  expect(new Uint8Array(await readFile(join(scratch, "got-part/sub/b")))).toEqual(files["in/sub/b"]);
});

test("the link of a whole object holds the key of its listing, which opens no other object of the account", async () => {
  const folder = await writeFiles("whole", { one: makeBytes(30, "one") });
  const other = await writeFiles("other", { two: makeBytes(30, "two") });
  await network.client.storage.upload({ paths: [folder] }, { name: "whole" });
  const { object } = await network.client.storage.upload({ paths: [other] }, { name: "other" });
  const { url } = await network.client.links.create("whole");
  const { key } = await contentOf(url);
  if (key === null) throw new TypeError("the link holds no key");
  expect((await network.client.storage.listFiles("whole", { key })).map(({ path }) => path)).toEqual(["one"]);
  await expect(network.client.storage.listFiles(object, { key })).rejects.toMatchObject({
    code: "DSDN_CRYPTO_WRONG_KEY",
  });
});

test("a public object, one file and an empty one are shared alike", async () => {
  const folder = await writeFiles("open", { "a.txt": makeBytes(300, "open"), empty: new Uint8Array(0) });
  await network.client.storage.upload({ paths: [folder] }, { name: "open", isPublic: true });
  for (const [reference, name, size] of [
    ["open/a.txt", "a.txt", 300],
    ["open/empty", "empty", 0],
  ] as const) {
    const { url } = await network.client.links.create(reference);
    const link = await openLink(url);
    expect([link.name, link.sizeBytes]).toEqual([name, size]);
    const { path } = await link.get({ folder: scratch });
    expect((await readFile(path)).length).toBe(size);
  }
});

test("a link lives on when the ingress is stopped and started again, and an ended one stays ended", async () => {
  const folder = await writeFiles("lasting", { x: makeBytes(40, "x") });
  await network.client.storage.upload({ paths: [folder] }, { name: "lasting" });
  const [kept, ended] = [await network.client.links.create("lasting"), await network.client.links.create("lasting/x")];
  await network.client.links.revoke(ended.link);
  const { ingressUrl } = network.devnet.status();
  await network.stop();
  await network.start();
  // Should somebody have taken its port meanwhile, the same ingress answers at another.
  const openAgain = ({ url }: { url: string }) => openLink(url.replace(ingressUrl, network.devnet.status().ingressUrl));
  expect((await openAgain(kept)).files).toBe(1);
  await expect(openAgain(ended)).rejects.toMatchObject({ code: "DSDN_INGRESS_LINK_REVOKED" });
  const states = (await network.client.links.list()).map(({ link, state }) => [link, state]);
  expect(states).toEqual(
    expect.arrayContaining([
      [kept.link, "open"],
      [ended.link, "revoked"],
    ]),
  );
});

test("another account can neither share nor end what is not its own, and removing the object ends its links", async () => {
  const folder = await writeFiles("mine", { x: makeBytes(20, "mine") });
  const { object } = await network.client.storage.upload({ paths: [folder] }, { name: "mine", isPublic: true });
  const made = await network.client.links.create("mine");
  const stranger = network.connectAs({ account: "mallory", profile: "stranger" });
  await expect(stranger.links.create(object)).rejects.toMatchObject({ code: "DSDN_INGRESS_LINK_NOT_HELD" });
  await expect(stranger.links.revoke(made.link)).rejects.toMatchObject({ code: "DSDN_INGRESS_LINK_UNKNOWN" });
  expect(await stranger.links.list()).toEqual([]);
  // The same account on another machine sees its links, and what each was shared as.
  const [again] = await network.connectAs({ profile: "second" }).links.list();
  expect(again).toMatchObject({ link: made.link, reference: "mine", state: "open" });
  const { isDone } = await network.client.storage.remove("mine");
  expect(isDone).toBe(true);
  await expect(openLink(made.url)).rejects.toMatchObject({ code: "DSDN_INGRESS_LINK_OBJECT_REMOVED" });
});
