import { Directory, File, type Inode, type OpenDirectory, wasi } from "@bjorn3/browser_wasi_shim";
import { OpenFolder } from "./open-folder.ts";

const CHANGES = wasi.OFLAGS_CREAT | wasi.OFLAGS_TRUNC;

/** Rights up to `sock_shutdown`. */
const ALL_RIGHTS = (1n << 29n) - 1n;

/** A folder of the package: it can be listed and read, never changed. */
class PackageFolder extends Directory {
  override path_open(_flags: number, _rights: bigint, _fdFlags: number) {
    return { ret: wasi.ERRNO_SUCCESS, fd_obj: new PackageFolderFd(this) };
  }
}

/** An open folder of the package, that of a guest's start or one below it. */
export class PackageFolderFd extends OpenFolder {
  /** A C library asks for no more than the folder says it passes on: what it wants to write would not be seen. */
  override fd_fdstat_get() {
    const fdstat = new wasi.Fdstat(wasi.FILETYPE_DIRECTORY, 0);
    fdstat.fs_rights_base = ALL_RIGHTS;
    fdstat.fs_rights_inherited = ALL_RIGHTS;
    return { ret: wasi.ERRNO_SUCCESS, fdstat };
  }

  override path_open(
    ...[lookup, path, openFlags, rights, inherited, fdFlags]: Parameters<OpenDirectory["path_open"]>
  ): ReturnType<OpenDirectory["path_open"]> {
    const { inode_obj: found } = this.path_lookup(path, lookup);
    const wouldChange = found === null ? (openFlags & wasi.OFLAGS_CREAT) !== 0 : isWrite(found, openFlags, rights);
    if (wouldChange) return { ret: wasi.ERRNO_ROFS, fd_obj: null };
    return super.path_open(lookup, path, openFlags, rights, inherited, fdFlags);
  }

  override path_create_directory() {
    return wasi.ERRNO_ROFS;
  }

  override path_link() {
    return wasi.ERRNO_ROFS;
  }

  override path_unlink() {
    return { ret: wasi.ERRNO_ROFS, inode_obj: null };
  }

  override path_unlink_file() {
    return wasi.ERRNO_ROFS;
  }

  override path_remove_directory() {
    return wasi.ERRNO_ROFS;
  }
}

function isWrite(inode: Inode, openFlags: number, rights: bigint): boolean {
  if (inode instanceof Directory) return false;
  const wantsToWrite = (rights & BigInt(wasi.RIGHTS_FD_WRITE)) !== 0n;
  return wantsToWrite || (openFlags & CHANGES & wasi.OFLAGS_TRUNC) !== 0;
}

/** The folder that holds these files, by their paths in the package. */
export function buildPackageFolder(files: Iterable<readonly [string, Uint8Array]>): Directory {
  const root = new PackageFolder(new Map());
  for (const [path, bytes] of files) {
    const parts = path.split("/");
    const name = parts.pop() ?? path;
    let folder: Directory = root;
    for (const part of parts) {
      const known = folder.contents.get(part);
      const next = known instanceof Directory ? known : new PackageFolder(new Map());
      folder.contents.set(part, next);
      folder = next;
    }
    const file = new File([], { readonly: true });
    file.data = bytes;
    folder.contents.set(name, file);
  }
  return root;
}
