export type { ApiRoute } from "./api-route.ts";
export * from "./canonical.ts";
export * from "./constants.ts";
export * from "./cron.ts";
export type {
  DeploymentDetails,
  JobFacts,
  ScheduleRule,
  WorkloadLogLine,
  WorkloadPlacement,
  WorkloadRow,
} from "./deployment-api.ts";
export * from "./errors.ts";
export * from "./event-bodies.ts";
export * from "./events.ts";
export * from "./genesis.ts";
export * from "./host-names.ts";
export * from "./http-api.ts";
export * from "./ids.ts";
export * from "./limits.ts";
export * from "./link-api.ts";
export * from "./link-errors.ts";
export * from "./link-requests.ts";
export * from "./links.ts";
export * from "./log-requests.ts";
export * from "./manifests.ts";
export type { ObjectDetails, ObjectRow } from "./object-api.ts";
export type {
  LoggedEvent,
  LoggedHeight,
  NewestDeployment,
  NewestObject,
  RootOfRole,
} from "./overview-api.ts";
export * from "./package-path.ts";
export * from "./packages.ts";
export * from "./ports.ts";
export * from "./preimages.ts";
export * from "./raw-paths.ts";
export * from "./receipts.ts";
export * from "./schedules.ts";
export * from "./schema.ts";
export type { SealedPart } from "./sealed-part.ts";
export * from "./sealed-specs.ts";
export type { SessionRow } from "./session-api.ts";
export * from "./session-grants.ts";
export * from "./site-rules.ts";
