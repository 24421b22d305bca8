/** Which machine's rules a path has to obey besides those of the network. */
export type PathPlatform = "posix" | "darwin" | "win32";

const SEGMENT_BYTES = 255;
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: Windows refuses control characters in names
const WINDOWS_FORBIDDEN = /[\u0000-\u001f<>:"|?*\\]/;

/**
 * Why the path may not stand in a listing, or undefined when it may: relative, forward slashes, no empty, `.` or `..`
 * part, no NUL, parts of at most 255 bytes. With a platform also what its file system would refuse or take for
 * something else (drive letters, streams, device names, a trailing dot).
 */
export function findPathFault(path: string, platform: PathPlatform = "posix"): string | undefined {
  if (path === "") return "it is empty";
  if (path.includes("\0")) return "it holds a NUL character";
  if (path.startsWith("/")) return "it is absolute";
  for (const part of path.split("/")) {
    if (part === "") return "it has an empty part";
    if (part === "." || part === "..") return `it has the part ${part}`;
    if (Buffer.byteLength(part) > SEGMENT_BYTES) return `a part is longer than ${SEGMENT_BYTES} bytes`;
    if (platform !== "win32") continue;
    if (WINDOWS_FORBIDDEN.test(part)) return "it has a character that Windows does not allow";
    if (/[. ]$/.test(part)) return "a part ends with a dot or a space, which Windows drops";
    if (RESERVED.test(part)) return `${part} is a device on Windows`;
  }
  return undefined;
}

/** What two paths share when the platform's file system would take one for the other. */
export function foldPath(path: string, platform: PathPlatform): string {
  return platform === "posix" ? path : path.normalize("NFC").toLowerCase();
}

/** The folder a path lies in, or undefined at the top. */
export function parentOf(path: string): string | undefined {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? undefined : path.slice(0, slash);
}

/** True when a link at `path` with this target leads out of the tree it lies in. */
export function leadsOutside(path: string, target: string): boolean {
  if (/^([/\\]|[A-Za-z]:)/.test(target)) return true;
  let depth = path.split("/").length - 1;
  for (const part of target.split(/[/\\]/)) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
