import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemDisk, toUtf8, writeShared } from "../../../src/base/index.ts";

const disk = systemDisk();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-disk-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("of programs that write one file at the same moment all come through, and one of them whole", async () => {
  const path = join(folder, "shared");
  const texts = Array.from({ length: 12 }, (_, index) => String(index).repeat(100_000));
  await Promise.all(texts.map((text) => writeShared(disk, path, toUtf8(text))));
  expect(texts).toContain(await readFile(path, "utf8"));
  expect(await readdir(folder)).toEqual(["shared"]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a file that cannot take its name leaves nothing behind", async () => {
  await mkdir(join(folder, "taken"));
  await expect(writeShared(disk, join(folder, "taken"), toUtf8("x"))).rejects.toMatchObject({
    code: "DSDN_BASE_FILE_FAILED",
  });
  expect(await readdir(folder)).toEqual(["taken"]);
});
