import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import { DsdnError, fail } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";
import type { FileTree } from "./file-tree.ts";

export interface FolderWatchOptions {
  /** Absolute. */
  readonly folder: string;
  /** Says of a path below the folder, with forward slashes, that changes of it and below it do not matter. */
  readonly isIgnored: (path: string) => boolean;
  /** Told which path below the folder changed; the same change may be told several times. */
  readonly onChange: (path: string) => void;
}

export interface FolderWatch {
  /** Nothing is told after that. Idempotent. */
  close(): void;
}

const FOLDERS = 5_000;
const ENTRIES = 100_000;

/**
 * Watches a folder and the folders below it, new ones included, until it is closed. Ignored folders are not even opened:
 * watching the dependencies of a project would cost more than building it. Links are not followed.
 *
 * @throws DSDN_BASE_FILE_FAILED when a folder cannot be watched, or there are more than 5,000
 */
export async function watchFolder(
  options: FolderWatchOptions,
  { tree }: { readonly tree: FileTree },
): Promise<FolderWatch> {
  const watching = new WatchedFolders(options, tree);
  try {
    await watching.add("");
    return watching;
  } catch (error) {
    watching.close();
    throw error;
  }
}

class WatchedFolders implements FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #tree: FileTree;
  readonly #watchers = new Map<string, FSWatcher>();
  #following: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: FolderWatchOptions, tree: FileTree) {
    this.#options = options;
    this.#tree = tree;
  }

  /** Watches one folder and what is below it. Watching comes before listing, so that nothing falls in between. */
  async add(path: string): Promise<void> {
    if (this.#isClosed || this.#watchers.has(path)) return;
    this.#watchers.set(path, this.#open(path));
    const folder = join(this.#options.folder, path);
    for (const entry of await this.#tree.list(folder, ENTRIES)) {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.kind === "folder" && !this.#options.isIgnored(below)) await this.#addBelow(below);
    }
  }

  /** One that went away since it was listed is none to watch; the folder it was in tells when it comes back. */
  async #addBelow(path: string): Promise<void> {
    try {
      await this.add(path);
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#forget(path);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #open(path: string): FSWatcher {
    const folder = join(this.#options.folder, path);
    if (this.#watchers.size >= FOLDERS) {
      throw fail(baseErrors.fileFailed, { action: "watch", path: folder, reason: `more than ${FOLDERS} folders` });
    }
    try {
      const watcher = watch(folder, (_event, name) => this.#tell(path, name));
      // A folder that went away; its parent tells of that.
      watcher.on("error", () => this.#watchers.get(path) === watcher && this.#forget(path));
      return watcher;
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? "unknown reason";
      throw fail(baseErrors.fileFailed, { action: "watch", path: folder, reason }, { cause: error });
    }
  }

  #tell(folder: string, name: string | null): void {
    if (this.#isClosed || name === null) return;
    const path = folder === "" ? name : `${folder}/${name}`;
    if (this.#options.isIgnored(path)) return;
    this.#options.onChange(path);
    const found = this.#tree.find(join(this.#options.folder, path));
    // In the order of the changes: what was found gone first, and is told last, must not end the watch of what came after it.
    this.#following = Promise.allSettled([found, this.#following]).then(() => this.#follow(path, found));
  }

  /** A folder that is new is watched from now on; one that is gone no longer. */
  async #follow(path: string, found: ReturnType<FileTree["find"]>): Promise<void> {
    try {
      const entry = await found;
      // A folder of that name may be another one than before: removed, and made again at once.
      if (entry === undefined || entry.kind === "folder") this.#forget(path);
      if (entry?.kind !== "folder") return;
      await this.add(path);
      // Of what came into it before it was watched nobody has told.
      if (!this.#isClosed) this.#options.onChange(path);
    } catch {
      // It may be gone again; whatever stays is told of by its parent.
      this.#forget(path);
    }
  }

  #forget(path: string): void {
    for (const [known, watcher] of this.#watchers) {
      if (known !== path && !known.startsWith(`${path}/`)) continue;
      watcher.close();
      this.#watchers.delete(known);
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof DsdnError && ["ENOENT", "ENOTDIR"].includes(String(error.facts["reason"]));
}
