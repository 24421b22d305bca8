export { type CheckReport, runChecks } from "./check.ts";
export { devnetChecks } from "./devnet-checks.ts";
export { machineChecks } from "./machine-checks.ts";
export { networkChecks } from "./network-checks.ts";
