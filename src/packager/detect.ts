import { basename, dirname, join } from "node:path";
import { type FileTree, fail } from "../base/index.ts";
import { packagerErrors } from "./errors.ts";
import { readJsonFile, readTextFile } from "./read-text.ts";

/** What a project is, judged by its files alone. No file of it is run and no configuration of another tool is read. */
export interface Detection {
  /** `web_app` serves requests with a program, `static` serves files only, `batch` runs once. */
  readonly type: "web_app" | "static" | "batch";
  /** Absolute folder that bounds everything that is packed. */
  readonly root: string;
  /** Folder below the root whose files are served (`` for the root itself); undefined when nothing is. */
  readonly site: string | undefined;
  /** Path below the root of the program's source; undefined when there is none. */
  readonly entry: string | undefined;
  /** True when the site's own script shows every path of it: unknown paths then answer with `index.html`. */
  readonly isSinglePage: boolean;
  /** Why, for people: the files that decided. */
  readonly because: readonly string[];
}

const SCRIPT = /\.(ts|mts|js|mjs)$/;
const EXTENSIONS = ["ts", "mts", "js", "mjs"];
/** Where build tools put what they built: Vite, Create React App, Next export, SvelteKit, Astro. */
const OUTPUT_FOLDERS = ["dist", "build", "out"];
const SITE_FOLDERS = ["public", "site", "www"];
const API_ENTRIES = ["api/index"];
const SERVICE_ENTRIES = ["src/index", "index", "src/worker", "worker", "src/api", "api"];
const BATCH_ENTRIES = ["src/main", "main", "src/batch", "batch"];

/**
 * Detects what lies at `path`, a folder or a script file.
 *
 * @throws DSDN_PACKAGER_PROJECT_MISSING, DSDN_PACKAGER_NOT_RECOGNISED, DSDN_PACKAGER_NEEDS_BUILD
 */
export async function detectProject(path: string, tree: FileTree): Promise<Detection> {
  const entry = await tree.find(path);
  if (entry?.kind === "file") return detectScript(path, tree);
  if (entry?.kind !== "folder") throw fail(packagerErrors.projectMissing, { path });
  const hasBuild = await hasBuildStep(path, tree);
  const site = await detectSite(path, hasBuild, tree);
  if (site !== undefined) return site;
  const program = await detectProgram(path, tree);
  // A build step may turn src/index into anything: only a program that plainly is ours is taken as it lies there.
  if (hasBuild && program?.isPlain !== true) {
    throw fail(packagerErrors.needsBuild, { path, looked: OUTPUT_FOLDERS.join(", ") });
  }
  if (program === undefined) throw fail(packagerErrors.notRecognised, { path });
  return program.detection;
}

async function detectScript(path: string, tree: FileTree): Promise<Detection> {
  const name = basename(path);
  if (!SCRIPT.test(name)) throw fail(packagerErrors.notRecognised, { path });
  const isService = looksLikeService(await readTextFile(path, tree));
  const fixed = { root: dirname(path), site: undefined, entry: name, because: [name] };
  return { type: isService ? "web_app" : "batch", ...fixed, isSinglePage: false };
}

async function detectSite(root: string, hasBuild: boolean, tree: FileTree): Promise<Detection | undefined> {
  // With a build step the sources are not the site, even when they hold an index.html.
  const folders = hasBuild ? OUTPUT_FOLDERS : ["", ...SITE_FOLDERS, ...OUTPUT_FOLDERS];
  const site = await findFirst(folders, (folder) => isFile(join(root, folder, "index.html"), tree));
  if (site === undefined) return undefined;
  const page = site === "" ? "index.html" : `${site}/index.html`;
  const entry = await findEntry(root, API_ENTRIES, tree);
  if (entry === undefined) return { type: "static", root, site, entry, isSinglePage: false, because: [page] };
  return { type: "web_app", root, site, entry, isSinglePage: false, because: [page, entry] };
}

async function hasBuildStep(root: string, tree: FileTree): Promise<boolean> {
  const { scripts } = await readJsonFile(join(root, "package.json"), tree);
  return typeof scripts === "object" && scripts !== null && Object.hasOwn(scripts, "build");
}

async function detectProgram(root: string, tree: FileTree) {
  const service = await findEntry(root, [...SERVICE_ENTRIES, ...API_ENTRIES], tree);
  const entry = service ?? (await findEntry(root, BATCH_ENTRIES, tree));
  if (entry === undefined) return undefined;
  const source = await readTextFile(join(root, entry), tree);
  const isBatch = looksLikeBatch(source);
  const type = service === undefined || isBatch ? "batch" : "web_app";
  const detection: Detection = { type, root, site: undefined, entry, isSinglePage: false, because: [entry] };
  return { detection, isPlain: isBatch || looksLikeService(source) };
}

function findEntry(root: string, names: readonly string[], tree: FileTree): Promise<string | undefined> {
  const candidates = names.flatMap((name) => EXTENSIONS.map((extension) => `${name}.${extension}`));
  return findFirst(candidates, (candidate) => isFile(join(root, candidate), tree));
}

async function findFirst(names: readonly string[], has: (name: string) => Promise<boolean>) {
  for (const name of names) if (await has(name)) return name;
  return undefined;
}

async function isFile(path: string, tree: FileTree): Promise<boolean> {
  return (await tree.find(path))?.kind === "file";
}

/** `export default [async] function main` is how a batch says what it is. */
function looksLikeBatch(source: string): boolean {
  return /\bexport\s+default\s+(async\s+)?function\s+main\b/.test(source);
}

/** A default export that plainly answers requests: an object with fetch, or code that makes a Response. */
function looksLikeService(source: string): boolean {
  const start = source.search(/\bexport\s+default\b/);
  const rest = start === -1 ? "" : source.slice(start);
  if (/^export\s+default\s+\{/.test(rest) && /\bfetch\b\s*[(:,}]/.test(rest)) return true;
  return /\bnew\s+Response\b|\bResponse\s*\.\s*json\b/.test(rest);
}
