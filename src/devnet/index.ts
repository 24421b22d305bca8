export { connectDevnet, type DevnetConnection, defaultDevnetFolder } from "./connection.ts";
export { type FaultKind, faultKinds } from "./control.ts";
export { startDetached } from "./detached.ts";
export {
  type Devnet,
  type DevnetDeps,
  type DevnetOptions,
  type DevnetStatus,
  type RoleStatus,
  removeDevnet,
  startLocalDevnet,
} from "./devnet.ts";
export * from "./errors.ts";
export { startDevnet } from "./start-devnet.ts";
