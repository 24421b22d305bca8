import { Directory, File, type Inode, type OpenDirectory, OpenFile, wasi } from "@bjorn3/browser_wasi_shim";
import { OpenFolder } from "./open-folder.ts";

/** What one run may keep in its scratch folder. What it removes counts until the run ends. */
const scratchLimits = { bytes: 16 * 1024 * 1024, entries: 4096, nameBytes: 255 } as const;

/** Counts what the files of one scratch folder take. */
class ScratchSpace {
  #bytes = 0;
  #entries = 0;

  /** True, and counted, when `more` bytes still fit. */
  take(more: number): boolean {
    if (this.#bytes + more > scratchLimits.bytes) return false;
    this.#bytes += more;
    return true;
  }

  takeEntry(): boolean {
    if (this.#entries >= scratchLimits.entries) return false;
    this.#entries++;
    return true;
  }
}

/** A file that grows by doubling, so that many small writes cost little, within the space of its folder. */
class ScratchFile extends File {
  readonly #space: ScratchSpace;
  #room = new Uint8Array(0);

  constructor(space: ScratchSpace) {
    super(new ArrayBuffer(0));
    this.#space = space;
  }

  override path_open(flags: number, _rights: bigint, fdFlags: number) {
    if ((flags & wasi.OFLAGS_TRUNC) !== 0) this.resize(0);
    const fd = new ScratchFileFd(this);
    if ((fdFlags & wasi.FDFLAGS_APPEND) !== 0) fd.fd_seek(0n, wasi.WHENCE_END);
    return { ret: wasi.ERRNO_SUCCESS, fd_obj: fd };
  }

  /** Makes it `size` bytes long, new ones zero. @returns an errno */
  resize(size: number): number {
    const old = this.data.length;
    if (size > this.#room.length) {
      if (size > scratchLimits.bytes) return wasi.ERRNO_NOSPC;
      const wanted = Math.min(Math.max(size, this.#room.length * 2, 256), scratchLimits.bytes);
      const isDoubled = this.#space.take(wanted - this.#room.length);
      if (!isDoubled && !this.#space.take(size - this.#room.length)) return wasi.ERRNO_NOSPC;
      const room = new Uint8Array(isDoubled ? wanted : size);
      room.set(this.data);
      this.#room = room;
    }
    if (size < old) this.#room.fill(0, size, old);
    this.data = this.#room.subarray(0, size);
    return wasi.ERRNO_SUCCESS;
  }
}

class ScratchFileFd extends OpenFile {
  readonly #file: ScratchFile;

  constructor(file: ScratchFile) {
    super(file);
    this.#file = file;
  }

  override fd_allocate(offset: bigint, length: bigint) {
    return this.#reach(offset + length);
  }

  override fd_filestat_set_size(size: bigint) {
    return size > BigInt(scratchLimits.bytes) ? wasi.ERRNO_NOSPC : this.#file.resize(Number(size));
  }

  override fd_write(data: Uint8Array) {
    const written = this.fd_pwrite(data, this.file_pos);
    this.file_pos += BigInt(written.nwritten);
    return written;
  }

  override fd_pwrite(data: Uint8Array, offset: bigint) {
    const ret = this.#reach(offset + BigInt(data.length));
    if (ret !== wasi.ERRNO_SUCCESS) return { ret, nwritten: 0 };
    this.#file.data.set(data, Number(offset));
    return { ret, nwritten: data.length };
  }

  #reach(end: bigint): number {
    if (end <= this.#file.size) return wasi.ERRNO_SUCCESS;
    return end > BigInt(scratchLimits.bytes) ? wasi.ERRNO_NOSPC : this.#file.resize(Number(end));
  }
}

class ScratchFolder extends Directory {
  readonly #space: ScratchSpace;

  constructor(space: ScratchSpace) {
    super(new Map());
    this.#space = space;
  }

  override path_open(_flags: number, _rights: bigint, _fdFlags: number) {
    return { ret: wasi.ERRNO_SUCCESS, fd_obj: new ScratchFolderFd(this) };
  }

  override create_entry_for_path(path: string, isFolder: boolean) {
    const name = path.split("/").findLast((part) => part !== "") ?? "";
    if (name.length > scratchLimits.nameBytes) return { ret: wasi.ERRNO_NAMETOOLONG, entry: null };
    if (!this.#space.takeEntry()) return { ret: wasi.ERRNO_NOSPC, entry: null };
    const made = super.create_entry_for_path(path, isFolder);
    if (made.entry === null) return made;
    // The shim made a plain one and put it under its name: ours takes its place.
    const entry: Inode = isFolder ? new ScratchFolder(this.#space) : new ScratchFile(this.#space);
    this.#replace(path, entry);
    return { ret: wasi.ERRNO_SUCCESS, entry };
  }

  #replace(path: string, entry: Inode): void {
    const names: string[] = [];
    for (const part of path.split("/")) {
      if (part === "..") names.pop();
      else if (part !== "" && part !== ".") names.push(part);
    }
    const name = names.pop();
    let folder: Inode | undefined = this;
    for (const each of names) folder = folder instanceof Directory ? folder.contents.get(each) : undefined;
    if (name !== undefined && folder instanceof Directory) folder.contents.set(name, entry);
  }
}

class ScratchFolderFd extends OpenFolder {
  /** `canBeFolder` tells a rename, which moves, from a second name for a file, which there is none of. */
  override path_link(path: string, inode: Inode, canBeFolder: boolean) {
    return canBeFolder ? super.path_link(path, inode, true) : wasi.ERRNO_NOTSUP;
  }
}

/** An empty folder that the guest finds open at its start under `name`; it ends with the run. */
export function openScratchFolder(name: string): OpenDirectory {
  return new ScratchFolderFd(new ScratchFolder(new ScratchSpace()), name);
}
