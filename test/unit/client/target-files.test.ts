import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { toUtf8 } from "../../../src/base/index.ts";
import { openTarget } from "../../../src/client/files/target-files.ts";

const facts = { mode: 0o644, mtimeMs: 1_600_000_000_000 };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-target-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a program never gives the name to what another one is still receiving under it", async () => {
  const path = join(folder, "photo.jpg");
  const first = await openTarget(path);
  await first.write(toUtf8("the whole "));
  const second = await openTarget(path);
  await second.write(toUtf8("only half"));
  await first.write(toUtf8("content"));
  await expect(first.finish(facts)).rejects.toMatchObject({
    code: "DSDN_BASE_FILE_FAILED",
    facts: { path, reason: "EBUSY" },
  });
  expect(await readdir(folder)).toEqual(["photo.jpg.dsdn-part"]);
  // Its own cleaning up takes nothing from the other, which goes on to its end.
  await first.discard();
  await second.write(toUtf8(" of it"));
  await second.finish(facts);
  expect(await readFile(path, "utf8")).toBe("only half of it");
  expect(await readdir(folder)).toEqual(["photo.jpg"]);
});

test("a program that gives up leaves nothing behind", async () => {
  const target = await openTarget(join(folder, "a"));
  await target.write(toUtf8("x"));
  await target.discard();
  expect(await readdir(folder)).toEqual([]);
});
