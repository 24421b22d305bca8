import { join, posix } from "node:path";
import type { FileTree } from "../../base/index.ts";
import { anyBuild, findBuildCommand } from "./build-command.ts";
import { type BuildPlan, type Candidate, type Detection, describeProject, findFile, isFile } from "./detection.ts";
import { entryPages, findFallback } from "./find-fallback.ts";
import { type FrameworkMatch, findFrameworks } from "./find-framework.ts";
import { compareOutput } from "./output-age.ts";
import { type ProjectJson, readProjectJson } from "./project-json.ts";

/** Where build tools that are not known by name put what they built. */
const OUTPUT_FOLDERS = ["dist", "build", "out"];
const SITE_FOLDERS = ["public", "site", "www"];
const SCRIPT_EXTENSIONS = ["ts", "mts", "js", "mjs"];
const API_ENTRIES = SCRIPT_EXTENSIONS.map((extension) => `api/index.${extension}`);
/** At the top of a project, beside the folder of its pages. */
const MODEL_ENTRY = "model.onnx";

/**
 * The sites a project may be: one for each tool that was recognised, or the files as they lie there. None when there is
 * no tool and no page.
 */
export async function findSites(root: string, tree: FileTree): Promise<Candidate[]> {
  const project = await readProjectJson(root, tree);
  const matches = await findFrameworks(root, project, tree);
  const sites: Candidate[] = [];
  for (const match of matches) sites.push(await describeBuilt(root, match, project, tree));
  if (sites.length > 0) return sites;
  if (project.scripts.has("build")) return [await describeBuilt(root, undefined, project, tree)];
  const folders = ["", ...SITE_FOLDERS, ...OUTPUT_FOLDERS];
  for (const folder of folders) {
    if (await isFile(join(root, folder, "index.html"), tree)) return [await describePlain(root, folder, tree)];
  }
  return [];
}

/** The files of one folder as a site, with the program that lies beside it. */
export async function describePlain(root: string, folder: string, tree: FileTree): Promise<Candidate> {
  const page = folder === "" ? "index.html" : `${folder}/index.html`;
  return withApi({ root, site: folder, because: [page] }, tree);
}

/** With a build step the sources are not the site, even when they hold an `index.html`. */
async function describeBuilt(
  root: string,
  match: FrameworkMatch | undefined,
  project: ProjectJson,
  tree: FileTree,
): Promise<Candidate> {
  const looked = match?.outputs ?? OUTPUT_FOLDERS;
  const pages = await findFile(
    root,
    looked.flatMap((folder) => entryPages.map((page) => `${folder}/${page}`)),
    tree,
  );
  const output = pages === undefined ? undefined : posix.dirname(pages);
  const command = await findBuildCommand(root, match?.framework ?? anyBuild, project, tree);
  const state = await compareOutput(root, output, [...looked, "api"], tree);
  const packages = project.dependencies.size === 0 ? undefined : (match?.packages ?? []);
  const build: BuildPlan | null =
    command === undefined ? null : { command, output: state, looked, packages, obstacle: match?.obstacle };
  const isClientRouted = match?.framework.isClientRouted === true && output !== undefined;
  const fallback = isClientRouted ? await findFallback(join(root, output), match.fallback, tree) : undefined;
  const because = [...(match?.because ?? ["package.json: build"]), ...(pages === undefined ? [] : [pages])];
  const framework = match?.framework.name ?? null;
  return withApi({ root, site: output ?? looked[0] ?? "", framework, fallback, build, because }, tree);
}

type SiteFacts = Pick<Detection, "root" | "because"> & Partial<Detection> & { readonly site: string };

/** What answers beside the files of a site: an API, or else a model. */
async function withApi(facts: SiteFacts, tree: FileTree): Promise<Candidate> {
  const api = await findFile(facts.root, API_ENTRIES, tree);
  const model = api === undefined ? await findFile(facts.root, [MODEL_ENTRY], tree) : undefined;
  const entry = api ?? model;
  const flags = `--site ${facts.site === "" ? "." : facts.site}`;
  if (entry === undefined) {
    return { flags, detection: describeProject({ type: "static", kind: "static", mode: "service", ...facts }) };
  }
  const because = [...facts.because, entry];
  const program =
    model === undefined ? ({ type: "web_app", kind: "js" } as const) : ({ type: "ai", kind: "model" } as const);
  return { flags, detection: describeProject({ ...program, mode: "service", ...facts, entry, because }) };
}
