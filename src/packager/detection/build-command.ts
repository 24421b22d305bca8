import { join, relative } from "node:path";
import type { FileTree } from "../../base/index.ts";
import { isUnreadable, readTextFile } from "../read-text.ts";
import { type BuildCommand, findFile, isFile } from "./detection.ts";
import type { Framework } from "./frameworks.ts";
import type { ProjectJson } from "./project-json.ts";
import { findWorkspace } from "./workspace.ts";

interface PackageManager {
  readonly lockfiles: readonly string[];
  /** Runs a script of `package.json`. */
  readonly run: readonly [string, ...string[]];
  /** Runs a program of an installed package; installs nothing. */
  readonly exec: readonly [string, ...string[]];
}

const npm: PackageManager = {
  lockfiles: ["package-lock.json", "npm-shrinkwrap.json"],
  run: ["npm", "run"],
  exec: ["npm", "exec", "--no", "--"],
};
const packageManagers: readonly PackageManager[] = [
  { lockfiles: ["pnpm-lock.yaml"], run: ["pnpm", "run"], exec: ["pnpm", "exec"] },
  { lockfiles: ["yarn.lock"], run: ["yarn", "run"], exec: ["yarn", "run"] },
  { lockfiles: ["bun.lock", "bun.lockb"], run: ["bun", "run"], exec: ["bun", "run"] },
  npm,
];

/** Settings of package managers that change what a script runs as. */
const SETTINGS = [".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml", ".pnpmfile.cjs", "pnpm-workspace.yaml"];

/** In place of a setting that is not read: it may say another thing the next time, so no consent for it lasts. */
export const UNREAD = "(a link, or too large to be read)";

/** What builds a project whose tool is known only by its `build` script. */
export const anyBuild: Pick<Framework, "scripts"> = { scripts: ["build"] };

/**
 * The command that builds the project, as the lockfile and the scripts say; undefined when a project without a known
 * tool has no build script. The lockfile and the settings of a workspace count for the projects in it.
 */
export async function findBuildCommand(
  root: string,
  framework: Pick<Framework, "scripts"> & Partial<Pick<Framework, "command" | "without">>,
  project: ProjectJson,
  tree: FileTree,
): Promise<BuildCommand | undefined> {
  const { without } = framework;
  const isWithout = without !== undefined && !(await isFile(join(root, without.file), tree));
  const command = isWithout ? without.command : framework.command;
  if (command?.isOfMachine) return { folder: root, argv: [command.program, ...command.args], runs: [] };
  const script = framework.scripts.find((name) => project.scripts.has(name));
  if (script === undefined && command === undefined) return undefined;
  const workspace = await findWorkspace(root, tree);
  const folders = workspace === undefined ? [root] : [root, workspace];
  const manager = await findPackageManager(folders, tree);
  const words = script === undefined ? [...manager.exec, command?.program ?? "", ...(command?.args ?? [])] : undefined;
  const [program = "npm", ...args] = words ?? [...manager.run, script ?? ""];
  const runs = [...findScripts(script, project), ...(await findSettings(folders, tree))];
  return { folder: root, argv: [program, ...args], runs: runs.filter(({ text }) => text !== "") };
}

async function findPackageManager(folders: readonly string[], tree: FileTree): Promise<PackageManager> {
  for (const folder of folders) {
    for (const manager of packageManagers) if (await findFile(folder, manager.lockfiles, tree)) return manager;
  }
  return npm;
}

/** A script brings the scripts before and after it. */
function findScripts(script: string | undefined, project: ProjectJson): BuildCommand["runs"] {
  const names = script === undefined ? [] : [`pre${script}`, script, `post${script}`];
  return names.map((name) => ({ name, text: project.scripts.get(name) ?? "" }));
}

async function findSettings([root = "", ...others]: readonly string[], tree: FileTree): Promise<BuildCommand["runs"]> {
  const paths = [root, ...others].flatMap((folder) => SETTINGS.map((name) => join(folder, name)));
  return Promise.all(
    paths.map(async (path) => {
      const text = (await isUnreadable(path, tree)) ? UNREAD : await readTextFile(path, tree);
      return { name: relative(root, path), text };
    }),
  );
}
