import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
import { githubSlug } from "../../site/markdown.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");
const pagesOf = (language: string) =>
  globSync(`docs/${language}/**/*.md`, { cwd: root })
    .map((path) => path.slice(8))
    .sort();
const pages = pagesOf("en");
const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, "");
/** The names under which a repository viewer and the site find the headings of a page; a name that comes again is numbered. */
function headingsOf(path: string): string[] {
  const slugs = (withoutCode(read(path)).match(/^#+ .*$/gm) ?? []).map((line) => githubSlug(line.replace(/^#+ /, "")));
  return slugs.map((slug, index) => {
    const before = slugs.slice(0, index).filter((other) => other === slug).length;
    return before === 0 ? slug : `${slug}-${before}`;
  });
}
const all = [
  ...["en", "id"].flatMap((language) => pagesOf(language).map((page) => `docs/${language}/${page}`)),
  "README.md",
  "README.id.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
];

/** What else people read: of projects, examples, the site and the dashboard. */
const alsoRead = globSync(
  ["templates/**/*.{md,html}", "examples/**/*.{md,html}", "site/*.ts", "dashboard/**/*.ts", "llms.txt"],
  {
    cwd: root,
    exclude: (path) => path === "node_modules" || path.includes(".vitepress"),
  },
);

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

  test.each(all)("%s links only to files and headings that exist", (page) => {
    const links = [...withoutCode(read(page)).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const broken = links.filter(([, file = "", heading]) => {
      const path = file === "" ? page : join(dirname(page), file);
      return !existsSync(join(root, path)) || (heading !== undefined && !headingsOf(path).includes(heading));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test.each(all.filter((page) => page.startsWith("docs/")))("%s begins with its title and has no other", (page) => {
    const text = read(page).replace(/^---\n[\s\S]*?\n---\n+/, "");
    expect(text).toMatch(/^# \S/);
    expect(withoutCode(text).match(/^# /gm)).toHaveLength(1);
  });

  test.each(all)("%s leads nowhere by an address that holds in one viewer only", (page) => {
    const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
    expect(links.filter((link) => link.startsWith("/") || /^http:|\.html(#|$)/.test(link))).toEqual([]);
  });

  test("leads from its index to every page that is not generated", () => {
    for (const language of ["en", "id"]) {
      const linked = [...read(`docs/${language}/index.md`).matchAll(/\]\(([^)#\s]+)\)/g)].map(
        (match) => match[1] ?? "",
      );
      const written = pages.filter((page) => page !== "index.md" && !/^(api-reference|troubleshooting)\//.test(page));
      expect(written.filter((page) => !linked.includes(page))).toEqual([]);
    }
  });

  test.each([...all, ...alsoRead])("%s claims nothing the network does not do", (page) => {
    expect(read(page)).not.toMatch(
      /trustless|permissionless|censorship[- ]resistant|production[- ]ready|fully decentrali[sz]ed/i,
    );
    expect(read(page)).not.toMatch(
      /tanpa (perlu )?kepercayaan|tanpa perizinan|tahan sensor|siap produksi|(sepenuhnya terdesentralisasi|terdesentralisasi (penuh|sepenuhnya))/i,
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
