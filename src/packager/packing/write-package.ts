import { dirname, join } from "node:path";
import { type Disk, type FileTree, fail, systemRandom, toHex } from "../../base/index.ts";
import { packagerErrors } from "../errors.ts";
import type { BuiltPackage } from "./pack.ts";
import { memoryFile, type PackageFile } from "./package-file.ts";
import { PACKAGE_ENDING } from "./skip-rules.ts";

/** The manifest in a package that is not signed yet; signing wraps exactly these bytes. */
const UNSIGNED_MANIFEST = "manifest.dsdn";
const FILE_MODE = 0o644;

/**
 * Writes a package to this machine, unsigned: as one archive when the path ends in `.tar`, else as a folder. The same
 * package gives the same archive, byte for byte. An earlier archive called `*.dsdn.tar` is replaced; nothing else is.
 *
 * @param out - absolute.
 * @throws DSDN_PACKAGER_FOLDER_TAKEN, DSDN_BASE_FILE_FAILED, DSDN_BASE_FILE_CHANGED
 */
export async function writePackage(
  built: BuiltPackage,
  out: string,
  deps: { readonly disk: Disk; readonly tree: FileTree },
): Promise<void> {
  const files = [memoryFile(UNSIGNED_MANIFEST, built.manifestBytes), ...built.files];
  const found = await deps.tree.find(out);
  if (out.endsWith(".tar")) {
    const isReplaced = found?.kind === "file" && out.endsWith(PACKAGE_ENDING);
    if (found !== undefined && !isReplaced) throw fail(packagerErrors.folderTaken, { path: dirname(out), found: out });
    return writeArchive(files, out, deps.disk);
  }
  const [entry] = found?.kind === "folder" ? await deps.tree.list(out, 1) : [found];
  if (entry !== undefined) throw fail(packagerErrors.folderTaken, { path: out, found: entry.name });
  for (const file of files) {
    const path = join(out, file.path);
    await deps.disk.makeFolder(dirname(path));
    await deps.disk.write(path, new Uint8Array(0), { sync: false, mode: FILE_MODE });
    for await (const piece of file.read()) await deps.disk.append(path, piece, { sync: false });
  }
}

/** A POSIX archive without times, owners or modes of this machine. */
async function writeArchive(files: readonly PackageFile[], out: string, disk: Disk): Promise<void> {
  const { createTarPacker } = await import("modern-tar");
  const { readable, controller } = createTarPacker();
  const packing = (async () => {
    for (const file of files) {
      const header = { name: file.path, size: file.size, mode: FILE_MODE, uid: 0, gid: 0, mtime: new Date(0) };
      const entry = controller.add(header).getWriter();
      for await (const piece of file.read()) await entry.write(piece);
      await entry.close();
    }
    controller.finalize();
  })();
  // Its failure is told by the reading side, and must not count as unhandled meanwhile.
  packing.catch((error: unknown) => controller.error(error));
  // Two programs that write the same archive must not write into one file.
  const temporary = `${out}.${toHex(systemRandom().bytes(8))}.tmp`;
  await disk.makeFolder(dirname(out));
  await disk.write(temporary, new Uint8Array(0), { sync: false, mode: FILE_MODE });
  try {
    for await (const piece of readable) await disk.append(temporary, piece, { sync: false });
    await packing;
    await disk.rename(temporary, out);
  } catch (error) {
    await disk.remove(temporary);
    throw error;
  }
}
