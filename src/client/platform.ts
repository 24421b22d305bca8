import type { PathPlatform } from "../objects/index.ts";

/** The rules for file names of the machine this runs on. */
export function thisPlatform(): PathPlatform {
  return process.platform === "win32" || process.platform === "darwin" ? process.platform : "posix";
}
