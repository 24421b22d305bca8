import { createHash } from "node:crypto";
import { baseErrors, equalBytes, type FileTree, fail, readBytes } from "../../base/index.ts";

/** One file of a package. Its content is fixed by size and hash, wherever the bytes come from. */
export interface PackageFile {
  /** Path inside the package. */
  readonly path: string;
  readonly size: number;
  /** SHA-256, 32 bytes. */
  readonly hash: Uint8Array;
  /** The bytes; may be read again. @throws DSDN_BASE_FILE_CHANGED at the end when they are not those of the hash. */
  read(): AsyncIterable<Uint8Array>;
}

/** A file made in memory. */
export function memoryFile(path: string, bytes: Uint8Array): PackageFile {
  const hash = new Uint8Array(createHash("sha256").update(bytes).digest());
  return {
    path,
    size: bytes.length,
    hash,
    read: async function* () {
      yield bytes;
    },
  };
}

/** A file of the user's folder whose size and hash were taken before. */
export function treeFile(tree: FileTree, source: string, facts: Omit<PackageFile, "read">): PackageFile {
  return {
    ...facts,
    read: async function* () {
      const hash = createHash("sha256");
      let size = 0;
      for await (const piece of tree.read(source)) {
        hash.update(piece);
        size += piece.length;
        if (size > facts.size) throw fail(baseErrors.fileChanged, { path: source });
        yield piece;
      }
      if (!equalBytes(new Uint8Array(hash.digest()), facts.hash)) throw fail(baseErrors.fileChanged, { path: source });
    },
  };
}

/**
 * The files with their bytes in memory, in the given order, as an upload from memory takes them.
 * @throws DSDN_BASE_FILE_CHANGED when a file is no longer what was packed; DSDN_BASE_FILE_FAILED
 */
export async function readPackageFiles(
  files: readonly PackageFile[],
): Promise<{ readonly path: string; readonly bytes: Uint8Array }[]> {
  const read: { path: string; bytes: Uint8Array }[] = [];
  for (const file of files) {
    read.push({ path: file.path, bytes: await readBytes(file.read()) });
  }
  return read;
}
