import { fail } from "../base/index.ts";
import type { DevnetParts } from "./compose.ts";
import { devnetErrors } from "./errors.ts";
import type { FaultKind } from "./port.ts";
import { DA_ROLE, getRole, type HostedRole } from "./role-host.ts";

const SLOW_MS = 2_000;

/**
 * Plays a fault on the role of that name, which goes on until `endFaults` or a rebuild of the role.
 * @throws DSDN_DEVNET_ROLE_UNKNOWN, DSDN_DEVNET_FAULT_UNSUITABLE
 */
export async function playFault(parts: DevnetParts, kind: FaultKind, name: string): Promise<void> {
  if (name === DA_ROLE) return playDaFault(parts.daNode, kind);
  const role = getRole(parts.roles, name);
  switch (kind) {
    case "kill":
      return role.stop();
    case "restart":
      await role.stop();
      return role.start();
    case "slow":
      if (role.kind !== "node") throw fail(devnetErrors.faultUnsuitable, { fault: kind, role: name });
      role.fault.slowMs = SLOW_MS;
      return;
    case "partition":
      await giveOwnState(role, parts.createReplica(role.fault), parts.replica);
      role.fault.isPartitioned = true;
      return;
    case "corrupt":
      return giveOwnState(role, parts.createReplica(role.fault, { isCorrupt: true }), parts.replica);
  }
}

/** Ends every fault: whatever was stopped runs again, and all roles share one state. */
export async function endFaults({ daNode, replica, roles }: DevnetParts): Promise<void> {
  await daNode.start();
  for (const role of roles) {
    role.fault.isPartitioned = false;
    role.fault.slowMs = 0;
    const own = role.replica();
    if (own !== replica) {
      await role.stop();
      role.useReplica(undefined);
      await own.stop();
    }
    await role.start();
  }
}

/** The log's own node: without it nothing is published, and everything else goes on. */
async function playDaFault(daNode: DevnetParts["daNode"], kind: FaultKind): Promise<void> {
  if (kind !== "kill" && kind !== "restart" && kind !== "partition") {
    throw fail(devnetErrors.faultUnsuitable, { fault: kind, role: DA_ROLE });
  }
  await daNode.stop();
  if (kind === "restart") await daNode.start();
}

/** A role that no longer shares the others' state follows the log with a replica of its own. */
async function giveOwnState(
  role: HostedRole,
  own: DevnetParts["replica"],
  shared: DevnetParts["replica"],
): Promise<void> {
  await own.start();
  const wanted = shared.height;
  await own.waitFor((state) => state.height >= wanted);
  const wasRunning = role.status() === "running";
  await role.stop();
  role.useReplica(own);
  if (wasRunning) await role.start();
}
