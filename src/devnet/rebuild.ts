import { type Disk, toHex } from "../base/index.ts";
import type { DevnetParts } from "./compose.ts";
import type { RebuildReport } from "./port.ts";
import type { HostedRole } from "./role-host.ts";

const REPLAY_MS = 600_000;

/**
 * Stops the role, deletes what was derived from the log (the kept checkpoint, its copy of the state), replays the log
 * from its beginning and starts the role on that. Keys, chunks, the role's unposted events and the log itself stay.
 * Faults played on the role end.
 */
export async function rebuildRole(
  role: HostedRole,
  deps: { readonly parts: DevnetParts; readonly disk: Disk; readonly folder: string },
): Promise<RebuildReport> {
  const { parts, disk, folder } = deps;
  const shared = parts.replica;
  const previous = role.replica();
  await role.stop();
  role.fault.isPartitioned = false;
  role.fault.slowMs = 0;
  const derived = `${folder}/state`;
  const deleted = (await disk.list(derived)).flatMap(({ name, kind }) =>
    kind === "file" ? [`${derived}/${name}`] : [],
  );
  for (const path of deleted) await disk.remove(path);
  const fresh = parts.createReplica(role.fault);
  await fresh.start();
  const height = shared.height;
  await fresh.waitFor((state) => state.height >= height, AbortSignal.timeout(REPLAY_MS));
  const rootOf = (replica: typeof shared) => toHex(replica.rootAt(height) ?? new Uint8Array(0));
  const roots = { stateRoot: rootOf(fresh), expectedRoot: rootOf(shared), previousRoot: rootOf(previous) };
  const isEqual = roots.stateRoot === roots.expectedRoot;
  // Equal states need no second copy; a state of its own would only cost memory.
  role.useReplica(isEqual ? undefined : fresh);
  if (isEqual) await fresh.stop();
  if (previous !== shared) await previous.stop();
  await role.start();
  return { role: role.name, height, ...roots, isEqual, deleted };
}
