import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Disk, equalBytes, type FileTree, fail, type Language, writeDurable } from "../../base/index.ts";
import { packagerErrors } from "../errors.ts";

export interface InitOptions {
  /** Name of a template. */
  readonly template: string;
  /** Where the project goes: a folder that is empty, is not there yet, or holds a half-copied project. */
  readonly folder: string;
  /** Folder of the templates; those of this installation unless said. */
  readonly templates?: string;
  /** Language of the AGENTS.md that is written beside the template; none unless said. */
  readonly agents?: Language | undefined;
}

export interface InitDeps {
  readonly tree: FileTree;
  readonly disk: Disk;
}

export interface InitResult {
  /** Absolute. */
  readonly folder: string;
  /** Paths below the folder, sorted; those that were there already from an interrupted run included. */
  readonly files: readonly string[];
}

const ENTRIES = 1000;
const FILE_MODE = 0o644;

/**
 * Copies a template. Run again after an interruption it completes the copy: a file is either absent or whole, and a
 * folder that holds nothing but whole files of the template counts as half-copied. Nothing that is there is changed,
 * and no link is followed.
 *
 * @throws DSDN_PACKAGER_TEMPLATE_UNKNOWN, DSDN_PACKAGER_FOLDER_TAKEN, DSDN_PACKAGER_FILE_REFUSED, DSDN_BASE_FILE_FAILED
 */
export async function initProject(options: InitOptions, deps: InitDeps): Promise<InitResult> {
  const folder = resolve(options.folder);
  const files = await withAgents(await readTemplate(options, deps), options, deps);
  const missing = await findMissing(folder, files, deps);
  for (const path of missing) {
    await deps.disk.makeFolder(join(folder, path, ".."));
    await writeDurable(deps.disk, join(folder, path), files.get(path) ?? new Uint8Array(0), FILE_MODE);
  }
  return { folder, files: [...files.keys()] };
}

/** Where a coding agent looks for what to do in a project. */
const AGENTS = "AGENTS.md";

/** The files and, when they have none of their own, a page that tells coding agents how to run, test and deploy. */
export async function withAgents(
  files: ReadonlyMap<string, Uint8Array>,
  { agents, templates = ownTemplates() }: Pick<InitOptions, "agents" | "templates">,
  { disk }: Pick<InitDeps, "disk">,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (agents === undefined || [...files.keys()].some((path) => path.toLowerCase() === AGENTS.toLowerCase()))
    return files;
  const page = await disk.find(join(templates, agents === "id" ? "AGENTS.id.md" : AGENTS));
  if (page === undefined) return files;
  return new Map([...files, [AGENTS, page] as const].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The names of the templates, sorted. */
export async function listTemplates(tree: FileTree, templates = ownTemplates()): Promise<string[]> {
  const entries = await tree.list(templates, ENTRIES);
  return entries.filter((entry) => entry.kind === "folder").map((entry) => entry.name);
}

function ownTemplates(): string {
  return fileURLToPath(new URL("../../../templates", import.meta.url));
}

async function readTemplate(
  { template, templates = ownTemplates() }: InitOptions,
  { tree, disk }: InitDeps,
): Promise<Map<string, Uint8Array>> {
  const known = await listTemplates(tree, templates);
  if (!known.includes(template)) throw fail(packagerErrors.templateUnknown, { template, known: known.join(", ") });
  const root = join(templates, template);
  const files = new Map<string, Uint8Array>();
  const visit = async (below: string): Promise<void> => {
    for (const { name, kind } of await tree.list(join(root, below), ENTRIES)) {
      const path = below === "" ? name : `${below}/${name}`;
      const bytes = kind === "file" ? await disk.find(join(root, path)) : undefined;
      if (bytes !== undefined) files.set(path, bytes);
      if (kind === "folder") await visit(path);
    }
  };
  await visit("");
  return files;
}

/** The template's files that are not there yet; anything foreign in the folder is an error. */
async function findMissing(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  { tree, disk }: InitDeps,
): Promise<string[]> {
  const target = await tree.find(folder);
  if (target === undefined) return [...files.keys()];
  if (target.kind !== "folder") {
    throw fail(packagerErrors.fileRefused, { path: folder, reason: "it is there already and is not a folder" });
  }
  const present = new Set<string>();
  // Enters only folders of the template, so a foreign folder of any size is refused at once.
  const visit = async (below: string): Promise<void> => {
    for (const { name, kind } of await tree.list(join(folder, below), ENTRIES)) {
      const path = below === "" ? name : `${below}/${name}`;
      const isOurFolder = kind === "folder" && [...files.keys()].some((file) => file.startsWith(`${path}/`));
      // What an interrupted write leaves behind; it is written anew.
      const isLeftover = kind === "file" && path.endsWith(".tmp") && files.has(path.slice(0, -".tmp".length));
      if (isOurFolder) await visit(path);
      else if (!isLeftover) {
        const expected = kind === "file" ? files.get(path) : undefined;
        const found = expected === undefined ? undefined : await disk.find(join(folder, path));
        if (expected === undefined || found === undefined || !equalBytes(found, expected)) {
          throw fail(packagerErrors.folderTaken, { path: folder, found: path });
        }
        present.add(path);
      }
    }
  };
  await visit("");
  return [...files.keys()].filter((path) => !present.has(path));
}
