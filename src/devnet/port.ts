import type { NetworkId } from "../protocol/index.ts";
import type { HostedRole } from "./role-host.ts";

export const faultKinds = ["kill", "restart", "partition", "slow", "corrupt"] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface RoleStatus {
  readonly name: string;
  readonly kind: HostedRole["kind"];
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

/** A running devnet. */
export interface Devnet {
  status(): DevnetStatus;
  /** Bearer token of the local ports. Secret. */
  readonly token: string;
  fault(kind: FaultKind, role: string): Promise<void>;
  heal(): Promise<void>;
  /** Moves log time forward. */
  advanceClock(byMs: number): Promise<void>;
  /** Resolves when the devnet was stopped, by whatever way. */
  readonly stopped: Promise<void>;
  stop(): Promise<void>;
}
