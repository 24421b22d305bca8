export * from "./compose.ts";
export { type ConfigSources, type RoleConfig, type RoleName, readRoleConfig, roleNames } from "./config.ts";
export { findStartHeight } from "./data-availability.ts";
export * from "./errors.ts";
export { type GenesisPlan, makeGenesis } from "./genesis.ts";
export { type NetworkPlan, type WrittenNetwork, writeNetworkFiles } from "./network-files.ts";
export { composeRole } from "./run.ts";
export type { RunDeps, RunningRole } from "./running-role.ts";
