import { type DsdnError, fail } from "../../base/index.ts";
import { findPathFault, foldPath } from "../../objects/index.ts";
import { packagerErrors } from "../errors.ts";
import { findSkipReason } from "../packing/skip-rules.ts";

/** What an archive or a folder may hold to become a project. */
export const sourceBounds = {
  /** Of the archive itself. */
  archiveBytes: 128 * 1024 * 1024,
  /** Of all files together. */
  contentBytes: 128 * 1024 * 1024,
  /** Files and folders. */
  entries: 10_000,
  depth: 64,
} as const;

/** Decides of every entry of a source, from its name and size alone, before a byte of its content is read. */
export interface Intake {
  /**
   * @param path - as the source writes it; a `/` at the end of a folder's name is allowed.
   * @returns the path to use, or undefined when the entry is left out.
   * @throws DSDN_PACKAGER_SOURCE_REFUSED, DSDN_PACKAGER_SOURCE_DAMAGED
   */
  admit(path: string, kind: "file" | "folder", sizeBytes: number): string | undefined;
  /** What was left out although it was fit: version control, installed packages, secrets. */
  readonly skipped: readonly string[];
}

const LEFT_OUT = new Set(["version-control", "dependencies", "secret"]);
/** What archivers of other systems add: attributes and views of folders. */
const ARCHIVER_NAMES = new Set(["__MACOSX", ".DS_Store", "Thumbs.db"]);

/**
 * Builds an intake. Names must be such that every system takes them for the same file inside the folder, and none may
 * be another's twin: not on a disk that ignores case, and not a file where another entry has a folder.
 */
export function createIntake(): Intake {
  const seen = new Map<string, { path: string; kind: "file" | "folder"; isImplied: boolean }>();
  const skipped = new Set<string>();
  let entries = 0;
  let bytes = 0;

  const take = (path: string, kind: "file" | "folder", isImplied: boolean): void => {
    const folded = foldPath(path, "win32");
    const known = seen.get(folded);
    if (known === undefined) {
      seen.set(folded, { path, kind, isImplied });
      return;
    }
    const isSameFolder = known.kind === "folder" && kind === "folder" && known.path === path;
    if (!isSameFolder) throw refuse(path, `it is there twice, as ${known.path}`);
    if (!isImplied && !known.isImplied) throw refuse(path, "it is there twice");
    known.isImplied &&= isImplied;
  };

  return {
    get skipped() {
      return [...skipped].sort();
    },
    admit(given, kind, sizeBytes) {
      if (++entries > sourceBounds.entries) throw refuse(given, `there are more than ${sourceBounds.entries} entries`);
      if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw refuse(given, "its size is no size");
      const path = kind === "folder" ? given.replace(/\/$/, "") : given;
      if (kind === "folder" && (path === "" || path === ".") && given !== "/") return undefined;
      // `./a` is how tar writes what lies at the top.
      const plain = path.replace(/^\.\//, "");
      const fault = findPathFault(plain, "win32");
      if (fault !== undefined) throw refuse(given, fault);
      const parts = plain.split("/");
      if (parts.length > sourceBounds.depth) throw refuse(given, `it lies deeper than ${sourceBounds.depth} folders`);
      bytes += sizeBytes;
      if (bytes > sourceBounds.contentBytes)
        throw refuse(given, `all files together are over ${sourceBounds.contentBytes} bytes`);
      parts.slice(1).forEach((_part, at) => {
        take(parts.slice(0, at + 1).join("/"), "folder", true);
      });
      take(plain, kind, false);
      const left = parts.findIndex((part, at) => {
        const isFolder = at < parts.length - 1 || kind === "folder";
        return ARCHIVER_NAMES.has(part) || LEFT_OUT.has(findSkipReason(part, { isTop: false, isFolder }) ?? "");
      });
      if (left === -1) return plain;
      skipped.add(parts.slice(0, left + 1).join("/"));
      return undefined;
    },
  };
}

/** The error for an entry that may not be unpacked; with an empty path, for all of the source. */
export function refuse(entry: string, reason: string): DsdnError {
  if (entry === "") return fail(packagerErrors.sourceDamaged, { reason });
  return fail(packagerErrors.sourceRefused, { entry: entry.slice(0, 200), reason });
}
