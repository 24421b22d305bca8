export { type CheckReport, runChecks } from "./check.ts";
export { devnetChecks } from "./devnet-checks.ts";
export { drawChecks } from "./draw-checks.ts";
export { machineChecks } from "./machine-checks.ts";
export { networkChecks } from "./network-checks.ts";
export { type KnownWay, wayChecks } from "./way-checks.ts";
