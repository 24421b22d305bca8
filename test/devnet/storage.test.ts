import { lstat, mkdir, readFile, readlink, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { verifyReceipt } from "../../src/client/index.ts";
import { CHUNK_SIZE_BYTES } from "../../src/protocol/index.ts";
import { eventually, makeBytes, readAll, readBack, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

let net: TestDevnet;

beforeAll(async () => {
  net = await startTestDevnet();
});

async function writeFiles(folder: string, files: { [path: string]: Uint8Array | string }): Promise<string> {
  const root = join(net.scratch, folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

const SIZES = [0, 1, 65_536, CHUNK_SIZE_BYTES - 1, CHUNK_SIZE_BYTES, CHUNK_SIZE_BYTES + 1];

describe("a file", () => {
  test.each(SIZES)("of %i bytes comes back the same, at every range that matters", async (sizeBytes) => {
    const bytes = makeBytes(sizeBytes, `size ${sizeBytes}`);
    const root = await writeFiles(`size-${sizeBytes}`, { "data.bin": bytes });
    const stored = await net.client.storage.upload({ paths: [join(root, "data.bin")] });
    expect(stored).toMatchObject({ stage: "published", sizeBytes, files: 1, isPublic: false });
    expect(stored.zones).toBeGreaterThanOrEqual(2);
    expect(Buffer.compare(await readBack(net.client, stored.object), bytes)).toBe(0);
    const ranges = [
      { offset: 0, length: 1 },
      { offset: Math.max(0, sizeBytes - 1), length: 1 },
      { offset: Math.floor(sizeBytes / 2), length: Math.min(70_000, Math.floor(sizeBytes / 2)) },
    ];
    for (const range of ranges.filter(({ offset }) => offset < sizeBytes)) {
      const part = await readAll(net.client.storage.read(stored.object, { range }));
      expect(Buffer.compare(part, bytes.subarray(range.offset, range.offset + range.length))).toBe(0);
    }
  });

  test("from a stream of unknown length comes back the same", async () => {
    const parts = [makeBytes(100_000, "first"), new Uint8Array(0), makeBytes(3, "second"), makeBytes(900_000, "third")];
    const stream = (async function* () {
      yield* parts;
    })();
    const stored = await net.client.storage.upload({ stream, fileName: "stdin" }, { name: "piped" });
    expect(Buffer.compare(await readBack(net.client, "piped"), Buffer.concat(parts))).toBe(0);
    expect(stored.sizeBytes).toBe(1_000_003);
  });

  test("that is public is read by somebody without any key, and the sealed one is not", async () => {
    const bytes = makeBytes(5_000, "public");
    const root = await writeFiles("public", { "page.txt": bytes });
    const open = await net.client.storage.upload({ paths: [join(root, "page.txt")] }, { isPublic: true, name: null });
    const sealed = await net.client.storage.upload({ paths: [join(root, "page.txt")] }, { name: null });
    const stranger = net.connectAs({ account: "mallory", profile: "mallory" });
    expect(await readBack(stranger, open.object)).toEqual(bytes);
    await expect(readBack(stranger, sealed.object)).rejects.toMatchObject({ code: "DSDN_CRYPTO_WRONG_KEY" });
    expect(sealed.object).not.toBe(open.object);
  });
});

test("a receipt proves the object under the state root that the network's roles have at that height", async () => {
  const root = await writeFiles("proven", { "page.txt": makeBytes(5_000, "proven") });
  const { receipt, object } = await net.client.storage.upload({ paths: [join(root, "page.txt")] }, { name: "proven" });
  const { inclusion } = verifyReceipt(JSON.parse(JSON.stringify(receipt)));
  expect(inclusion?.height).toBeGreaterThanOrEqual(receipt.published?.height ?? Number.POSITIVE_INFINITY);
  const { stateRoot } = await net.client.stateRoot(inclusion?.height);
  expect(verifyReceipt(receipt, { stateRoot })).toMatchObject({
    object,
    inclusion: { isRootGiven: true },
    availability: { height: receipt.published?.height },
  });
});

describe("a folder", () => {
  test("comes back with its files, links, modes and times", async () => {
    const root = await writeFiles("tree", {
      "a.txt": "alpha",
      "deep/er/b.bin": makeBytes(70_000, "b"),
      "deep/empty.txt": "",
      "run.sh": "#!/bin/sh\n",
    });
    await symlink("a.txt", join(root, "link"));
    await mkdir(join(root, "hollow"));
    await utimes(join(root, "a.txt"), new Date(1_600_000_000_000), new Date(1_600_000_000_000));
    const stored = await net.client.storage.upload({ paths: [root] }, { name: "tree" });
    expect(stored.files).toBe(4);
    const out = join(net.scratch, "tree-back");
    await net.client.storage.get("tree", { out });
    expect(await readFile(join(out, "a.txt"), "utf8")).toBe("alpha");
    expect(Buffer.compare(await readFile(join(out, "deep/er/b.bin")), makeBytes(70_000, "b"))).toBe(0);
    expect((await lstat(join(out, "deep/empty.txt"))).size).toBe(0);
    expect(await readlink(join(out, "link"))).toBe("a.txt");
    expect((await lstat(join(out, "hollow"))).isDirectory()).toBe(true);
    expect((await lstat(join(out, "a.txt"))).mtimeMs).toBe(1_600_000_000_000);
    expect(Buffer.from(await readAll(net.client.storage.read("tree/a.txt"))).toString()).toBe("alpha");
  });

  test("changed in one file sends only that file the second time", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [`f${at}.bin`, makeBytes(50_000, `change ${at}`)]),
    );
    const root = await writeFiles("changing", files);
    const first = await net.client.storage.upload({ paths: [root] }, { name: "changing" });
    await writeFile(join(root, "f7.bin"), makeBytes(50_000, "changed"));
    const second = await net.client.storage.upload({ paths: [root] }, { name: "changing" });
    expect(first.sentBytes).toBeGreaterThan(20 * 50_000);
    expect(second.sentBytes).toBeGreaterThan(50_000);
    expect(second.sentBytes).toBeLessThan(2 * 50_000);
    const third = await net.client.storage.upload({ paths: [root] }, { name: "changing" });
    expect(third.object).toBe(second.object);
    const back = await readAll(net.client.storage.read("changing/f7.bin"));
    expect(Buffer.compare(back, makeBytes(50_000, "changed"))).toBe(0);
    const old = await readAll(net.client.storage.read(`${first.object}/f7.bin`));
    expect(Buffer.compare(old, makeBytes(50_000, "change 7"))).toBe(0);
  });
});

test("an upload that was interrupted goes on from what the nodes have", async () => {
  const bytes = makeBytes(2 * CHUNK_SIZE_BYTES, "interrupted");
  const root = await writeFiles("interrupted", { "big.bin": bytes });
  const input = { paths: [join(root, "big.bin")] };
  const stop = new AbortController();
  const onProgress = ({ sentBytes }: { sentBytes: number }) => {
    if (sentBytes >= CHUNK_SIZE_BYTES) stop.abort(new Error("interrupted"));
  };
  await expect(net.client.storage.upload(input, { signal: stop.signal, onProgress })).rejects.toThrow("interrupted");
  const again = await net.connectAs({ profile: "first" }).storage.upload(input);
  expect(again.sizeBytes).toBe(bytes.length);
  expect(again.sentBytes).toBeLessThan(bytes.length);
  expect(Buffer.compare(await readBack(net.client, again.object), bytes)).toBe(0);
});

describe("an object's end", () => {
  test("comes with rm: the name is free and the owner no longer holds it", async () => {
    const root = await writeFiles("gone", { "gone.txt": "soon gone" });
    const stored = await net.client.storage.upload({ paths: [join(root, "gone.txt")] });
    const before = await net.client.quota();
    expect(await net.client.storage.remove("gone.txt")).toMatchObject({ object: stored.object, isDone: true });
    expect((await net.client.storage.list()).map(({ name }) => name)).not.toContain("gone.txt");
    await expect(readBack(net.client, "gone.txt")).rejects.toMatchObject({ code: "DSDN_CLIENT_NAME_UNKNOWN" });
    expect((await net.client.quota()).usedBytes).toBeLessThan(before.usedBytes);
  });

  test("comes with its time: after the ttl the log calls it expired", async () => {
    const root = await writeFiles("short", { "short.txt": "for a minute" });
    // Without a name nothing else of this upload is on its way to the log when the bytes are counted.
    const options = { ttlMs: 60_000, name: null };
    const { object } = await net.client.storage.upload({ paths: [join(root, "short.txt")] }, options);
    const statusOf = async () => (await net.client.storage.stat(object)).details.status;
    expect(await statusOf()).toBe("published");
    const before = await net.client.quota();
    const { height } = net.devnet.status();
    await net.devnet.advanceClock(61_000);
    expect(net.devnet.status().height).toBeGreaterThan(height);
    expect(await statusOf()).toBe("expired");
    expect((await net.client.quota()).usedBytes).toBeLessThanOrEqual(before.usedBytes);
  });
});

test("every object reaches three replicas in three zones", async () => {
  const root = await writeFiles("three", { "three.txt": "three of me" });
  const { object } = await net.client.storage.upload({ paths: [join(root, "three.txt")] });
  await eventually(
    async () => {
      const { details } = await net.client.storage.stat(object);
      return details.replicas === 3 && details.zones === 3;
    },
    { what: "full replication" },
  );
});
