import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
import { blocksOf, readReadme } from "./reader.ts";

const folder = join(root, "examples");
const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const headingsOf = (text: string) => [...text.matchAll(/^(#+) /gm)].map(([, level]) => level);
const linksOf = (text: string) => [...text.matchAll(/\]\(([^)#\s]+)\)/g)].map(([, target = ""]) => target);

test("there are ten, and the index leads to each of them in both languages", () => {
  expect(names).toHaveLength(10);
  for (const [file, own] of [
    ["README.md", "README.md"],
    ["README.id.md", "README.id.md"],
  ] as const) {
    const links = linksOf(readFileSync(join(folder, file), "utf8"));
    expect(links.filter((link) => link.endsWith(`/${own}`)).sort()).toEqual(names.map((name) => `${name}/${own}`));
  }
});

describe.each(names)("examples/%s", (name) => {
  test("says the same in both languages, with the same commands, and names files that are there", () => {
    const [english, indonesian] = [readReadme(name, "en"), readReadme(name, "id")];
    expect(headingsOf(indonesian)).toEqual(headingsOf(english));
    for (const fence of ["sh", "console"]) expect(blocksOf(indonesian, fence)).toEqual(blocksOf(english, fence));
    expect(blocksOf(english, "sh").join("")).toMatch(/^dsdn dev start -d\n/);
    for (const text of [english, indonesian]) {
      const rows = [...text.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)]);
      const named = rows.map(([, path = ""]) => path.replace(/\*.*$/, ""));
      expect(named.length).toBeGreaterThan(0);
      for (const path of [...named, ...linksOf(text)]) expect(existsSync(join(folder, name, path)), path).toBe(true);
    }
  });

  test("asks for this very version of the package, when it asks for it", () => {
    const manifest = join(folder, name, "package.json");
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    const wished = existsSync(manifest)
      ? (JSON.parse(readFileSync(manifest, "utf8")).dependencies?.dsdn as string)
      : undefined;
    expect([undefined, version]).toContain(wished);
  });
});
