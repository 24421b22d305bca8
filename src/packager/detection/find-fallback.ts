import { join } from "node:path";
import type { FileTree } from "../../base/index.ts";
import { readTextFile } from "../read-text.ts";
import { findFile, isFile } from "./detection.ts";

/** The page for what is missing: where there is one, a path without a file is missing. */
const MISSING_PAGE = "404.html";
/** A shell that shows every path of an application. Nuxt also writes it where every page was made beforehand. */
const SHELL_PAGE = "200.html";
/** Such a shell, written only where it is needed: React Router and Remix, Angular. */
const ANGULAR_SHELL_PAGE = "index.csr.html";
const OWN_SHELL_PAGES = ["__spa-fallback.html", ANGULAR_SHELL_PAGE];
/** Pages a tool writes beside `index.html` for paths that are not there. */
const NO_PAGES = new Set(["index.html", MISSING_PAGE, SHELL_PAGE, ...OWN_SHELL_PAGES]);
/** Entries looked at to learn whether a site has more than one page. */
const PAGE_ENTRIES = 5000;

/** Names of pages by one of which the output of a tool is known. */
export const entryPages: readonly string[] = ["index.html", SHELL_PAGE, ANGULAR_SHELL_PAGE];

/**
 * The page of a built application that shows every path without a file; undefined when such a path is missing.
 *
 * @param folder - absolute path of the output.
 * @param named - the page the tool's settings name.
 */
export async function findFallback(
  folder: string,
  named: string | undefined,
  tree: FileTree,
): Promise<string | undefined> {
  const has = (name: string) => isFile(join(folder, name), tree);
  if (named === MISSING_PAGE) return undefined;
  if (named !== undefined && (await has(named))) return named;
  const shell = await readTextFile(join(folder, SHELL_PAGE), tree);
  // The first page is the shell itself: nothing was made beforehand, and a page for what is missing would be shown always.
  if (shell !== "" && shell === (await readTextFile(join(folder, "index.html"), tree))) return SHELL_PAGE;
  if (await has(MISSING_PAGE)) return undefined;
  if (shell !== "") return SHELL_PAGE;
  const own = await findFile(folder, OWN_SHELL_PAGES, tree);
  return own ?? ((await hasOnePage(folder, tree)) ? "index.html" : undefined);
}

async function hasOnePage(folder: string, tree: FileTree): Promise<boolean> {
  let left = PAGE_ENTRIES;
  const folders = [""];
  for (let below = folders.pop(); below !== undefined && left > 0; below = folders.pop()) {
    const entries = await tree.list(join(folder, below), left);
    left -= entries.length;
    for (const { name, kind } of entries) {
      if (kind === "folder") folders.push(join(below, name));
      else if (/\.html?$/i.test(name) && (below !== "" || !NO_PAGES.has(name))) return false;
    }
  }
  return true;
}
