import { dirname, join, relative, resolve, sep } from "node:path";
import { fromUtf8, readFirstBytes, systemFileTree } from "../../../base/index.ts";
import type { CiHost } from "./ci-file.ts";

/** The repository a folder lies in, as far as its files show; git itself is not run. */
export interface Repository {
  /** Absolute; the folder itself when it lies in no repository. */
  readonly root: string;
  /** The folder below the root, with `/`; "." for the root. */
  readonly below: string;
  /** The one host of pipelines that its remotes name; undefined when they name none, or both. */
  readonly host: CiHost | undefined;
}

const CONFIG_BYTES = 64 * 1024;
const DEPTH_MAX = 40;

/** @param folder - absolute; it need not be there yet */
export async function findRepository(folder: string): Promise<Repository> {
  const tree = systemFileTree();
  let root = resolve(folder);
  for (let depth = 0; depth < DEPTH_MAX; depth++) {
    const kind = (await tree.find(join(root, ".git")))?.kind;
    if (kind === "folder" || kind === "file") {
      const below = relative(root, folder).split(sep).join("/") || ".";
      return { root, below, host: kind === "folder" ? await hostOf(join(root, ".git", "config")) : undefined };
    }
    const parent = dirname(root);
    if (parent === root) break;
    root = parent;
  }
  return { root: resolve(folder), below: ".", host: undefined };
}

async function hostOf(config: string): Promise<CiHost | undefined> {
  const tree = systemFileTree();
  if ((await tree.find(config))?.kind !== "file") return undefined;
  const text = fromUtf8(await readFirstBytes(tree.read(config), CONFIG_BYTES));
  const hosts = [...text.matchAll(/^[ \t]*url[ \t]*=[ \t]*(\S+)/gm)].map(([, url = ""]) => serverOf(url));
  const isGithub = hosts.some((host) => host === "github.com" || host.startsWith("github."));
  const isGitlab = hosts.some((host) => host === "gitlab.com" || host.startsWith("gitlab."));
  if (isGithub === isGitlab) return undefined;
  return isGithub ? "github" : "gitlab";
}

/** The host of `https://host/path`, `ssh://git@host/path` or `git@host:path`. */
function serverOf(url: string): string {
  const parsed = /^[a-z+]+:\/\//i.test(url) ? URL.parse(url)?.hostname : /^(?:[^@/]+@)?([^:/]+):/.exec(url)?.[1];
  return (parsed ?? "").toLowerCase();
}
