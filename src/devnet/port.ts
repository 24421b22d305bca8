import type { NetworkId } from "../protocol/index.ts";

export const faultKinds = ["kill", "restart", "partition", "slow", "corrupt"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What a role of the devnet does. */
export type HostedKind = "coordinator" | "node" | "validator" | "sequencer" | "ingress";

export interface RoleStatus {
  readonly name: string;
  readonly kind: HostedKind;
  readonly zone: string | null;
  readonly status: "running" | "stopped" | "partitioned" | "slow";
  readonly url: string;
  readonly height: number;
}

export interface DevnetStatus {
  readonly folder: string;
  readonly network: NetworkId;
  readonly ingressUrl: string;
  readonly controlUrl: string;
  readonly chainRpcUrl: string;
  readonly daUrl: string;
  readonly height: number;
  readonly stateRoot: string;
  readonly startedMs: number;
  readonly readyAfterMs: number;
  readonly roles: readonly RoleStatus[];
}

/** What became of a role that was rebuilt from the log. */
export interface RebuildReport {
  readonly role: string;
  /** Where the roots were compared. */
  readonly height: number;
  /** By the replay. */
  readonly stateRoot: string;
  /** What the other roles have. */
  readonly expectedRoot: string;
  /** What the role had before; empty when it had not come so far. */
  readonly previousRoot: string;
  readonly isEqual: boolean;
  /** Derived files that were deleted. */
  readonly deleted: readonly string[];
}

/** A running devnet. */
export interface Devnet {
  status(): DevnetStatus;
  /** Bearer token of the local ports. Secret. */
  readonly token: string;
  fault(kind: FaultKind, role: string): Promise<void>;
  heal(): Promise<void>;
  /** Builds a role anew from the log alone. @throws DSDN_DEVNET_ROLE_UNKNOWN */
  rebuild(role: string): Promise<RebuildReport>;
  /** Moves log time forward; resolves when the roles have read the new time. */
  advanceClock(byMs: number): Promise<void>;
  /** Resolves when the devnet was stopped, by whatever way. */
  readonly stopped: Promise<void>;
  stop(): Promise<void>;
}
