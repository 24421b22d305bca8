import { join } from "node:path";
import type { FileTree } from "../../base/index.ts";
import type { Intent, WorkloadKind, WorkloadMode } from "../../protocol/index.ts";

/** What a project is, judged by its files alone. No file of it is run to find out. */
export interface Detection {
  /** `web_app` serves requests with a program, `static` serves files only, `batch` runs once, `ai` is a model. */
  readonly type: Intent["type"];
  /** The engine it is for. */
  readonly kind: WorkloadKind;
  readonly mode: WorkloadMode;
  /** The tool that builds the project, such as `Vite`; null when none was recognised. */
  readonly framework: string | null;
  /** False when a single file was named; of a folder, what lies beside the program belongs to it. */
  readonly isFolder: boolean;
  /** Absolute folder that bounds everything that is packed. */
  readonly root: string;
  /** Folder below the root whose files are served (`` for the root itself); undefined when nothing is. */
  readonly site: string | undefined;
  /** Path below the root of the program or model; undefined when there is none. */
  readonly entry: string | undefined;
  /** The page of the site whose own script shows every path without a file; undefined when such a path is missing. */
  readonly fallback: string | undefined;
  /** The project's own build, when what is packed comes out of one. */
  readonly build: BuildPlan | null;
  /** Why, for people: the files and dependencies that decided. */
  readonly because: readonly string[];
}

/** The project's own build and how its last result compares with the sources. */
export interface BuildPlan {
  readonly command: BuildCommand;
  /** What lies in the output folder now; `older` means that a source changed since. */
  readonly output: "missing" | "older" | "current";
  /** Folders below the root where the output was looked for. */
  readonly looked: readonly string[];
  /** npm packages it cannot do without, as far as they are known; undefined when it needs none. */
  readonly packages?: readonly string[] | undefined;
  /** Why this build can give nothing to serve, for people; undefined when nothing speaks against it. */
  readonly obstacle?: string | undefined;
}

/** A command of the project, run only after consent and never through a shell. */
export interface BuildCommand {
  /** Absolute folder it runs in. */
  readonly folder: string;
  /** Program and arguments. */
  readonly argv: readonly [string, ...string[]];
  /** What the command runs in turn, for people and for consent: the scripts of `package.json`, settings of the package manager. */
  readonly runs: readonly { readonly name: string; readonly text: string }[];
}

/** What the user said about the project; what is unsaid is found. */
export interface ProjectChoice {
  readonly type?: Intent["type"] | undefined;
  /** Program or model, below the project folder. */
  readonly entry?: string | undefined;
  /** Folder whose files are served, below the project folder. */
  readonly site?: string | undefined;
}

/** One thing a project may be, and how the user says that it is meant. */
export interface Candidate {
  /** The flags that choose it, such as `--type batch --entry main.py`. */
  readonly flags: string;
  readonly detection: Detection;
}

/** A detection with everything that most have in common. */
export function describeProject(
  facts: Pick<Detection, "type" | "kind" | "mode" | "root" | "because"> & Partial<Detection>,
): Detection {
  return {
    framework: null,
    site: undefined,
    entry: undefined,
    fallback: undefined,
    build: null,
    isFolder: true,
    ...facts,
  };
}

/** True when a regular file lies there; a link is none. */
export async function isFile(path: string, tree: FileTree): Promise<boolean> {
  return (await tree.find(path))?.kind === "file";
}

/** The first of the names below the folder that is a regular file. */
export async function findFile(folder: string, names: readonly string[], tree: FileTree): Promise<string | undefined> {
  for (const name of names) if (await isFile(join(folder, name), tree)) return name;
  return undefined;
}

/** Names of the regular files in a folder, sorted; none when there is no such folder. */
export async function listFileNames(folder: string, tree: FileTree): Promise<string[]> {
  if ((await tree.find(folder))?.kind !== "folder") return [];
  return (await tree.list(folder, NAMES)).filter(({ kind }) => kind === "file").map(({ name }) => name);
}

/** A folder with more entries than this is no place where a program lies alone. */
const NAMES = 2000;
