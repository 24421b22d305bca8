import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Clock, type Disk, type FileTree, fromUtf8, toUtf8, writeShared } from "../../base/index.ts";
import { UNREAD } from "../detection/build-command.ts";
import type { BuildCommand } from "../detection/detection.ts";

/** What the user allowed to run: one command of one project folder, with the very scripts it had. */
export interface BuildConsents {
  /** True when this command was allowed, unchanged since: folder, arguments, scripts and package manager settings. */
  has(command: BuildCommand): Promise<boolean>;
  /** Keeps the consent; a later change of the command needs a new one, and one with a setting that is not read always does. */
  record(command: BuildCommand): Promise<void>;
}

/**
 * The consents of this user, one private file (0600) a project folder.
 * @param options.folder - absolute, in the user's own profile; nothing of a project is read from there.
 */
export function createBuildConsents(
  { folder }: { readonly folder: string },
  { disk, tree, clock }: { readonly disk: Disk; readonly tree: FileTree; readonly clock: Clock },
): BuildConsents {
  const pathOf = (command: BuildCommand) => join(folder, `${digest(command.folder)}.json`);
  return {
    async has(command) {
      if (command.runs.some(({ text }) => text === UNREAD)) return false;
      const path = pathOf(command);
      const entry = await tree.find(path);
      // Windows has no such bits; the profile folder's access list protects the file there.
      const isPrivate = process.platform === "win32" || (entry !== undefined && (entry.mode & 0o077) === 0);
      if (entry?.kind !== "file" || !isPrivate) return false;
      return readDigest((await disk.find(path)) ?? new Uint8Array(0)) === digest(command);
    },
    async record(command) {
      const { folder: project, argv } = command;
      const text = JSON.stringify({ version: 1, project, argv, digest: digest(command), grantedMs: clock.nowMs() });
      await disk.makeFolder(folder);
      await writeShared(disk, pathOf(command), toUtf8(`${text}\n`), 0o600);
    },
  };
}

function readDigest(bytes: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(fromUtf8(bytes));
    const isOurs = typeof value === "object" && value !== null && "version" in value && value.version === 1;
    return isOurs && "digest" in value && typeof value.digest === "string" ? value.digest : undefined;
  } catch {
    return undefined;
  }
}

/** SHA-256 of the value's JSON, in hex; for a command over folder, arguments, and every script and setting in order. */
function digest(value: string | BuildCommand): string {
  const parts =
    typeof value === "string" ? value : [value.folder, value.argv, value.runs.map(({ name, text }) => [name, text])];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
