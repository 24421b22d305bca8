import { acquireFileLock, type Clock, type Disk, type FileLock, fail, fromUtf8, type Random } from "../base/index.ts";
import { LOCK_FILE, RUNNING_FILE } from "./connection.ts";
import { devnetErrors } from "./errors.ts";
import { findSettings } from "./settings.ts";

interface FolderDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a devnet makes in its folder. */
const OWN_FOLDERS = /^(?:da|state|coordinator|validator|sequencer|node)(?:-\d+)?$/;
const OWN_FILES = ["devnet.json", "devnet.log", "devnet.log.1", "start.log", RUNNING_FILE];

/**
 * The folder for one devnet until it is released.
 * @throws DSDN_DEVNET_ALREADY_RUNNING, which names the address of the one that runs, so that the user finds it
 */
export async function takeFolder(folder: string, deps: FolderDeps): Promise<FileLock> {
  try {
    const signal = AbortSignal.timeout(1_500);
    return await acquireFileLock({ path: `${folder}/${LOCK_FILE}`, signal }, deps);
  } catch (error) {
    const bytes = await deps.disk.find(`${folder}/${RUNNING_FILE}`);
    const running = bytes === undefined ? {} : (JSON.parse(fromUtf8(bytes)) as { ingressUrl?: string });
    throw fail(devnetErrors.alreadyRunning, { folder, url: running.ingressUrl ?? "unknown" }, { cause: error });
  }
}

/**
 * Deletes everything a devnet kept in the folder; nothing else in it is touched.
 * @throws DSDN_DEVNET_ALREADY_RUNNING
 */
export async function removeDevnet(folder: string, deps: FolderDeps): Promise<void> {
  if ((await findSettings(deps.disk, folder).catch(() => null)) === undefined) return;
  const lock = await takeFolder(folder, deps);
  try {
    for (const entry of await deps.disk.list(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.kind === "folder" && OWN_FOLDERS.test(entry.name)) await deps.disk.removeFolder(path);
      else if (OWN_FILES.includes(entry.name)) await deps.disk.remove(path);
    }
  } finally {
    await lock.release();
  }
}
