import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  type Clock,
  fail,
  fromUtf8,
  readFirstBytes,
  systemDisk,
  systemFileTree,
  toUtf8,
  writeShared,
} from "../../../base/index.ts";
import { isNetworkName } from "../../../profile/index.ts";
import { networkErrors } from "../destination/network-errors.ts";

/** The file of a project that names its network, in the project folder. */
export const PROJECT_NETWORK_FILE = ".dsdn";

const FILE_BYTES_MAX = 4096;

/** The name a project gives, and the line it stands in. */
export interface ProjectNetwork {
  readonly network: string;
  readonly place: string;
}

/**
 * The network a project asks for: a line `network: <name>` in its file `.dsdn`. There is nothing else it may say. A
 * folder of that name, or a link, is no such file.
 *
 * @param folder - absolute
 * @throws DSDN_COMMANDS_PROJECT_FILE_INVALID naming the line
 */
export async function findProjectNetwork(folder: string): Promise<ProjectNetwork | undefined> {
  const tree = systemFileTree();
  const path = join(folder, PROJECT_NETWORK_FILE);
  if ((await tree.find(path))?.kind !== "file") return undefined;
  const bytes = await readFirstBytes(tree.read(path), FILE_BYTES_MAX + 1);
  if (bytes.length > FILE_BYTES_MAX) throw fail(networkErrors.projectFileInvalid, { place: PROJECT_NETWORK_FILE });
  return parseProjectNetwork(fromUtf8(bytes));
}

/** @throws DSDN_COMMANDS_PROJECT_FILE_INVALID */
export function parseProjectNetwork(text: string): ProjectNetwork | undefined {
  let found: ProjectNetwork | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const place = `${PROJECT_NETWORK_FILE}:${index + 1}`;
    const name = /^network:[ \t]+([^\s#]+)[ \t]*(?:#.*)?$/.exec(line)?.[1];
    const isOne = name !== undefined && isNetworkName(name) && found === undefined;
    if (!isOne) throw fail(networkErrors.projectFileInvalid, { place });
    found = { network: name, place };
  }
  return found;
}

/** Writes the project's file. */
export async function writeProjectNetwork(folder: string, network: string): Promise<void> {
  const path = join(folder, PROJECT_NETWORK_FILE);
  await writeShared(systemDisk(), path, toUtf8(`network: ${network}\n`), 0o644);
}

/** Which project folders the user lets choose which network. */
export interface ProjectConsents {
  has(folder: string, network: string): Promise<boolean>;
  record(folder: string, network: string): Promise<void>;
}

/**
 * The consents of this user, one private file (0600) a project folder and network.
 * @param options.folder - absolute, in the user's own home; nothing of a project is read from there.
 */
export function createProjectConsents(
  { folder }: { readonly folder: string },
  { clock }: { readonly clock: Clock },
): ProjectConsents {
  const pathOf = (project: string, network: string) => {
    const digest = createHash("sha256")
      .update(JSON.stringify([project, network]))
      .digest("hex");
    return join(folder, `${digest}.json`);
  };
  return {
    async has(project, network) {
      const entry = await systemFileTree().find(pathOf(project, network));
      // Windows has no such bits; the access list of the user's folder protects the file there.
      return entry?.kind === "file" && (process.platform === "win32" || (entry.mode & 0o077) === 0);
    },
    async record(project, network) {
      const disk = systemDisk();
      const text = JSON.stringify({ version: 1, project, network, grantedMs: clock.nowMs() });
      await disk.makeFolder(folder);
      await writeShared(disk, pathOf(project, network), toUtf8(`${text}\n`), 0o600);
    },
  };
}
