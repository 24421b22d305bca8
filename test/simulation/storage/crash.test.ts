import { describe, expect, test } from "vitest";
import { openRecordLog, seededRandom, toUtf8, writeDurable } from "../../../src/base/index.ts";
import { type ChunkId, chunkIdOf } from "../../../src/protocol/index.ts";
import { openDiskChunkStore } from "../../../src/storage/index.ts";
import { crashModes, SimulatedDisk } from "../simulated-disk.ts";

const FOLDER = "/data/store";

function open(disk: SimulatedDisk) {
  return openDiskChunkStore({ folder: FOLDER, reserveBytes: 0 }, { disk, random: seededRandom("crash") });
}

const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

/** Every state a crash can leave: each prefix of the steps, in each mode. */
function* crashes(disk: SimulatedDisk) {
  for (let count = 0; count <= disk.steps.length; count++) {
    for (const mode of crashModes) yield { count, mode, found: disk.crash(count, mode) };
  }
}

describe("after a crash at any step", () => {
  test("the chunk store opens, holds every acknowledged chunk and request, and never a wrong byte", async () => {
    const disk = new SimulatedDisk();
    await disk.makeFolder("/data");
    await disk.syncFolder("/");
    const store = await open(disk);
    const chunks = Array.from({ length: 12 }, (_, i) => toUtf8(`chunk ${i} `.repeat(20 + i)));
    const acked: { at: number; chunk: ChunkId; bytes: Uint8Array }[] = [];
    const kept: { at: number; chunk: ChunkId; bytes: Uint8Array }[] = [];
    const removed = new Set<ChunkId>();
    for (let i = 0; i < chunks.length; i += 3) {
      await Promise.all(
        chunks.slice(i, i + 3).map(async (bytes) => {
          await store.put(chunkIdOf(bytes), bytes);
          acked.push({ at: disk.steps.length, chunk: chunkIdOf(bytes), bytes });
        }),
      );
      const bytes = toUtf8(`request ${i}`);
      const chunk = chunkIdOf(chunks[i] ?? bytes);
      await store.putBeside(chunk, "publish", bytes);
      kept.push({ at: disk.steps.length, chunk, bytes });
    }
    const victim = chunkIdOf(chunks[4] ?? toUtf8(""));
    removed.add(victim);
    await store.remove(victim);

    let states = 0;
    for (const { count, mode, found } of crashes(disk)) {
      states += 1;
      const damaged: ChunkId[] = [];
      const again = await openDiskChunkStore(
        { folder: FOLDER, reserveBytes: 0 },
        { disk: found, random: seededRandom("again"), onDamaged: (chunk) => damaged.push(chunk) },
      );
      const where = `step ${count}, ${mode}`;
      for (const { at, chunk, bytes } of acked) {
        const there = await again.find(chunk);
        const mustBeThere = at <= count && !removed.has(chunk);
        if (there !== undefined || mustBeThere) expect(textOf(there), where).toBe(textOf(bytes));
      }
      for (const { at, chunk, bytes } of kept) {
        if (at <= count) expect(await again.findBeside(chunk, "publish"), where).toEqual(bytes);
      }
      expect(damaged, where).toEqual([]);
      expect(await found.list(`${FOLDER}/temp`), where).toEqual([]);
      const fresh = toUtf8("written after the crash");
      await again.put(chunkIdOf(fresh), fresh);
      expect(await again.find(chunkIdOf(fresh)), where).toEqual(fresh);
    }
    expect(states).toBeGreaterThan(400);
  });

  test("a chunk left by a dead process is acknowledged only once its name is synced", async () => {
    const bytes = toUtf8("renamed, folder not synced");
    const first = new SimulatedDisk();
    await (await open(first)).put(chunkIdOf(bytes), bytes);
    const renamed = first.steps.findIndex((step) => step.kind === "rename" && step.to.includes("/chunks/")) + 1;
    // The process died there; the running kernel still shows the name.
    const steps = first.steps.slice(0, renamed);
    const second = new SimulatedDisk();
    second.steps.push(...steps);
    const resumed = second.crash(renamed, "kept");
    const store = await open(resumed);
    const before = resumed.steps.filter((step) => step.kind === "syncFolder").length;
    await store.put(chunkIdOf(bytes), bytes);
    expect(resumed.steps.filter((step) => step.kind === "syncFolder").length).toBe(before + 1);
  });

  test("the record log keeps every acknowledged record, in order, and cuts a torn tail", async () => {
    const disk = new SimulatedDisk();
    await disk.makeFolder("/log");
    await disk.syncFolder("/");
    const log = await openRecordLog(disk, "/log/outbox");
    const acked: { at: number; record: string }[] = [];
    for (let i = 0; i < 15; i++) {
      await log.append([toUtf8(`record ${i} ${"x".repeat(i * 7)}`)]);
      acked.push({ at: disk.steps.length, record: `record ${i} ${"x".repeat(i * 7)}` });
    }
    for (const { count, mode, found } of crashes(disk)) {
      const again = await openRecordLog(found, "/log/outbox");
      const records: string[] = [];
      for await (const record of again.read()) records.push(Buffer.from(record).toString());
      const mustHave = acked.filter(({ at }) => at <= count).length;
      expect(records.length, `step ${count}, ${mode}`).toBeGreaterThanOrEqual(mustHave);
      expect(records, `step ${count}, ${mode}`).toEqual(acked.slice(0, records.length).map(({ record }) => record));
      await again.append([toUtf8("after")]);
    }
  });

  test("a file written durably holds the old or the new content, whole", async () => {
    const disk = new SimulatedDisk();
    await disk.makeFolder("/profile");
    await disk.syncFolder("/");
    const done: number[] = [];
    for (let i = 0; i < 6; i++) {
      await writeDurable(disk, "/profile/account", toUtf8(`version ${i} ${"y".repeat(50)}`));
      done.push(disk.steps.length);
    }
    for (const { count, mode, found } of crashes(disk)) {
      const version = done.filter((at) => at <= count).length - 1;
      const bytes = await found.find("/profile/account");
      const text = bytes === undefined ? "absent" : Buffer.from(bytes).toString();
      const allowed = [version, version + 1].map((i) => (i < 0 ? "absent" : `version ${i} ${"y".repeat(50)}`));
      expect(allowed, `step ${count}, ${mode}`).toContain(text);
    }
  });
});
