import { type Disk, fail, type Lifecycle } from "../base/index.ts";
import type { Replica } from "../state/index.ts";
import { devnetErrors } from "./errors.ts";
import { createFaultSwitch, type FaultSwitch } from "./faults.ts";
import { type HeldDisk, holdDisk } from "./held-disk.ts";
import type { HostedKind } from "./port.ts";

/** A role as the devnet runs it. */
export interface BuiltRole extends Lifecycle {
  readonly url: string;
}

/** One role of the devnet under its name: it can be killed, started again, and have a state of its own. */
export interface HostedRole {
  readonly name: string;
  readonly kind: HostedKind;
  readonly zone: string | undefined;
  readonly fault: FaultSwitch;
  /** The shared replica, or the role's own once `fault corrupt` gave it one. */
  readonly replica: () => Replica;
  readonly status: () => "running" | "stopped";
  readonly url: () => string;
  start(signal?: AbortSignal): Promise<void>;
  /** As if its process had ended: nothing of it touches the disk any more. */
  stop(): Promise<void>;
  /** Runs the role on this replica from the next start on; undefined = the shared one. */
  useReplica(replica: Replica | undefined): void;
}

export interface RoleRecipe {
  readonly name: string;
  readonly kind: HostedKind;
  readonly zone?: string;
  /** Builds the role anew; called at every start. */
  readonly build: (parts: { replica: Replica; fault: FaultSwitch; disk: Disk }) => BuiltRole;
}

export function hostRole(recipe: RoleRecipe, { replica: shared, disk }: { replica: Replica; disk: Disk }): HostedRole {
  const fault = createFaultSwitch();
  let own: Replica | undefined;
  let running: { readonly role: BuiltRole; readonly held: HeldDisk } | undefined;
  let last: { readonly to: "start" | "stop"; readonly done: Promise<void> } | undefined;
  let lastUrl = "";

  /**
   * One after the other, so that the last word holds: a role has its port and its folder until it has ended, and what is
   * just beginning is ended when it has begun. Two who want the same at once get the same.
   */
  function inTurn(to: "start" | "stop", work: () => Promise<void>): Promise<void> {
    if (last?.to === to) return last.done;
    const done = (last === undefined ? work() : last.done.then(work, work)).finally(() => {
      if (last?.done === done) last = undefined;
    });
    last = { to, done };
    return done;
  }

  async function begin(signal: AbortSignal | undefined): Promise<void> {
    if (running !== undefined) return;
    const held = holdDisk(disk);
    const role = recipe.build({ replica: own ?? shared, fault, disk: held.disk });
    try {
      await role.start(signal);
    } catch (error) {
      await held.close();
      throw error;
    }
    running = { role, held };
    lastUrl = role.url;
  }

  async function end(): Promise<void> {
    const ending = running;
    running = undefined;
    try {
      await ending?.role.stop();
    } finally {
      await ending?.held.close();
    }
  }

  return {
    name: recipe.name,
    kind: recipe.kind,
    zone: recipe.zone,
    fault,
    replica: () => own ?? shared,
    status: () => (running === undefined ? "stopped" : "running"),
    url: () => running?.role.url ?? lastUrl,
    start: (signal) => inTurn("start", () => begin(signal)),
    stop: () => inTurn("stop", end),
    useReplica: (replica) => {
      own = replica;
    },
  };
}

/** Name of the local data-availability node among the roles that faults are played on. */
export const DA_ROLE = "da";

/** @throws DSDN_DEVNET_ROLE_UNKNOWN */
export function getRole(roles: readonly HostedRole[], name: string): HostedRole {
  const role = roles.find((other) => other.name === name) ?? roles.find((other) => other.kind === name);
  if (role !== undefined) return role;
  throw fail(devnetErrors.roleUnknown, {
    role: name,
    roles: [...roles.map((other) => other.name), DA_ROLE].join(", "),
  });
}
