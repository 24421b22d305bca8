import { join } from "node:path";
import type { FileTree } from "../../base/index.ts";
import { readJsonFile } from "../read-text.ts";

/** What `package.json` says, as far as it is well formed. */
export interface ProjectJson {
  /** Names of `dependencies` and `devDependencies`. */
  readonly dependencies: ReadonlySet<string>;
  /** Scripts by name. */
  readonly scripts: ReadonlyMap<string, string>;
}

/** Empty when there is no `package.json`, or it is none. */
export async function readProjectJson(root: string, tree: FileTree): Promise<ProjectJson> {
  const json = await readJsonFile(join(root, "package.json"), tree);
  const dependencies = [...entriesOf(json["dependencies"]), ...entriesOf(json["devDependencies"])];
  return {
    dependencies: new Set(dependencies.map(([name]) => name)),
    scripts: new Map(entriesOf(json["scripts"])),
  };
}

function entriesOf(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}
