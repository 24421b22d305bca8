import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Disk, systemDisk, systemFileTree } from "../../../src/base/index.ts";
import { initFrom } from "../../../src/packager/index.ts";
import { makePaxTar, makeTar, makeZip, type TarSample, type ZipSample } from "./archives.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "dsdn-init-from-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const deps = () => ({ tree: systemFileTree(), disk: systemDisk() });

async function initArchive(name: string, bytes: Uint8Array, disk: Disk = systemDisk()) {
  await writeFile(join(root, name), bytes);
  return initFrom({ from: join(root, name), folder: join(root, "app") }, { ...deps(), disk });
}

/** Refused, and the folder it should have made is not there, nor anything else. */
async function expectRefusal(name: string, bytes: Uint8Array): Promise<void> {
  await expect(initArchive(name, bytes)).rejects.toMatchObject({
    spec: { code: expect.stringMatching(/^DSDN_PACKAGER_SOURCE_(REFUSED|DAMAGED)$/) },
  });
  expect(await readdir(root)).toEqual([name]);
  await rm(join(root, name));
}

const zip = (...samples: ZipSample[]) => makeZip(samples);
const tar = (...samples: TarSample[]) => makeTar(samples);
const good = { name: "a.txt", content: "a" };

describe("a project from an archive", () => {
  it.each([
    ["a.zip", zip({ name: "index.html", content: "<p>" }, { name: "img/" }, { name: "img/é.svg", content: "s" })],
    [
      "a.tar",
      tar({ name: "index.html", content: "<p>" }, { name: "img/", flag: "5" }, { name: "img/é.svg", content: "s" }),
    ],
    ["a.tgz", gzipSync(tar({ name: "./index.html", content: "<p>" }, { name: "./img/é.svg", content: "s" }))],
  ])("holds what %s holds", async (name, bytes) => {
    const result = await initArchive(name, bytes);
    expect(result.files).toEqual(["img/é.svg", "index.html"]);
    expect(await readFile(join(root, "app/img/é.svg"), "utf8")).toBe("s");
    expect((await readdir(root)).sort()).toEqual([name, "app"].sort());
  });

  it("lies in the folder itself, without the one folder that held it all", async () => {
    const { files } = await initArchive(
      "a.zip",
      zip({ name: "repo-main/" }, { name: "repo-main/src/index.ts", content: "x" }),
    );
    expect(files).toEqual(["src/index.ts"]);
  });

  it("leaves out version control, installed packages and secrets, and says so", async () => {
    const names = [
      ".git/hooks/post-checkout",
      "node_modules/x/index.js",
      ".env",
      "__MACOSX/a",
      "keys/server.pem",
      "a.txt",
    ];
    const { files, skipped } = await initArchive("a.zip", zip(...names.map((name) => ({ name, content: "x" }))));
    expect(files).toEqual(["a.txt"]);
    expect(skipped).toEqual([".env", ".git", "__MACOSX", "keys/server.pem", "node_modules"]);
  });

  it.each([
    ["../up.txt"],
    ["a/../../up.txt"],
    ["/etc/passwd"],
    ["C:up.txt"],
    ["C:\\up.txt"],
    ["a\\..\\..\\up.txt"],
    ["\\\\server\\share\\x"],
    ["a//b.txt"],
    ["aux.txt"],
    ["dots."],
    ["name:stream"],
    ["line\nbreak"],
    [`${"d/".repeat(80)}deep.txt`],
    [`${"x".repeat(300)}.txt`],
  ])("is refused with an entry called %j", async (name) => {
    await expectRefusal("a.zip", zip(good, { name, content: "x" }));
    await expectRefusal("a.tar", name.length > 100 ? makePaxTar(name) : tar(good, { name, content: "x" }));
  });

  it("is refused with a NUL in a name", async () => {
    await expectRefusal("a.zip", zip({ name: "a\0.txt", content: "x" }));
    await expectRefusal("a.tar", makePaxTar("a\0.txt"));
  });

  it.each([
    ["twice the same", ["a.txt", "a.txt"]],
    ["twins but for case", ["Read.me", "read.ME"]],
    ["twins but for composition", ["é", "e\u0301"]],
    ["a file where another has a folder", ["a", "a/b"]],
    ["folders that are twins", ["A/b", "a/c"]],
  ])("is refused with names that are %s", async (_what, names) => {
    await expectRefusal("a.zip", zip(...names.map((name) => ({ name, content: "x" }))));
    await expectRefusal("a.tar", tar(...names.map((name) => ({ name, content: "x" }))));
  });

  it.each([
    [
      "a symbolic link out, then a file through it",
      tar({ name: "out", flag: "2", link: "/tmp" }, { name: "out/x", content: "x" }),
    ],
    ["a symbolic link inside", tar(good, { name: "b", flag: "2", link: "a.txt" })],
    ["a hard link out", tar(good, { name: "b", flag: "1", link: "../../etc/passwd" })],
    ["a character device", tar(good, { name: "null", flag: "3" })],
    ["a block device", tar(good, { name: "disk", flag: "4" })],
    ["a pipe", tar(good, { name: "pipe", flag: "6" })],
    ["a negative size", tar({ ...good, sizeField: new Uint8Array(12).fill(0xff) })],
    ["a size of 2^62", tar({ ...good, sizeField: Uint8Array.of(0x80, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0) })],
    ["a size that is no number", tar({ ...good, sizeField: new Uint8Array(Buffer.from("-0000000001\0")) })],
    ["its end missing", tar({ name: "a.txt", content: "x".repeat(2000) }).subarray(0, 1024)],
    ["a wrong checksum", tar(good).map((byte, at) => (at === 1 ? 0x62 : byte))],
    ["nothing in it", new Uint8Array(1024)],
    ["no byte", new Uint8Array(0)],
  ])("is refused as tar with %s", async (_what, bytes) => {
    await expectRefusal("a.tar", new Uint8Array(bytes));
  });

  it.each([
    ["a symbolic link", zip({ name: "out", content: "/tmp", says: { mode: 0o120777 } })],
    ["a device", zip({ name: "disk", says: { mode: 0o060644 } })],
    ["an encrypted entry", zip({ ...good, says: { flags: 0x801 } })],
    ["an unknown way of packing", zip({ ...good, says: { method: 12 } })],
    ["a wrong checksum", zip({ ...good, says: { crc: 1 } })],
    ["an entry shorter than it says", zip({ ...good, says: { sizeBytes: 2 } })],
    ["an entry longer than it says", zip({ name: "a", content: "x".repeat(99_999), says: { sizeBytes: 10 } })],
    [
      "two entries of the same bytes",
      zip({ name: "a", content: "x" }, { name: "b", content: "x", says: { offset: 0 } }),
    ],
    ["an entry outside the archive", zip({ ...good, says: { offset: 0x7fffffff } })],
    ["packed bytes beyond the end", zip({ ...good, says: { packedBytes: 0x7fffffff } })],
    ["another name in front of the content", zip({ ...good, says: { localName: "b.txt" } })],
    ["a ZIP64 size", zip({ ...good, says: { sizeBytes: 0xffffffff } })],
    ["a name in no known encoding", zip({ name: Uint8Array.of(0xff, 0xfe), content: "x", says: { flags: 0 } })],
    ["its end missing", zip(good).subarray(0, -5)],
    ["nothing in it", zip()],
    ["no byte", new Uint8Array(0)],
  ])("is refused as ZIP with %s", async (_what, bytes) => {
    await expectRefusal("a.zip", bytes);
  });

  it("is refused before it is unpacked when a few kilobytes say they are gigabytes", async () => {
    const bomb = Array.from({ length: 16 }, (_, at) => ({
      name: `${at}.bin`,
      content: new Uint8Array(20_000),
      says: { sizeBytes: 256 * 1024 * 1024 },
    }));
    const bytes = makeZip(bomb);
    expect(bytes.length).toBeLessThan(42 * 1024);
    await expectRefusal("bomb.zip", bytes);
    await expectRefusal(
      "bomb.tgz",
      gzipSync(tar({ name: "zeros", content: new Uint8Array(140 * 1024 * 1024) }), { level: 1 }),
    );
  });

  it("is refused with more entries than a project has", async () => {
    await expectRefusal("many.zip", makeZip(Array.from({ length: 10_001 }, (_, at) => ({ name: `${at}` }))));
  });
});

