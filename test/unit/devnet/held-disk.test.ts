import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemDisk } from "../../../src/base/index.ts";
import { holdDisk } from "../../../src/devnet/held-disk.ts";

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dsdn-held-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("a disk that is closed finishes what it was asked for before, also what fails, and takes nothing more", async () => {
  const folder = await makeFolder();
  const [kept, late] = [join(folder, "kept"), join(folder, "late")];
  const go = Promise.withResolvers<void>();
  const done: string[] = [];
  const real = systemDisk();
  const held = holdDisk({
    ...real,
    write: async (...args) => {
      await go.promise;
      await real.write(...args);
      done.push("written");
    },
    remove: async () => {
      await go.promise;
      throw new RangeError("no");
    },
  });
  const writing = held.disk.write(kept, new Uint8Array([7]), { sync: false });
  const failing = expect(held.disk.remove(kept)).rejects.toThrow(new RangeError("no"));
  const closing = held.close().then(() => done.push("closed"));
  const refused = { code: "DSDN_BASE_FILE_FAILED", facts: { action: "write", path: late, reason: "ESHUTDOWN" } };
  await expect(held.disk.write(late, new Uint8Array([8]), { sync: false })).rejects.toMatchObject(refused);
  await expect(held.disk.list(folder)).rejects.toMatchObject({ code: "DSDN_BASE_FILE_FAILED" });
  expect(done).toEqual([]);
  go.resolve();
  await Promise.all([writing, failing, closing]);
  expect(done).toEqual(["written", "closed"]);
  expect([...(await readFile(kept))]).toEqual([7]);
  expect((await real.list(folder)).map(({ name }) => name)).toEqual(["kept"]);
});

test("every step of a disk is passed on as it is", async () => {
  const folder = await makeFolder();
  const { disk } = holdDisk(systemDisk());
  const [path, sub] = [join(folder, "sub", "a"), join(folder, "sub")];
  await disk.makeFolder(sub);
  await disk.write(`${path}.tmp`, new Uint8Array([1, 2, 3]), { sync: true });
  await disk.rename(`${path}.tmp`, path);
  await disk.append(path, new Uint8Array([4]), { sync: true });
  await disk.truncate(path, 3);
  await disk.syncFolder(sub);
  expect([...((await disk.find(path)) ?? [])]).toEqual([1, 2, 3]);
  expect([...((await disk.findRange(path, 1, 1)) ?? [])]).toEqual([2]);
  expect(await disk.findSize(path)).toBe(3);
  expect(await disk.list(sub)).toEqual([{ name: "a", kind: "file" }]);
  expect(await disk.freeBytes(folder)).toBeGreaterThan(0);
  await disk.remove(path);
  await disk.removeFolder(sub);
  expect(await disk.list(folder)).toEqual([]);
});
