import { join } from "node:path";
import type { FileTree } from "../../base/index.ts";
import { findBuildCommand } from "./build-command.ts";
import { type BuildPlan, isFile, listFileNames } from "./detection.ts";
import type { Framework } from "./frameworks.ts";
import { compareOutput } from "./output-age.ts";
import { readProjectJson } from "./project-json.ts";

/** What a compiler left in a project, and how it is compiled anew. */
export interface Compiled {
  /** WebAssembly files below the root; none when it was not compiled yet. */
  readonly names: readonly string[];
  /** The language; null when no file of the project says it. */
  readonly framework: string | null;
  readonly build: BuildPlan | null;
  /** The file that says how the project is compiled. */
  readonly because: readonly string[];
}

interface Compiler extends Pick<Framework, "name" | "scripts" | "command"> {
  /** The file only its projects have. */
  readonly file: string;
  /** Where it puts a program, the usual place first. */
  readonly folders: readonly string[];
  /** Folders that hold no source. */
  readonly apart: readonly string[];
}

const compilers: readonly Compiler[] = [
  {
    name: "Rust",
    file: "Cargo.toml",
    folders: ["target/wasm32-wasip1/release", "target/wasm32-wasip2/release", "target/wasm32-wasi/release"],
    apart: ["target"],
    scripts: [],
    command: { program: "cargo", args: ["build", "--release", "--target", "wasm32-wasip1"], isOfMachine: true },
  },
  {
    name: "AssemblyScript",
    file: "asconfig.json",
    folders: ["build"],
    apart: [],
    scripts: ["asbuild:release", "asbuild", "build"],
    command: { program: "asc", args: ["assembly/index.ts", "--target", "release"] },
  },
];
/** Places of programs whose compiler left no other trace, such as TinyGo or a C compiler. */
const FOLDERS = ["build", ...compilers.flatMap(({ folders }) => folders)];

/** Looks for a compiled program in a folder. Undefined when there is none and nothing that could be compiled. */
export async function findCompiled(root: string, tree: FileTree): Promise<Compiled | undefined> {
  for (const compiler of compilers) {
    if (await isFile(join(root, compiler.file), tree)) return describe(root, compiler, tree);
  }
  const { names } = await findFirst(root, FOLDERS, tree);
  return names.length === 0 ? undefined : { names, framework: null, build: null, because: [] };
}

async function describe(root: string, compiler: Compiler, tree: FileTree): Promise<Compiled> {
  const { name, file, folders, apart } = compiler;
  const { folder, names } = await findFirst(root, folders, tree);
  const command = await findBuildCommand(root, compiler, await readProjectJson(root, tree), tree);
  const output = await compareOutput(root, folder, apart, tree);
  const build = command === undefined ? null : { command, output, looked: folders };
  return { names, framework: name, build, because: [file] };
}

async function findFirst(root: string, folders: readonly string[], tree: FileTree) {
  for (const folder of folders) {
    const names = (await listFileNames(join(root, folder), tree)).filter((name) => name.endsWith(".wasm"));
    // AssemblyScript builds both; the other one is for debugging.
    const chosen = names.includes("release.wasm") ? names.filter((name) => name !== "debug.wasm") : names;
    if (chosen.length > 0) return { folder, names: chosen.map((name) => `${folder}/${name}`) };
  }
  return { folder: undefined, names: [] };
}
