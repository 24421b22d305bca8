import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemDisk } from "../../../src/base/index.ts";
import { type EnginePackage, readEnginePackage } from "../../../src/runtime/engine-package.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-engine-"));
  await writeFile(join(folder, "a.wasm"), "ab");
  await writeFile(join(folder, "b.mjs"), "c");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const engine: EnginePackage = {
  kind: "python",
  name: "some-engine",
  version: "1.2.3",
  // Of "abc" (FIPS 180-2, appendix B.1).
  sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  files: ["a.wasm", "b.mjs"],
};

test("an engine that is not installed is named with its version, to be installed", async () => {
  const absent = () => {
    throw new Error("Cannot find module");
  };
  await expect(readEnginePackage(engine, systemDisk(), absent)).rejects.toMatchObject({
    code: "DSDN_RUNTIME_ENGINE_MISSING",
    facts: { kind: "python", missing: "some-engine@1.2.3" },
  });
});

test("the files of an engine are taken only as they were pinned", async () => {
  const resolve = () => join(folder, "a.wasm");
  const read = await readEnginePackage(engine, systemDisk(), resolve);
  expect([...read.files.keys()]).toEqual(["a.wasm", "b.mjs"]);
  await writeFile(join(folder, "b.mjs"), "d");
  await expect(readEnginePackage(engine, systemDisk(), resolve)).rejects.toMatchObject({
    code: "DSDN_RUNTIME_ENGINE_MISMATCH",
  });
});
