import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DsdnError, systemDisk, systemFileTree } from "../../../src/base/index.ts";
import { initFrom } from "../../../src/packager/index.ts";
import { makeTar, makeZip } from "../../unit/packager/archives.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dsdn-archives-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What became of an archive: the files of the project, or the error; the folder around holds nothing else. */
async function init(name: string, bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array> | DsdnError> {
  const place = await mkdtemp(join(root, "case-"));
  try {
    await writeFile(join(place, name), bytes);
    const deps = { tree: systemFileTree(), disk: systemDisk() };
    const { files } = await initFrom({ from: join(place, name), folder: join(place, "app") }, deps);
    expect((await readdir(place)).sort()).toEqual([name, "app"].sort());
    const read = files.map(async (path) => [path, new Uint8Array(await readFile(join(place, "app", path)))] as const);
    return new Map(await Promise.all(read));
  } catch (error) {
    if (!(error instanceof DsdnError)) throw error;
    expect(await readdir(place)).toEqual([name]);
    return error;
  } finally {
    await rm(place, { recursive: true });
  }
}

const name = fc.stringMatching(/^[e-k]{1,8}(\/[e-k]{1,8}){0,3}$/).map((path) => `x${path}.txt`);
const samples = fc
  .uniqueArray(fc.record({ name, content: fc.uint8Array({ maxLength: 3000 }) }), {
    minLength: 1,
    maxLength: 8,
    selector: (sample) => sample.name.split("/")[0],
  })
  .map((list) => [{ name: "top.txt", content: new Uint8Array(1) }, ...list]);

const hostile = fc.oneof(
  fc.constantFrom("..", ".", "", "C:", "\\", "\0", "a\0b", "con", "nul.txt", "//", "A", "a"),
  fc.string({ maxLength: 6 }),
);
const hostileNames = fc.array(fc.array(hostile, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });

describe("an archive", () => {
  it("that an honest tool wrote gives its files byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(samples, fc.constantFrom("a.zip", "a.tar", "a.tar.gz"), async (list, kind) => {
        const tar = kind === "a.zip" ? new Uint8Array(0) : makeTar(list);
        const bytes = kind === "a.zip" ? makeZip(list) : kind === "a.tar" ? tar : gzipSync(tar);
        const files = await init(kind, new Uint8Array(bytes));
        if (files instanceof DsdnError) throw files;
        expect([...files.keys()].sort()).toEqual(list.map((sample) => sample.name).sort());
        for (const { name: path, content } of list) expect(files.get(path)).toEqual(content);
      }),
      { numRuns: 40 },
    );
  });

  it("with any names puts every file inside its folder under its own name, or nothing anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(hostileNames, fc.boolean(), async (parts, isZip) => {
        const list = parts.map((part) => ({ name: part.join("/").slice(0, 90), content: "x" }));
        const files = await init(isZip ? "a.zip" : "a.tar", isZip ? makeZip(list) : makeTar(list));
        if (files instanceof DsdnError) {
          expect(files.code).toMatch(/^DSDN_PACKAGER_SOURCE_/);
          return;
        }
        for (const path of files.keys())
          expect(path.split("/").some((part) => part === ".." || part === "")).toBe(false);
        expect(new Set([...files.keys()].map((path) => path.toLowerCase())).size).toBe(files.size);
      }),
      { numRuns: 120 },
    );
  });

  it("with bytes changed anywhere is refused by a coded error or gives whole files, never anything else", async () => {
    const list = [
      { name: "top.txt", content: "hello" },
      { name: "a/b.txt", content: "x".repeat(700) },
    ];
    const originals = {
      "a.zip": makeZip(list),
      "a.tar": makeTar(list),
      "a.tgz": new Uint8Array(gzipSync(makeTar(list))),
    };
    const change = fc.tuple(fc.nat(), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<keyof typeof originals>("a.zip", "a.tar", "a.tgz"),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat(), { nil: undefined }),
        async (kind, changes, cut) => {
          const bytes = originals[kind].slice();
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          await init(kind, cut === undefined ? bytes : bytes.subarray(0, cut % bytes.length));
        },
      ),
      { numRuns: 200 },
    );
  });
});
