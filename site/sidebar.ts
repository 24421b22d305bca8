import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DefaultTheme } from "vitepress";
import { type Language, siteTexts } from "./texts.ts";

interface Page {
  /** Below docs/<language>, without the ending. */
  readonly path: string;
  readonly title: string;
}

/** The order of the groups, and of the pages in them; what is not named here follows by its title. */
const order: { readonly [group: string]: readonly string[] } = {
  start: ["quickstart", "concepts", "glossary"],
  tutorials: ["first-site", "encrypted-backup", "api-with-storage", "survive-failures"],
  guides: [
    "storage-and-keys",
    "deploy",
    "devnet",
    "dashboard",
    "terminal-and-scripts",
    "library",
    "ci",
    "networks",
    "intents",
    "runtime",
    "secrets",
  ],
  "api-reference": [
    "index",
    "commands/index",
    "library",
    "library-types",
    "library-browser",
    "library-browser-types",
    "library-vitest",
    "http",
  ],
  troubleshooting: ["index"],
  background: ["architecture", "protocol", "threat-model", "performance", "comparison"],
};

/** The pages of one language by group, as the folders of docs/<language> have them. */
export function makeSidebar(docsFolder: string, language: Language): DefaultTheme.SidebarItem[] {
  const pages = readPages(join(docsFolder, language));
  const { groups } = siteTexts[language];
  return Object.keys(order).flatMap((group) => {
    const items = pages.filter(({ path }) => groupOf(path) === group).toSorted(byOrder(order[group] ?? []));
    if (items.length === 0) return [];
    const direct = items.filter(({ path }) => !isCommandPage(path)).map(toItem(language));
    const commands = items.filter(({ path }) => isCommandPage(path)).map(toItem(language));
    const nested = commands.length === 0 ? [] : [{ text: groups["commands"] ?? "", collapsed: true, items: commands }];
    const isLong = group === "troubleshooting";
    return [{ text: groups[group] ?? group, collapsed: isLong, items: [...direct, ...nested] }];
  });
}

/** The links at the top: the first page of each group that a reader looks for. */
export function makeNavigation(docsFolder: string, language: Language): DefaultTheme.NavItem[] {
  const pages = readPages(join(docsFolder, language));
  const { groups } = siteTexts[language];
  return ["start", "guides", "api-reference", "troubleshooting"].flatMap((group) => {
    const [first] = pages.filter(({ path }) => groupOf(path) === group).toSorted(byOrder(order[group] ?? []));
    if (first === undefined) return [];
    const folder = group === "start" ? `/${language}/(?:quickstart|concepts|glossary)` : `/${language}/${group}/`;
    return [{ text: groups[group] ?? group, link: linkOf(first.path, language), activeMatch: `^${folder}` }];
  });
}

function readPages(folder: string): Page[] {
  return globSync("**/*.md", { cwd: folder })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file !== "index.md")
    .map((file) => {
      const [, title = file] = /^# (.+)$/m.exec(readFileSync(join(folder, file), "utf8")) ?? [];
      return { path: file.replace(/\.md$/, ""), title: title.replaceAll("`", "") };
    });
}

function groupOf(path: string): string {
  const [folder = "", inner] = path.split("/");
  if (inner !== undefined) return folder;
  return (order["start"] ?? []).includes(folder) ? "start" : "background";
}

function isCommandPage(path: string): boolean {
  return path.startsWith("api-reference/commands/") && !path.endsWith("/index");
}

function byOrder(names: readonly string[]) {
  const place = ({ path }: Page) => {
    const name = path.replace(/^(?:tutorials|guides|api-reference|troubleshooting)\//, "");
    return names.includes(name) ? names.indexOf(name) : names.length;
  };
  return (left: Page, right: Page) => place(left) - place(right) || (left.title < right.title ? -1 : 1);
}

function toItem(language: Language) {
  return ({ path, title }: Page) => ({ text: title, link: linkOf(path, language) });
}

function linkOf(path: string, language: Language): string {
  return `/${language}/${path.replace(/(?:^|(?<=\/))index$/, "")}`;
}
