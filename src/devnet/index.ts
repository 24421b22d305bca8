export {
  connectDevnet,
  type DevnetConnection,
  type DevnetTrace,
  findDevnetTrace,
  removeLeftover,
} from "./connection.ts";
export { startDetached } from "./detached.ts";
export { type DevnetDeps, type DevnetOptions, startLocalDevnet } from "./devnet.ts";
export { removeDevnet } from "./devnet-folder.ts";
export * from "./errors.ts";
export {
  type Devnet,
  type DevnetStatus,
  type FaultKind,
  faultKinds,
  type RebuildReport,
  type RoleStatus,
} from "./port.ts";
export { findTakenPorts } from "./ports.ts";
export { startDevnet } from "./start-devnet.ts";
