import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");
const pagesOf = (language: string) =>
  globSync(`docs/${language}/**/*.md`, { cwd: root })
    .map((path) => path.slice(8))
    .sort();
const pages = pagesOf("en");
const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, "");
const all = [
  ...["en", "id"].flatMap((language) => pagesOf(language).map((page) => `docs/${language}/${page}`)),
  "README.md",
  "README.id.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
];

describe("the documentation", () => {
  test("has the same pages in both languages", () => {
    expect(pagesOf("id")).toEqual(pages);
  });

  test.each(pages)("%s has the same headings, code blocks and tables in both languages", (page) => {
    const shape = (text: string) => ({
      headings: (withoutCode(text).match(/^#+ /gm) ?? []).map((mark) => mark.length - 1),
      codeBlocks: (text.match(/^```\w*/gm) ?? []).join(" "),
      tableRows: (withoutCode(text).match(/^\|/gm) ?? []).length,
    });
    expect(shape(read(`docs/id/${page}`))).toEqual(shape(read(`docs/en/${page}`)));
  });

  test.each(all)("%s links only to what exists", (page) => {
    const targets = [...withoutCode(read(page)).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(
      (match) => match[1] ?? "",
    );
    expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  test.each(all)("%s claims nothing the network does not do", (page) => {
    expect(read(page)).not.toMatch(
      /trustless|permissionless|censorship[- ]resistant|production[- ]ready|fully decentrali[sz]ed/i,
    );
  });

  test("the README shows only commands that exist, in both languages the same", async () => {
    const { manifest } = (await import(pathToFileURL(join(root, "dist/manifest.js")).href)) as {
      manifest: { commands: { id: string }[] };
    };
    const known = manifest.commands.map(({ id }) => id);
    const calls = (page: string) =>
      [...read(page).matchAll(/^(?:\$ )?(?:npx )?dsdn ([^\n|&#]+)/gm)].map((match) => (match[1] ?? "").trim());
    const unknown = calls("README.md").filter(
      (call) => !known.some((id) => call === id || call.startsWith(`${id} `)) && !call.startsWith("--"),
    );
    expect(unknown).toEqual([]);
    expect(calls("README.id.md")).toEqual(calls("README.md"));
  });
});
