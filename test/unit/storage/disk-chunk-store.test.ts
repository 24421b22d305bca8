import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { seededRandom, toHex, toUtf8, VirtualClock } from "../../../src/base/index.ts";
import { type ChunkId, chunkIdOf, digestOf } from "../../../src/protocol/index.ts";
import { MemoryChunkStore, openDiskChunkStore, scrub } from "../../../src/storage/index.ts";
import { SimulatedDisk } from "../../simulation/simulated-disk.ts";

const bytes = toUtf8("one chunk");
const chunk = chunkIdOf(bytes);
const path = fileOf(chunk);

function fileOf(id: ChunkId): string {
  const hash = toHex(digestOf(id));
  return join("/store/chunks", hash.slice(0, 2), hash);
}

async function make() {
  const disk = new SimulatedDisk();
  const damaged: ChunkId[] = [];
  const open = () =>
    openDiskChunkStore(
      { folder: "/store", reserveBytes: 100 },
      { disk, random: seededRandom("unit"), onDamaged: (id) => damaged.push(id) },
    );
  return { disk, damaged, open, store: await open() };
}

describe("DiskChunkStore under faults", () => {
  test("refuses a folder written in a newer format and changes nothing in it", async () => {
    const { disk, open } = await make();
    await disk.write("/store/format", toUtf8("dsdn-chunks 2\n"), { sync: true });
    const steps = disk.steps.length;
    await expect(open()).rejects.toMatchObject({
      code: "DSDN_STORAGE_FORMAT_UNKNOWN",
      facts: { format: "dsdn-chunks 2" },
    });
    expect(disk.steps.length).toBe(steps);
  });

  test.each(["ENOSPC", "EDQUOT"])("names a full disk (%s) and leaves no temporary file", async (reason) => {
    const { disk, store } = await make();
    disk.fault = (operation) => (operation === "write" || operation === "fsync" ? reason : undefined);
    await expect(store.put(chunk, bytes)).rejects.toMatchObject({ code: "DSDN_STORAGE_NO_SPACE" });
    disk.fault = () => undefined;
    expect(await disk.list("/store/temp")).toEqual([]);
    await store.put(chunk, bytes);
    expect(await store.find(chunk)).toEqual(bytes);
  });

  test("keeps the reserve of the disk free", async () => {
    const { disk, store } = await make();
    disk.free = 100 + bytes.length - 1;
    await expect(store.put(chunk, bytes)).rejects.toMatchObject({ code: "DSDN_STORAGE_NO_SPACE" });
    disk.free += 1;
    await store.put(chunk, bytes);
  });

  test.each(["EMFILE", "EROFS"])("passes on %s and works again when it is over", async (reason) => {
    const { disk, store } = await make();
    disk.fault = () => reason;
    await expect(store.put(chunk, bytes)).rejects.toMatchObject({ code: "DSDN_BASE_FILE_FAILED", facts: { reason } });
    await expect(store.find(chunk)).rejects.toMatchObject({ code: "DSDN_BASE_FILE_FAILED", facts: { reason } });
    disk.fault = () => undefined;
    await store.put(chunk, bytes);
    expect(await store.find(chunk)).toEqual(bytes);
  });

  test("does not take a later fsync's success for a chunk whose own fsync failed", async () => {
    const { disk, store } = await make();
    disk.fault = (operation, at) => (operation === "sync" && at === dirname(path) ? "EIO" : undefined);
    await expect(store.put(chunk, bytes)).rejects.toMatchObject({ code: "DSDN_BASE_FILE_FAILED" });
    expect(await store.has(chunk)).toBe(false);
    disk.fault = () => undefined;
    const before = disk.steps.length;
    await store.put(chunk, bytes);
    const kinds = disk.steps.slice(before).map((step) => step.kind);
    expect(kinds).toContain("syncFile");
    expect(kinds).toContain("rename");
  });

  test("sets aside a folder that stands where a chunk should", async () => {
    const { disk, damaged, store } = await make();
    await disk.makeFolder(path);
    expect(await store.stats()).toEqual({ chunks: 0, bytes: 0 });
    expect(await store.find(chunk)).toBeUndefined();
    expect(damaged).toEqual([chunk]);
    await store.put(chunk, bytes);
    expect(await store.find(chunk)).toEqual(bytes);
    expect(await store.stats()).toEqual({ chunks: 1, bytes: bytes.length });
  });

  test("takes an unreadable file for damaged", async () => {
    const { disk, damaged, store } = await make();
    await store.put(chunk, bytes);
    disk.fault = (operation, at) => (operation === "read" && at === path ? "EIO" : undefined);
    expect(await store.find(chunk)).toBeUndefined();
    expect(damaged).toEqual([chunk]);
  });

  test("finds out when two valid chunks were exchanged", async () => {
    const { disk, damaged, store } = await make();
    const other = toUtf8("another chunk");
    await store.put(chunk, bytes);
    await store.put(chunkIdOf(other), other);
    await disk.write(path, other, { sync: false });
    await disk.write(fileOf(chunkIdOf(other)), bytes, { sync: false });
    expect(await store.find(chunk)).toBeUndefined();
    expect(await store.find(chunkIdOf(other))).toBeUndefined();
    expect(damaged).toHaveLength(2);
  });

  test("believes the files, not a memory of them", async () => {
    const { disk, store } = await make();
    await store.put(chunk, bytes);
    await disk.remove(path);
    expect(await store.has(chunk)).toBe(false);
    expect(await store.find(chunk)).toBeUndefined();
    const stranger = toUtf8("put there by hand");
    await disk.makeFolder(dirname(fileOf(chunkIdOf(stranger))));
    await disk.write(fileOf(chunkIdOf(stranger)), stranger, { sync: true });
    expect(await store.find(chunkIdOf(stranger))).toEqual(stranger);
  });

  test("heals a damaged chunk that is put again without having been read", async () => {
    const { disk, damaged, store } = await make();
    await store.put(chunk, bytes);
    await disk.write(path, bytes.subarray(0, 4), { sync: false });
    await store.put(chunk, bytes);
    expect(await store.find(chunk)).toEqual(bytes);
    expect(damaged).toEqual([chunk]);
  });

  test("keeps what is put beside a chunk, and the chunk, while their removal is under way", async () => {
    const { disk, store } = await make();
    await store.put(chunk, bytes);
    const list = disk.list.bind(disk);
    disk.list = async (folder) => {
      // As on a busy disk: whatever else can be done is done before the folder is read.
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      return list(folder);
    };
    const removing = store.remove(chunk);
    const promised = toUtf8("kept again");
    await Promise.all([removing, store.putBeside(chunk, "promise", promised), store.put(chunk, bytes)]);
    expect(await store.findBeside(chunk, "promise")).toEqual(promised);
    expect(await store.find(chunk)).toEqual(bytes);
  });

  test("drops bytes beside a chunk that fail their checksum", async () => {
    const { disk, damaged, store } = await make();
    await store.putBeside(chunk, "publish", toUtf8("request"));
    const framed = (await disk.find(`${path}.publish`)) ?? new Uint8Array(0);
    framed[40 - 1] = (framed[40 - 1] ?? 0) ^ 1;
    framed[33] = (framed[33] ?? 0) ^ 1;
    await disk.write(`${path}.publish`, framed, { sync: false });
    expect(await store.findBeside(chunk, "publish")).toBeUndefined();
    expect(damaged).toEqual([chunk]);
  });

  test("syncs one folder once for chunks that arrive together", async () => {
    const { disk, store } = await make();
    const first = bytes;
    const same: Uint8Array[] = [];
    for (let i = 0; same.length < 6; i++) {
      const candidate = toUtf8(`candidate ${i}`);
      if (digestOf(chunkIdOf(candidate))[0] === digestOf(chunkIdOf(first))[0]) same.push(candidate);
    }
    await store.put(chunk, first);
    const before = disk.steps.filter((step) => step.kind === "syncFolder").length;
    await Promise.all(same.map((one) => store.put(chunkIdOf(one), one)));
    expect(disk.steps.filter((step) => step.kind === "syncFolder").length - before).toBeLessThan(6);
  });
});

describe("scrub", () => {
  test("finds damage nobody asked for and keeps to its rate", async () => {
    const damaged: ChunkId[] = [];
    const store = new MemoryChunkStore({}, { onDamaged: (id) => damaged.push(id) });
    const clock = new VirtualClock();
    const all = Array.from({ length: 10 }, (_, i) => new Uint8Array(1000).fill(i + 1));
    for (const one of all) await store.put(chunkIdOf(one), one);
    const victim = chunkIdOf(all[3] ?? bytes);
    store.damage(victim, 500);
    const run = scrub(store, { bytesPerSecond: 1000 }, { clock });
    let isDone = false;
    void run.then(() => {
      isDone = true;
    });
    await clock.advance(8500);
    expect(isDone).toBe(false);
    await clock.advance(600);
    expect(await run).toEqual({ whole: 9, gone: 1 });
    expect(damaged).toEqual([victim]);
  });

  test("ends when it is told to", async () => {
    const store = new MemoryChunkStore();
    await store.put(chunk, bytes);
    const stop = new AbortController();
    const run = scrub(store, { bytesPerSecond: 0.001, signal: stop.signal }, { clock: new VirtualClock() });
    stop.abort();
    expect((await run).gone).toBe(0);
  });
});
