import { describe, expect, test } from "vitest";
import { listSources } from "../../../scripts/rooms.ts";
import { looksEnglish, sayFact, sayPhrase } from "../../../src/base/index.ts";

describe("a word that programs use among themselves", () => {
  test.each([
    ["ECONNREFUSED", "nothing listens at that address", "tidak ada yang melayani di alamat itu"],
    ["connect ECONNREFUSED 127.0.0.1:9", "nothing listens at that address", "tidak ada yang melayani di alamat itu"],
    ["ESOMETHING", "the system reported a fault", "sistem melaporkan gangguan"],
    ["fetch failed", "the connection was cut", "sambungannya terputus"],
    ["quota", "the storage quota is used up", "kuota penyimpanan habis"],
    ["ObjectPublished", "the upload", "unggahan"],
    ["size: Invalid input: expected number, received string", "size: must be number", "size: harus berupa number"],
    ["size: Invalid input: expected string, received undefined", "size: is missing", "size: tidak ada"],
    ['Unexpected token "<", "<!doctype" is not valid JSON', "it is not JSON", "bukan JSON"],
    ["api/a.ts is not in the package", "api/a.ts is not in the package", "api/a.ts tidak ada di paket"],
    ["pages/x: it is empty", "pages/x: it is empty", "pages/x: kosong"],
    ["report.pdf", "report.pdf", "report.pdf"],
  ])("%s is said for people", (raw, english, indonesian) => {
    expect([sayPhrase(raw, "en"), sayPhrase(raw, "id")]).toEqual([english, indonesian]);
  });

  test("what a user named is left alone, whatever it is called", () => {
    const names = ["quota", "files", "ECONNREFUSED"];
    expect(names.map((name) => sayFact("name", name, "id"))).toEqual(names);
    expect(sayFact("what", "files", "id")).toBe("berkas");
  });

  test("a reason that has no Indonesian words is left to -v, and only there", () => {
    const unknown = "the moon is in the wrong house for that";
    expect(sayFact("reason", unknown, "en")).toBe(unknown);
    expect(sayFact("reason", unknown, "id")).not.toContain("moon");
    expect(sayFact("path", unknown, "id")).toBe(unknown);
  });

  test("a long hostile reason is worded without delay", () => {
    const startMs = performance.now();
    sayFact("reason", `${"a: ".repeat(2000)}it is ${"x".repeat(50_000)} empty`, "id");
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});

test("English is told from Indonesian", () => {
  const english = ["The disk refused to write.", "It is not there yet", "what ran before goes on by itself"];
  const indonesian = [
    "Disk menolak menulis.",
    "Jalankan `dsdn deploy of the app` lagi.",
    "Pakai --to untuk memilih versi.",
    "Buat dengan `dsdn keys generate`, atau pulihkan dengan `dsdn keys recover`.",
    "a tersimpan: 1 berkas, 3 B.",
  ];
  expect(english.filter(looksEnglish)).toEqual(english);
  expect(indonesian.filter(looksEnglish)).toEqual([]);
});

/** Rooms whose reasons are read by those who run roles, of logs and proofs; users meet them as "see -v". */
const TECHNICAL =
  /^src\/(?:chain|da|crypto|storage|state|devnet|runtime\/child|runtime\/wasm|roles\/(?:sequencer|validator|coordinator))\//;

test("every reason that the rooms of users give has Indonesian words", () => {
  const missing = listSources("src")
    .filter(({ path }) => !TECHNICAL.test(path) && !/errors\.ts$|generated/.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\breason: (?:"([^"\n]+)"|`([^`\n]+)`)/g)].map(([, plain, template]) => ({
        path,
        reason: plain ?? (template ?? "").replaceAll(/\$\{[^}]*\}/g, "x7"),
      })),
    )
    .filter(
      ({ reason }) =>
        reason.includes(" ") &&
        sayFact("reason", reason, "id") === sayFact("reason", "the moon is not of cheese", "id"),
    );
  expect(missing).toEqual([]);
});
