import { createHash } from "node:crypto";
import { join } from "node:path";
import { type FileTree, fail, type TreeEntry } from "../../base/index.ts";
import { findPathFault, foldPath } from "../../objects/index.ts";
import { limits, packagePath } from "../../protocol/index.ts";
import { packagerErrors } from "../errors.ts";
import { type PackageFile, treeFile } from "./package-file.ts";
import { findSkipReason, looksLikePrivateKey, type SkipReason } from "./skip-rules.ts";

export interface SkippedEntry {
  /** Path below the project folder; a folder stands for all it holds. */
  readonly path: string;
  readonly reason: SkipReason;
}

export interface CollectOptions {
  /** Absolute folder whose files are packed. */
  readonly folder: string;
  /** Where they lie in the package, without a slash at the end. */
  readonly prefix: string;
  /** Paths below the folder that hold the sources of the program: skipped. */
  readonly sources: readonly string[];
}

export interface Collected {
  readonly files: readonly PackageFile[];
  readonly skipped: readonly SkippedEntry[];
}

const DEPTH = 64;
/** Entries looked at, packed or not. */
const ENTRIES = 100_000;

interface Walk {
  readonly options: CollectOptions;
  readonly tree: FileTree;
  readonly files: PackageFile[];
  readonly skipped: SkippedEntry[];
  readonly seen: Map<string, string>;
  entries: number;
  bytes: number;
}

/**
 * The files of a folder, fixed by hash, and what was left out. Links, pipes, sockets, devices and names that another
 * machine would refuse or mix up end the packing with an error that names them; nothing outside the folder is read.
 * A hard link is a file like any other: whoever can make one could have copied the file.
 *
 * @throws DSDN_PACKAGER_FILE_REFUSED, DSDN_PACKAGER_TOO_LARGE, DSDN_BASE_FILE_FAILED, DSDN_BASE_FILE_CHANGED
 */
export async function collectFiles(options: CollectOptions, tree: FileTree): Promise<Collected> {
  const walk: Walk = { options, tree, files: [], skipped: [], seen: new Map(), entries: 0, bytes: 0 };
  await visit(walk, "", 0);
  return { files: walk.files, skipped: walk.skipped };
}

async function visit(walk: Walk, folder: string, depth: number): Promise<void> {
  if (depth > DEPTH) throw fail(packagerErrors.tooLarge, { what: "folders inside folders", limit: DEPTH });
  const entries = await walk.tree.list(join(walk.options.folder, folder), ENTRIES - walk.entries);
  walk.entries += entries.length;
  if (walk.entries > ENTRIES) throw fail(packagerErrors.tooLarge, { what: "entries", limit: ENTRIES });
  for (const entry of entries) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const facts = { isTop: folder === "", isFolder: entry.kind === "folder" };
    const reason = walk.options.sources.includes(path) ? "program-source" : findSkipReason(entry.name, facts);
    if (reason !== undefined) walk.skipped.push({ path, reason });
    else if (entry.kind === "folder") await visit(walk, path, depth + 1);
    else await take(walk, path, entry);
  }
}

async function take(walk: Walk, path: string, entry: TreeEntry): Promise<void> {
  const name = checkName(walk, path);
  if (entry.kind === "link") throw refuse(path, "it is a link, and links are not followed");
  if (entry.kind === "special") throw refuse(path, "it is a pipe, a socket or a device");
  if (walk.files.length >= limits.packageFiles) {
    throw fail(packagerErrors.tooLarge, { what: "files", limit: limits.packageFiles });
  }
  // Before reading: a sparse file of a tebibyte costs nothing to make and hours to read.
  if (walk.bytes + entry.sizeBytes > limits.packageBytes) {
    throw fail(packagerErrors.tooLarge, { what: "bytes", limit: limits.packageBytes });
  }
  const source = join(walk.options.folder, path);
  const facts = await hashFile(walk.tree, source);
  if (facts.isPrivateKey) {
    walk.skipped.push({ path, reason: "secret" });
    return;
  }
  walk.bytes += facts.size;
  const inPackage = `${walk.options.prefix}/${name}`;
  walk.files.push(treeFile(walk.tree, source, { path: inPackage, size: facts.size, hash: facts.hash }));
}

/**
 * One file of a project, fixed by hash, under another name.
 * @throws DSDN_PACKAGER_FILE_REFUSED, DSDN_PACKAGER_TOO_LARGE, DSDN_BASE_FILE_FAILED, DSDN_BASE_FILE_CHANGED
 */
export async function collectFile(
  { root, path, as }: { readonly root: string; readonly path: string; readonly as: string },
  tree: FileTree,
): Promise<PackageFile> {
  const source = join(root, path);
  const entry = await tree.find(source);
  if (entry?.kind !== "file") throw refuse(path, "it is not a file, or it is a link");
  if (entry.sizeBytes > limits.packageBytes) {
    throw fail(packagerErrors.tooLarge, { what: "bytes", limit: limits.packageBytes });
  }
  const { size, hash, isPrivateKey } = await hashFile(tree, source);
  if (isPrivateKey) throw refuse(path, "it begins like a private key");
  return treeFile(tree, source, { path: as, size, hash });
}

async function hashFile(tree: FileTree, source: string) {
  const hash = createHash("sha256");
  let size = 0;
  let isPrivateKey = false;
  for await (const piece of tree.read(source)) {
    if (size === 0) isPrivateKey = looksLikePrivateKey(piece);
    hash.update(piece);
    size += piece.length;
  }
  return { size, hash: new Uint8Array(hash.digest()), isPrivateKey };
}

/** The path as it stands in the package: NFC, refused when a file system in use would read it as something else. */
function checkName(walk: Walk, path: string): string {
  const name = path.normalize("NFC");
  if (name.includes("\ufffd")) throw refuse(path, "its name is not valid UTF-8");
  // The Windows rules are the strictest, and a package must be the same everywhere.
  const fault = findPathFault(name, "win32");
  if (fault !== undefined) throw refuse(path, fault);
  if (!packagePath.safeParse(name).success) throw refuse(path, "its name holds a control character");
  if (Buffer.byteLength(name) + walk.options.prefix.length + 1 > limits.pathBytes) {
    throw refuse(path, `its path is longer than ${limits.pathBytes} bytes`);
  }
  const folded = foldPath(name, "win32");
  const twin = walk.seen.get(folded);
  if (twin !== undefined) throw refuse(path, `it differs from ${twin} only in case or in how letters are composed`);
  walk.seen.set(folded, path);
  return name;
}

function refuse(path: string, reason: string) {
  return fail(packagerErrors.fileRefused, { path, reason });
}
