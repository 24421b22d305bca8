import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemDisk } from "../../../src/base/index.ts";
import { findGuestProgram } from "../../../src/runtime/guest-program.ts";

// Installed by pnpm, every package a program imports is a link: a child that may read only where they lead fails.
test("a child may read the packages it imports where they are, and the links by which it finds them", async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "dsdn-linked-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const name = "quickjs-emscripten-core";
  const real = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  const link = join(root, "node_modules", name);
  const childEntry = join(root, "dist", "child", "main.js");
  mkdirSync(dirname(childEntry), { recursive: true });
  mkdirSync(dirname(link));
  writeFileSync(join(root, "package.json"), "{}");
  symlinkSync(real, link);
  const packages = [name, "not-installed", `${name}/part`];
  const { readablePaths } = await findGuestProgram({ childEntry, packages }, systemDisk());
  expect(readablePaths).toEqual(expect.arrayContaining([dirname(childEntry), link, real]));
  expect(readablePaths.filter((path) => path.startsWith(root)).toSorted()).toEqual(
    [dirname(childEntry), link, join(root, "package.json")].toSorted(),
  );
});
