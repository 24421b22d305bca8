import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { useNetwork } from "../cli/network.ts";
import { blocksOf, copyExample, type ExampleCopy, readReadme } from "./reader.ts";

const network = useNetwork();

async function typed(example: ExampleCopy, lines: string): Promise<string> {
  const { exitCode, output } = await example.type(lines);
  expect(exitCode, output.slice(-3_000)).toBe(0);
  return output;
}

const follow = (example: ExampleCopy, name: string) =>
  typed(example, blocksOf(readReadme(name, "en"), "sh").join("\n"));

describe("backup-client", () => {
  test("does what its README says", async () => {
    const example = copyExample("backup-client", network);
    const output = await follow(example, "backup-client");
    expect(output).toContain("is papers as it was at");
    expect(example.read("again/taxes.txt")).toBe("income, corrected\n");
    expect(example.read("as-it-was/taxes.txt")).toBe("income\n");
  });

  test("sends only what changed, keeps the newest, and never writes over what is there", async () => {
    const example = copyExample("backup-client", network, "backup-client-2");
    const folder = join(example.folder, "album");
    mkdirSync(join(folder, "raw"), { recursive: true });
    writeFileSync(join(folder, "raw", "one.bin"), randomBytes(400_000));
    writeFileSync(join(folder, "notes.txt"), "first");
    const sentOf = async () => {
      const output = await typed(example, "node backup.ts album --keep 2");
      return { output, sent: Number(/, (\d+) sent/.exec(output)?.[1]) };
    };
    expect((await sentOf()).sent).toBeGreaterThan(400_000);
    writeFileSync(join(folder, "notes.txt"), "second");
    expect((await sentOf()).sent).toBeLessThan(20_000);
    expect((await sentOf()).output).toMatch(/backup-album-\d{8}T\d{9}Z: removed/);
    expect((await typed(example, "node restore.ts album")).match(/^\d{8}T\d{9}Z$/gm)).toHaveLength(2);
    await typed(example, "node restore.ts album back");
    expect(example.read("back/notes.txt")).toBe("second");
    expect(readFileSync(join(example.folder, "back/raw/one.bin"))).toEqual(
      readFileSync(join(example.folder, "album/raw/one.bin")),
    );
    writeFileSync(join(example.folder, "back/notes.txt"), "mine");
    expect((await example.type("node restore.ts album back")).exitCode).not.toBe(0);
    expect(example.read("back/notes.txt")).toBe("mine");
    expect((await example.type("node restore.ts album other --at 20200101T000000000Z")).exitCode).toBe(1);
    expect(existsSync(join(example.folder, "other"))).toBe(false);
    expect((await example.type("node backup.ts album --keep 0")).exitCode).toBe(2);
    const away = await example.type("DSDN_INGRESS_ENDPOINT=http://127.0.0.1:9 node backup.ts album");
    expect(away).toMatchObject({ exitCode: 31, output: expect.stringContaining("DSDN_BASE_UNREACHABLE") });
  });
});

/** The smallest thing with the segments of a JPEG: EXIF with a place in it, a table, a scan. */
function makeJpeg(place: string, picture: string): Buffer {
  const segment = (code: number, content: string) => {
    const body = Buffer.from(content, "latin1");
    return Buffer.concat([Buffer.from([0xff, code, (body.length + 2) >> 8, (body.length + 2) & 0xff]), body]);
  };
  const scan = Buffer.concat([segment(0xda, "scan"), Buffer.from(picture, "latin1"), Buffer.from([0xff, 0xd9])]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), segment(0xe1, `Exif\0\0${place}`), segment(0xdb, "table"), scan]);
}

describe("photo-share", () => {
  test("does what its README says", async () => {
    const example = copyExample("photo-share", network);
    const output = await follow(example, "photo-share");
    expect(output).toContain("beach: 1 photos");
    expect(output).toMatch(/Citra\tbeach\trevoked/);
  });

  test("strangers see the pictures by their own link, without place, until it ends; others go on", async () => {
    const example = copyExample("photo-share", network, "photo-share-2");
    mkdirSync(join(example.folder, "trip"));
    writeFileSync(join(example.folder, "trip/sea.jpg"), makeJpeg("6.2S 106.8E", "waves"));
    writeFileSync(join(example.folder, "trip/notes.txt"), "not a photo");
    expect(await typed(example, "node album.ts add trip sea")).toContain("notes.txt: no JPEG, left out");
    const linkFor = async (person: string, days: number) => {
      const output = await typed(example, `node album.ts share sea ${person} --days ${days}`);
      writeFileSync(join(example.folder, `${person}.link`), /^http\S+$/m.exec(output)?.[0] ?? "", { mode: 0o600 });
    };
    await linkFor("Budi", 1);
    await linkFor("Dewi", 30);
    const open = (person: string, out: string) =>
      network.run(["get", "--link-file", join(example.folder, `${person}.link`), "--out", join(example.folder, out)], {
        env: { DSDN_HOME: join(network.folder, "stranger") },
      });
    expect((await open("Budi", "for-budi")).exitCode).toBe(0);
    const seen = readFileSync(join(example.folder, "for-budi/sea.jpg")).toString("latin1");
    expect([seen.includes("waves"), seen.includes("106.8E")]).toEqual([true, false]);
    expect(existsSync(join(example.folder, "for-budi/notes.txt"))).toBe(false);
    await typed(example, "node album.ts end Dewi");
    expect((await open("Dewi", "for-dewi")).exitCode).not.toBe(0);
    expect((await open("Budi", "once-more")).exitCode).toBe(0);
    const people = await typed(example, "node album.ts people");
    expect(people).toMatch(/Budi\tsea\topen/);
    expect(people).toMatch(/Dewi\tsea\trevoked/);
    expect((await example.type("node album.ts share sea")).exitCode).toBe(2);
  });

  test("its links end by themselves", async () => {
    const example = copyExample("photo-share", network, "photo-share-3");
    mkdirSync(join(example.folder, "hill"));
    writeFileSync(join(example.folder, "hill/top.jpg"), makeJpeg("7.9S 112.9E", "rocks"));
    await typed(example, "node album.ts add hill hill\nnode album.ts share hill Eka --days 0.02");
    expect(await typed(example, "node album.ts people")).toMatch(/Eka\thill\topen/);
    await network.summary(["dev", "clock", "advance", "1h"]);
    await expect.poll(() => typed(example, "node album.ts people")).toMatch(/Eka\thill\texpired/);
  });
});
