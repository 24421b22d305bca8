import { relative, sep } from "node:path";
import type { Detection } from "../detection/detection.ts";
import { findSkipReason } from "./skip-rules.ts";

/**
 * Whether a change of the path, below the project's folder and with forward slashes, cannot change its package:
 * dependencies, version control, hidden names, secrets, packages, and what the project's own build writes.
 */
export function isUnpacked({ root, site, build }: Detection, path: string): boolean {
  const parts = path.split("/");
  const reasons = parts.map((part, index) => {
    return findSkipReason(part, { isTop: index === 0, isFolder: index < parts.length - 1 });
  });
  if (reasons.some((reason) => IGNORED.has(reason ?? ""))) return true;
  if (build === null) return false;
  const folders = [...build.looked, ...(site === undefined || site === "" ? [] : [site])];
  const base = relative(root, build.command.folder).split(sep).join("/");
  return folders.some((folder) =>
    [folder, `${base}/${folder}`].some((one) => path === one || path.startsWith(`${one}/`)),
  );
}

const IGNORED: ReadonlySet<string> = new Set(["version-control", "dependencies", "hidden", "secret", "package"]);
