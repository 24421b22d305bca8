import { join } from "node:path";
import type { FileTree } from "../../base/index.ts";
import type { BuildPlan } from "./detection.ts";

/** Entries looked at on either side; a project with more counts as changed. */
const ENTRIES = 50_000;

/** Folders that hold no sources: dependencies, version control, and what builds keep for themselves. */
const NO_SOURCES = new Set([
  "node_modules",
  "bower_components",
  ".git",
  ".hg",
  ".svn",
  ".jj",
  ".cache",
  ".next",
  ".nuxt",
  ".output",
  ".svelte-kit",
  ".astro",
  ".angular",
  ".docusaurus",
  ".parcel-cache",
  ".react-router",
  ".turbo",
  ".vite",
  ".jekyll-cache",
  ".venv",
  "__pycache__",
]);
/** Files that people write and builds do not read. */
const NO_SOURCE_FILE =
  /^(readme|licen[cs]e|changelog|contributing|agents)(\.|$)|^dsdn\.(yaml|toml)$|^\.(gitignore|editorconfig)$/i;

/**
 * `current` when nothing that may be a source is younger than the youngest file of the output, `older` when something
 * is, and `missing` without output.
 *
 * @param output - folder below the root; undefined when there is none.
 * @param apart - folders below the root that are no source of it.
 */
export async function compareOutput(
  root: string,
  output: string | undefined,
  apart: readonly string[],
  tree: FileTree,
): Promise<BuildPlan["output"]> {
  if (output === undefined) return "missing";
  const builtMs = await newest(
    { root: join(root, output), skip: () => false, untilMs: Number.POSITIVE_INFINITY },
    tree,
  );
  const folders = new Set([output, ...apart]);
  const skip = (path: string, name: string, isFolder: boolean) =>
    isFolder ? NO_SOURCES.has(name) || folders.has(path) : !path.includes("/") && NO_SOURCE_FILE.test(name);
  return (await newest({ root, skip, untilMs: builtMs }, tree)) > builtMs ? "older" : "current";
}

interface Walk {
  readonly root: string;
  readonly skip: (path: string, name: string, isFolder: boolean) => boolean;
  /** The walk ends at the first file younger than this. */
  readonly untilMs: number;
}

/** The time of the youngest file; infinite when there are too many to look at. */
async function newest({ root, skip, untilMs }: Walk, tree: FileTree): Promise<number> {
  let youngestMs = 0;
  let left = ENTRIES;
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await tree.list(join(root, folder), left);
    left -= entries.length;
    if (left < 0) return Number.POSITIVE_INFINITY;
    for (const { name, kind, mtimeMs } of entries) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (skip(path, name, kind === "folder")) continue;
      if (kind === "folder") folders.push(path);
      else youngestMs = Math.max(youngestMs, mtimeMs);
      if (youngestMs > untilMs) return youngestMs;
    }
  }
  return youngestMs;
}
