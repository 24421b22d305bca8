// Makes a small committed project out of one that was really created and built: names and folders stay as the tools
// wrote them; long files are cut, source maps and most of the rest are left out.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "./rooms.ts";

interface Saved {
  readonly name: string;
  /** Folder of the project that was built. */
  readonly path: string;
  /** Where its site came out, below the path. */
  readonly site: string;
  /** A page of it below the first one, as its address. */
  readonly deep: string;
  /** Whether the sources came from the committed project. */
  readonly hasSources: boolean;
}

interface Budget {
  readonly bytes: number;
  readonly files: number;
}

const SITE: Budget = { bytes: 40 * 1024, files: 32 };
const SOURCES: Budget = { bytes: 16 * 1024, files: 24 };
/** Of a file this much is kept: a page with its head, the beginning of a script, something of a picture. */
const CUT = { page: 6 * 1024, text: 1024, binary: 64 };
const TOO_LONG_FOR_SOURCE = 6 * 1024;
const LEFT_OUT =
  /(^|\/)(node_modules|resources|\.(?!vitepress|storybook|output|nojekyll)[^/]*|README\.md|AGENTS\.md|CLAUDE\.md|package-lock\.json|Gemfile\.lock|next-env\.d\.ts|[^/]*\.(tsbuildinfo|log|map|lock))(\/|$)/;
const PAGE = /\.html?$/;
const TEXT = /\.([cm]?[jt]sx?|css|json|svg|xml|txt|toml|ya?ml|mdx?|markdown|vue|svelte|astro|njk|rb)$|(^|\/)Gemfile$/;

/** Replaces the committed project of that name. */
export function saveFramework({ name, path, site, deep, hasSources }: Saved): void {
  const target = join(root, "test/fixtures/projects", name);
  rmSync(join(target, site), { recursive: true, force: true });
  if (!hasSources) {
    rmSync(target, { recursive: true, force: true });
    const sources = listFiles(path).filter((file) => !file.startsWith(`${site}/`) && isSource(file));
    copy({ from: path, to: target, files: sources, required: ["package.json"], budget: SOURCES, isWhole: true });
  }
  const from = join(path, site);
  const files = listFiles(from);
  const home = readFileSync(join(from, "index.html"), "utf8");
  const loaded = [...home.matchAll(/(?:src|href)=["']?(?:\.?\/)?([^"'\s>?#]+)/g)].map(([, file = ""]) => file);
  const below = deep.replace(/^\/|\/$/g, "").replace(/\?.*/, "");
  const required = ["index.html", "404.html", below, `${below}.html`, `${below}/index.html`, ...loaded];
  copy({ from, to: join(target, site), files, required, budget: SITE, isWhole: false });
}

const isSource = (file: string) => TEXT.test(file) || PAGE.test(file);

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .filter((file) => !LEFT_OUT.test(file));
}

interface Copy {
  readonly from: string;
  readonly to: string;
  readonly files: readonly string[];
  readonly required: readonly string[];
  readonly budget: Budget;
  /** Files that are too long are left out instead of cut. */
  readonly isWhole: boolean;
}

/** What is required, then what lies highest, until the budget is used up. */
function copy({ from, to, files, required, budget, isWhole }: Copy): void {
  const order = (file: string) => (required.includes(file) ? 0 : file.split("/").length);
  const sorted = [...files].sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1));
  let bytes = 0;
  let count = 0;
  for (const file of sorted) {
    const whole = readFileSync(join(from, file));
    const kept = isWhole ? whole : whole.subarray(0, cutOf(file));
    const isTooMuch = count >= budget.files || bytes + kept.length > budget.bytes;
    if (isTooMuch || (isWhole && whole.length > TOO_LONG_FOR_SOURCE)) continue;
    bytes += kept.length;
    count += 1;
    mkdirSync(dirname(join(to, file)), { recursive: true });
    writeFileSync(join(to, file), kept);
  }
}

function cutOf(file: string): number {
  if (PAGE.test(file)) return CUT.page;
  return TEXT.test(file) ? CUT.text : CUT.binary;
}
