import { join } from "node:path";
import { type FileTree, fail } from "../../base/index.ts";
import { packagePath } from "../../protocol/index.ts";
import { packagerErrors } from "../errors.ts";
import { readJsonFile, readTextFile } from "../read-text.ts";
import { findFile } from "./detection.ts";
import { type Framework, frameworks } from "./frameworks.ts";
import type { ProjectJson } from "./project-json.ts";

/** A tool that was recognised in a project. */
export interface FrameworkMatch {
  readonly framework: Framework;
  /** The files and packages that say so. */
  readonly because: readonly string[];
  /** Those of its npm packages that the project lists. */
  readonly packages: readonly string[];
  /** Folders the site may come out in, likeliest first. */
  readonly outputs: readonly string[];
  /** The page its settings name for paths without a file. */
  readonly fallback: string | undefined;
  /** Why its build makes no site of files, for people. */
  readonly obstacle: string | undefined;
}

/** Where a bundler's application has its page. */
const PAGES = ["index.html", "src/index.html", "app/index.html", "public/index.html", "client/index.html"];

/** The output folder as a build's own arguments say it. */
const SCRIPT_OUTPUT = /\s(?:--outDir|--out-dir|--dist-dir|--output-dir|--output|-o)[= ]["']?([\w./-]+)/;

interface FoundTool {
  readonly framework: Framework;
  readonly file: string | undefined;
  readonly packages: readonly string[];
}

/**
 * The tools whose project lies in the folder: those of the lowest rank, and of these the ones with a file of their own
 * before the ones that are only listed as a package. More than one means that the files cannot decide.
 */
export async function findFrameworks(root: string, project: ProjectJson, tree: FileTree): Promise<FrameworkMatch[]> {
  const all: FoundTool[] = [];
  for (const framework of frameworks) {
    const file = await findFile(root, framework.files.flatMap(expand), tree);
    const packages = framework.packages.filter((name) => project.dependencies.has(name));
    if (file !== undefined || packages.length > 0) all.push({ framework, file, packages });
  }
  const found = await leaveOutBundler(root, all, tree);
  const rank = Math.min(...found.map(({ framework }) => framework.rank));
  const lowest = found.filter(({ framework }) => framework.rank === rank);
  const withFile = lowest.filter(({ file }) => file !== undefined);
  const likely = withFile.length > 0 ? withFile : lowest;
  return Promise.all(
    likely.map(async ({ framework, file, packages }) => ({
      framework,
      packages,
      because: [...(file === undefined ? [] : [file]), ...packages.map((name) => `package.json: ${name}`)],
      ...(await readSettings(root, { framework, project }, tree)),
    })),
  );
}

/**
 * A workshop brings its bundler along: in a library of components that one has no page to start from, so the workshop is
 * the only site there is.
 */
async function leaveOutBundler(
  root: string,
  found: readonly FoundTool[],
  tree: FileTree,
): Promise<readonly FoundTool[]> {
  const hasWorkshop = found.some(({ framework, file }) => framework.name === "Storybook" && file !== undefined);
  if (!hasWorkshop || (await findFile(root, PAGES, tree)) !== undefined) return found;
  return found.filter(({ framework }) => framework.rank !== 1);
}

async function readSettings(
  root: string,
  { framework, project }: { readonly framework: Framework; readonly project: ProjectJson },
  tree: FileTree,
) {
  const names = [...framework.files, ...(framework.settings ?? [])].flatMap(expand);
  let text = "";
  for (const name of names) text += await readTextFile(join(root, name), tree);
  const script = framework.scripts.map((name) => project.scripts.get(name)).find((found) => found !== undefined) ?? "";
  const [, below] = framework.folderInScript?.exec(script) ?? [];
  const inScript =
    below === undefined ? SCRIPT_OUTPUT.exec(script)?.[1] : `${trimFolder(below)}/${framework.outputs[0]}`;
  const set = framework.outputSetting?.exec(text)?.[1];
  const named = [
    // A script's arguments may be those of another tool in it.
    ...(packagePath.safeParse(trimFolder(inScript ?? "")).success ? [trimFolder(inScript ?? "")] : []),
    ...(set === undefined ? [] : [checkFolder(root, trimFolder(set))]),
  ];
  const { staticSetting, serverSetting } = framework;
  const unset = staticSetting !== undefined && !staticSetting.pattern.test(text) ? staticSetting.says : undefined;
  const obstacle = serverSetting?.pattern.test(text) ? serverSetting.instead : unset;
  const outputs = framework.name === "Angular" ? await readAngularOutputs(root, tree) : [];
  return {
    outputs: [...named, ...outputs, ...framework.outputs],
    fallback: framework.fallbackSetting?.exec(text)?.[1],
    obstacle,
  };
}

const trimFolder = (folder: string) => folder.replace(/^\.\/|\/$/g, "");

/** A folder that a project's settings name lies in the project, whatever they say. */
function checkFolder(root: string, folder: string): string {
  if (packagePath.safeParse(folder).success) return folder;
  throw fail(packagerErrors.outsideProject, { path: join(root, folder).slice(0, 200) });
}

/** @source angular.json: `outputPath` of the build options is a folder, or `{base, browser}`; `dist/<project>` unless said */
async function readAngularOutputs(root: string, tree: FileTree): Promise<string[]> {
  const { projects } = await readJsonFile(join(root, "angular.json"), tree);
  return Object.entries(asRecord(projects)).flatMap(([name, project]) => {
    const targets = asRecord(asRecord(project)["architect"] ?? asRecord(project)["targets"]);
    const path = asRecord(asRecord(targets["build"])["options"])["outputPath"];
    const base = typeof path === "string" ? path : asRecord(path)["base"];
    const folder = checkFolder(root, typeof base === "string" ? trimFolder(base) : `dist/${name}`);
    return [`${folder}/browser`, folder];
  });
}

function asRecord(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** `a.{b,c}` as `a.b` and `a.c`. */
function expand(pattern: string): string[] {
  const [, before = pattern, words, after = ""] = /^(.*)\{([^}]*)\}(.*)$/.exec(pattern) ?? [];
  return words === undefined ? [pattern] : words.split(",").map((word) => `${before}${word}${after}`);
}
