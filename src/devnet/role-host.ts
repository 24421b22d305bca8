import { fail, type Lifecycle } from "../base/index.ts";
import type { Replica } from "../state/index.ts";
import { devnetErrors } from "./errors.ts";
import { createFaultSwitch, type FaultSwitch } from "./faults.ts";
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
  stop(): Promise<void>;
  /** Runs the role on this replica from the next start on; undefined = the shared one. */
  useReplica(replica: Replica | undefined): void;
}

export interface RoleRecipe {
  readonly name: string;
  readonly kind: HostedKind;
  readonly zone?: string;
  /** Builds the role anew; called at every start. */
  readonly build: (parts: { replica: Replica; fault: FaultSwitch }) => BuiltRole;
}

export function hostRole(recipe: RoleRecipe, shared: Replica): HostedRole {
  const fault = createFaultSwitch();
  let own: Replica | undefined;
  let built: BuiltRole | undefined;
  let lastUrl = "";
  return {
    name: recipe.name,
    kind: recipe.kind,
    zone: recipe.zone,
    fault,
    replica: () => own ?? shared,
    status: () => (built === undefined ? "stopped" : "running"),
    url: () => built?.url ?? lastUrl,
    start: async (signal) => {
      if (built !== undefined) return;
      const role = recipe.build({ replica: own ?? shared, fault });
      await role.start(signal);
      built = role;
      lastUrl = role.url;
    },
    stop: async () => {
      const role = built;
      built = undefined;
      await role?.stop();
    },
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
