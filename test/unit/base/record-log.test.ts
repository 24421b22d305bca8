import { describe, expect, test } from "vitest";
import { MAX_RECORD_BYTES, openRecordLog, toUtf8 } from "../../../src/base/index.ts";
import { crashModes, SimulatedDisk } from "../../simulation/simulated-disk.ts";

const PATH = "/data/records.log";

async function readTexts(disk: SimulatedDisk): Promise<string[]> {
  const texts: string[] = [];
  const log = await openRecordLog(disk, PATH);
  for await (const record of log.read()) texts.push(new TextDecoder().decode(record));
  return texts;
}

describe("a record log", () => {
  test("gives back what was appended, over a restart too", async () => {
    const disk = new SimulatedDisk();
    const log = await openRecordLog(disk, PATH);
    await Promise.all([log.append([toUtf8("a"), toUtf8("")]), log.append([toUtf8("b")])]);
    expect(await readTexts(disk)).toEqual(["a", "", "b"]);
  });

  test("holds every acknowledged record whole after a crash at any step", async () => {
    const disk = new SimulatedDisk();
    const log = await openRecordLog(disk, PATH);
    const acknowledged: { steps: number; count: number }[] = [{ steps: 0, count: 0 }];
    for (let at = 0; at < 5; at++) {
      await log.append([toUtf8(`record ${at}`)]);
      acknowledged.push({ steps: disk.steps.length, count: at + 1 });
    }
    const all = await readTexts(disk);
    for (let steps = 0; steps <= disk.steps.length; steps++) {
      for (const mode of crashModes) {
        const found = await readTexts(disk.crash(steps, mode));
        const promised = acknowledged.findLast((entry) => entry.steps <= steps)?.count ?? 0;
        expect(found.length).toBeGreaterThanOrEqual(promised);
        expect(found).toEqual(all.slice(0, found.length));
      }
    }
  });

  test("cuts a torn or flipped tail and goes on behind the last whole record", async () => {
    const disk = new SimulatedDisk();
    const log = await openRecordLog(disk, PATH);
    await log.append([toUtf8("good")]);
    const good = log.sizeBytes;
    await log.append([toUtf8("damaged")]);
    const bytes = (await disk.find(PATH)) ?? new Uint8Array(0);
    for (const at of [good, good + 5, bytes.length - 1]) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 0x80;
      const other = new SimulatedDisk();
      await other.makeFolder("/data");
      await other.write(PATH, flipped, { sync: true });
      const reopened = await openRecordLog(other, PATH);
      await reopened.append([toUtf8("new")]);
      expect(await readTexts(other)).toEqual(["good", "new"]);
    }
  });

  test("keeps what is appended after a clear, even when neither was waited for", async () => {
    const disk = new SimulatedDisk();
    const log = await openRecordLog(disk, PATH);
    await log.append([toUtf8("old")]);
    await Promise.all([log.append([toUtf8("older")]), log.clear(), log.append([toUtf8("new")])]);
    expect(await readTexts(disk)).toEqual(["new"]);
    expect(log.sizeBytes).toBe((await disk.find(PATH))?.length);
  });

  test("acknowledges nothing more after a failed fsync, until it was emptied", async () => {
    const disk = new SimulatedDisk();
    const log = await openRecordLog(disk, PATH);
    let isBroken = true;
    disk.fault = (operation) => (operation === "fsync" && isBroken ? "EIO" : undefined);
    await expect(log.append([toUtf8("lost")])).rejects.toMatchObject({ code: "DSDN_BASE_FILE_FAILED" });
    isBroken = false;
    await expect(log.append([toUtf8("refused")])).rejects.toMatchObject({ code: "DSDN_BASE_FILE_FAILED" });
    await log.clear();
    await log.append([toUtf8("fresh")]);
    expect(await readTexts(disk)).toEqual(["fresh"]);
  });

  test("refuses a record larger than a reader would take for whole", async () => {
    const log = await openRecordLog(new SimulatedDisk(), PATH);
    await expect(log.append([new Uint8Array(MAX_RECORD_BYTES + 1)])).rejects.toMatchObject({
      code: "DSDN_BASE_REQUEST_TOO_LARGE",
    });
    expect(log.sizeBytes).toBe(0);
  });
});
