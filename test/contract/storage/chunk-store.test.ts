import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { seededRandom, systemDisk, systemRandom, toHex, toUtf8 } from "../../../src/base/index.ts";
import { type ChunkId, chunkIdOf, digestOf } from "../../../src/protocol/index.ts";
import { type ChunkStore, MemoryChunkStore, openDiskChunkStore } from "../../../src/storage/index.ts";
import { SimulatedDisk } from "../../simulation/simulated-disk.ts";

interface Subject {
  readonly store: ChunkStore;
  readonly damaged: ChunkId[];
  /** Changes one byte of the stored chunk behind the store's back. */
  damage(chunk: ChunkId, offset: number): Promise<void>;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const subjects: { name: string; make: (options?: { capacityBytes: number }) => Promise<Subject> }[] = [
  {
    name: "memory",
    make: async (options) => {
      const damaged: ChunkId[] = [];
      const store = new MemoryChunkStore(options, { onDamaged: (chunk) => damaged.push(chunk) });
      return { store, damaged, damage: async (chunk, offset) => void store.damage(chunk, offset) };
    },
  },
  {
    name: "disk",
    make: async (options) => {
      const damaged: ChunkId[] = [];
      const folder = mkdtempSync(join(tmpdir(), "dsdn-storage-"));
      folders.push(folder);
      const store = await openDiskChunkStore(
        { folder, ...options },
        { disk: systemDisk(), random: systemRandom(), onDamaged: (chunk) => damaged.push(chunk) },
      );
      return { store, damaged, damage: (chunk, offset) => flip(systemDisk(), fileOf(folder, chunk), offset) };
    },
  },
  {
    name: "simulated disk",
    make: async (options) => {
      const damaged: ChunkId[] = [];
      const disk = new SimulatedDisk();
      const store = await openDiskChunkStore(
        { folder: "/store", ...options },
        { disk, random: seededRandom("contract"), onDamaged: (chunk) => damaged.push(chunk) },
      );
      return { store, damaged, damage: (chunk, offset) => flip(disk, fileOf("/store", chunk), offset) };
    },
  },
];

function fileOf(folder: string, chunk: ChunkId): string {
  const hash = toHex(digestOf(chunk));
  return join(folder, "chunks", hash.slice(0, 2), hash);
}

async function flip(disk: ReturnType<typeof systemDisk>, path: string, offset: number): Promise<void> {
  const bytes = (await disk.find(path)) ?? new Uint8Array(0);
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  await disk.write(path, bytes, { sync: false });
}

async function idsOf(chunks: AsyncIterable<ChunkId>): Promise<ChunkId[]> {
  const ids: ChunkId[] = [];
  for await (const chunk of chunks) ids.push(chunk);
  return ids;
}

const bytes = toUtf8("the bytes of one chunk");
const chunk = chunkIdOf(bytes);

describe.each(subjects)("the chunk store: $name", ({ make }) => {
  test("gives back what was put, whole and in ranges", async () => {
    const { store } = await make();
    await store.put(chunk, bytes);
    expect(await store.has(chunk)).toBe(true);
    expect(await store.find(chunk)).toEqual(bytes);
    expect(await store.findRange(chunk, 4, 5)).toEqual(toUtf8("bytes"));
    expect(await store.findRange(chunk, 18, 100)).toEqual(toUtf8("hunk"));
    expect(await store.findRange(chunk, 1000, 1)).toEqual(new Uint8Array(0));
  });

  test("says undefined for a chunk it never had", async () => {
    const { store } = await make();
    expect(await store.has(chunk)).toBe(false);
    expect(await store.find(chunk)).toBeUndefined();
    expect(await store.findRange(chunk, 0, 1)).toBeUndefined();
    expect(await store.findBeside(chunk, "publish")).toBeUndefined();
    await store.remove(chunk);
  });

  test.each([0, 11, 21])("refuses bytes that differ from the id at byte %i and keeps nothing", async (offset) => {
    const { store } = await make();
    const wrong = bytes.slice();
    wrong[offset] = (wrong[offset] ?? 0) ^ 1;
    await expect(store.put(chunk, wrong)).rejects.toMatchObject({ code: "DSDN_STORAGE_HASH_MISMATCH" });
    expect(await store.has(chunk)).toBe(false);
  });

  test("refuses an empty chunk, a shortened one, and one above 64 MiB", async () => {
    const { store } = await make();
    const empty = new Uint8Array(0);
    await expect(store.put(chunkIdOf(empty), empty)).rejects.toMatchObject({ code: "DSDN_STORAGE_SIZE_REFUSED" });
    for (const cut of [bytes.subarray(0, 21), bytes.subarray(0, 11)]) {
      await expect(store.put(chunk, cut)).rejects.toMatchObject({ code: "DSDN_STORAGE_HASH_MISMATCH" });
    }
    const huge = new Uint8Array(64 * 1024 * 1024 + 1);
    await expect(store.put(chunk, huge)).rejects.toMatchObject({ code: "DSDN_STORAGE_SIZE_REFUSED" });
  });

  test("stores a chunk of one byte", async () => {
    const { store } = await make();
    const one = Uint8Array.of(7);
    await store.put(chunkIdOf(one), one);
    expect(await store.find(chunkIdOf(one))).toEqual(one);
  });

  test("stores the same chunk once when it is put many times at once", async () => {
    const { store } = await make();
    await Promise.all(Array.from({ length: 8 }, () => store.put(chunk, bytes)));
    expect(await store.stats()).toEqual({ chunks: 1, bytes: bytes.length });
    expect(await idsOf(store.list())).toEqual([chunk]);
  });

  test.each([0, 11, 21])(
    "takes a chunk damaged at byte %i for absent, reports it once, and can mend it",
    async (offset) => {
      const { store, damaged, damage } = await make();
      await store.put(chunk, bytes);
      await damage(chunk, offset);
      expect(await store.find(chunk)).toBeUndefined();
      expect(await store.findRange(chunk, 0, 4)).toBeUndefined();
      expect(await store.has(chunk)).toBe(false);
      expect(damaged).toEqual([chunk]);
      await store.put(chunk, bytes);
      expect(await store.find(chunk)).toEqual(bytes);
    },
  );

  test("removes a chunk with all that was kept beside it", async () => {
    const { store } = await make();
    await store.put(chunk, bytes);
    await store.putBeside(chunk, "publish", toUtf8("request"));
    await store.remove(chunk);
    expect(await store.has(chunk)).toBe(false);
    expect(await store.findBeside(chunk, "publish")).toBeUndefined();
    expect(await store.stats()).toEqual({ chunks: 0, bytes: 0 });
    expect(await idsOf(store.listBeside("publish"))).toEqual([]);
  });

  test("keeps bytes beside a chunk, replaces them, and lists who has them", async () => {
    const { store } = await make();
    await store.putBeside(chunk, "publish", toUtf8("first"));
    await store.putBeside(chunk, "publish", toUtf8("second"));
    expect(await store.findBeside(chunk, "publish")).toEqual(toUtf8("second"));
    expect(await store.findBeside(chunk, "other")).toBeUndefined();
    expect(await idsOf(store.listBeside("publish"))).toEqual([chunk]);
    expect(await idsOf(store.listBeside("pub"))).toEqual([]);
    expect(await idsOf(store.list())).toEqual([]);
  });

  test.each(["", "../escape", "a/b", "A", "1a", "x".repeat(33)])(
    "refuses %j as a name beside a chunk",
    async (name) => {
      const { store } = await make();
      await expect(store.putBeside(chunk, name, bytes)).rejects.toMatchObject({ code: "DSDN_STORAGE_NAME_REFUSED" });
    },
  );

  test("lists chunks by their hash and counts their bytes", async () => {
    const { store } = await make();
    const all = Array.from({ length: 40 }, (_, i) => toUtf8(`chunk number ${i}`));
    for (const one of all) await store.put(chunkIdOf(one), one);
    const hashes = (await idsOf(store.list())).map((id) => toHex(digestOf(id)));
    expect(hashes).toEqual(all.map((one) => toHex(digestOf(chunkIdOf(one)))).toSorted());
    expect(await store.stats()).toEqual({ chunks: 40, bytes: all.reduce((sum, one) => sum + one.length, 0) });
  });

  test("refuses what does not fit its capacity and goes on serving", async () => {
    const { store } = await make({ capacityBytes: 30 });
    await store.put(chunk, bytes);
    expect(await store.freeBytes()).toBe(8);
    const other = toUtf8("nine more");
    await expect(store.put(chunkIdOf(other), other)).rejects.toMatchObject({
      code: "DSDN_STORAGE_NO_SPACE",
      facts: { neededBytes: 9, freeBytes: 8 },
    });
    expect(await store.find(chunk)).toEqual(bytes);
    await store.remove(chunk);
    await store.put(chunkIdOf(other), other);
  });

  test("is not changed by what a caller does to bytes it was given", async () => {
    const { store } = await make();
    const given = bytes.slice();
    await store.put(chunk, given);
    given.fill(0);
    (await store.find(chunk))?.fill(0);
    expect(await store.find(chunk)).toEqual(bytes);
  });
});

describe("the chunk store on a real disk", () => {
  test("keeps everything over a restart and clears what was half written", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dsdn-storage-"));
    folders.push(folder);
    const deps = { disk: systemDisk(), random: systemRandom() };
    const first = await openDiskChunkStore({ folder }, deps);
    await first.put(chunk, bytes);
    writeFileSync(join(folder, "temp", "half"), "half a chunk");
    const second = await openDiskChunkStore({ folder }, deps);
    expect(await second.find(chunk)).toEqual(bytes);
    expect(readdirSync(join(folder, "temp"))).toEqual([]);
  });
});
