import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";

const folder = await mkdtemp(join(tmpdir(), "dsdn-contributing-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function commandShown(language: string): Promise<string> {
  const page = await readFile(join(root, "docs", language, "contributing.md"), "utf8");
  return /^```ts\n([\s\S]*?)^```/m.exec(page)?.[1] ?? "";
}

test("the command that contributors are shown is one the framework takes, as the types say", async () => {
  expect(await commandShown("id")).toBe(await commandShown("en"));
  // Beside src, but read as if it lay in it.
  await mkdir(join(folder, "src/commands"), { recursive: true });
  const file = join(folder, "src/commands/greet.ts");
  await writeFile(file, await commandShown("en"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  const options = {
    rootDirs: [join(folder, "src"), join(root, "src")],
    typeRoots: [join(root, "node_modules/@types")],
  };
  const config = { extends: join(root, "tsconfig.json"), compilerOptions: options, include: [], files: [file] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const said = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
  // What the rest of the sources say of themselves is their own test.
  expect(said.split("\n").filter((line) => line.includes("greet.ts"))).toEqual([]);
});
