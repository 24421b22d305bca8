import { join } from "node:path";
import { type FileTree, fail, readBytes } from "../../base/index.ts";
import { createIntake, type Intake, refuse, sourceBounds } from "../beginning/archive-intake.ts";
import { readTar } from "../beginning/archive-tar.ts";
import { readZip } from "../beginning/archive-zip.ts";
import { packagerErrors } from "../errors.ts";

/** A project as it lies in a folder or an archive, all of it judged and read. */
export interface ProjectSource {
  /** By path below the project, sorted. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What was left out: version control, installed packages, secrets. */
  readonly skipped: readonly string[];
}

/**
 * Reads a folder, or an archive by the end of its name: `.zip`, `.tar`, `.tar.gz`, `.tgz`. A folder that holds all of
 * an archive is taken off, as archives of a repository have one.
 *
 * @throws DSDN_PACKAGER_SOURCE_UNKNOWN, DSDN_PACKAGER_SOURCE_REFUSED, _DAMAGED, DSDN_BASE_FILE_FAILED, DSDN_BASE_FILE_CHANGED
 */
export async function readProjectSource(path: string, tree: FileTree): Promise<ProjectSource> {
  const entry = await tree.find(path);
  const intake = createIntake();
  if (entry?.kind === "folder") return toSource(await readFolder(path, intake, tree), intake);
  const read = entry?.kind === "file" ? readerOf(path) : undefined;
  if (entry === undefined || read === undefined) throw fail(packagerErrors.sourceUnknown, { path });
  if (entry.sizeBytes > sourceBounds.archiveBytes) {
    throw refuse("", `the archive is larger than ${sourceBounds.archiveBytes} bytes`);
  }
  return toSource(takeOffTop(await read(await readBytes(tree.read(path)), intake)), intake);
}

type ArchiveReader = (bytes: Uint8Array, intake: Intake) => Promise<Map<string, Uint8Array>>;

function readerOf(path: string): ArchiveReader | undefined {
  if (/\.zip$/i.test(path)) return readZip;
  if (/\.tar$/i.test(path)) return (bytes, intake) => readTar(bytes, { isZipped: false }, intake);
  if (/\.(tar\.gz|tgz)$/i.test(path)) return (bytes, intake) => readTar(bytes, { isZipped: true }, intake);
  return undefined;
}

function toSource(files: ReadonlyMap<string, Uint8Array>, { skipped }: Intake): ProjectSource {
  if (files.size === 0) throw refuse("", "there is no file in it");
  const sorted = [...files].sort(([left], [right]) => (left < right ? -1 : 1));
  return { files: new Map(sorted), skipped };
}

function takeOffTop(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const tops = new Set([...files.keys()].map((path) => path.slice(0, path.indexOf("/") + 1)));
  const [top = ""] = tops;
  if (tops.size !== 1 || top === "") return files;
  return new Map([...files].map(([path, bytes]) => [path.slice(top.length), bytes]));
}

async function readFolder(root: string, intake: Intake, tree: FileTree): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const visit = async (below: string): Promise<void> => {
    for (const { name, kind, sizeBytes } of await tree.list(join(root, below), sourceBounds.entries)) {
      const path = below === "" ? name : `${below}/${name}`;
      if (kind === "link" || kind === "special") throw refuse(path, "it is a link or a device");
      const admitted = intake.admit(path, kind, kind === "file" ? sizeBytes : 0);
      if (admitted === undefined) continue;
      if (kind === "folder") await visit(path);
      else files.set(path, await readBytes(tree.read(join(root, path))));
    }
  };
  await visit("");
  return files;
}