describe("the folder a project is made in", () => {
  it("is left as it was when writing fails halfway", async () => {
    const disk = systemDisk();
    let writes = 0;
    const failing: Disk = {
      ...disk,
      write: async (...given) => {
        if (++writes === 2) throw new Error("no space");
        return disk.write(...given);
      },
    };
    const bytes = zip(good, { name: "b.txt", content: "b" });
    await expect(initArchive("a.zip", bytes, failing)).rejects.toThrow("no space");
    expect(await readdir(root)).toEqual(["a.zip"]);
    await mkdir(join(root, "app"));
    writes = 0;
    await expect(initArchive("a.zip", bytes, failing)).rejects.toThrow("no space");
    expect(await readdir(join(root, "app"))).toEqual([]);
  });

  it("may be there when it is empty, or holds what an interrupted run left", async () => {
    await mkdir(join(root, "app", ".dsdn-init"), { recursive: true });
    await writeFile(join(root, "app", ".dsdn-init", "half"), "x");
    await initArchive("a.zip", zip(good));
    expect(await readdir(join(root, "app"))).toEqual(["a.txt"]);
    await expect(initArchive("a.zip", zip(good))).rejects.toMatchObject({
      spec: { code: "DSDN_PACKAGER_FOLDER_TAKEN" },
    });
  });

  it("takes a folder's files, but no link, and changes nothing there", async () => {
    const source = join(root, "source");
    await mkdir(join(source, "src"), { recursive: true });
    await writeFile(join(source, "src", "index.ts"), "x");
    await writeFile(join(source, ".gitignore"), "dist");
    await writeFile(join(source, ".env"), "TOKEN=1");
    await chmod(join(source, ".env"), 0o600);
    const target = join(root, "app");
    const result = await initFrom({ from: source, folder: target }, deps());
    expect(result).toMatchObject({ files: [".gitignore", "src/index.ts"], skipped: [".env"] });
    await symlink("/etc", join(source, "etc"));
    await expect(initFrom({ from: source, folder: join(root, "other") }, deps())).rejects.toMatchObject({
      spec: { code: "DSDN_PACKAGER_SOURCE_REFUSED" },
    });
  });

  it("is not made from what is neither a folder nor an archive", async () => {
    await writeFile(join(root, "notes.txt"), "x");
    for (const name of ["notes.txt", "missing.zip"]) {
      await expect(initFrom({ from: join(root, name), folder: join(root, "app") }, deps())).rejects.toMatchObject({
        spec: { code: "DSDN_PACKAGER_SOURCE_UNKNOWN" },
      });
    }
  });
});
