export type { SkippedEntry } from "./collect.ts";
export { type Detection, detectProject } from "./detect.ts";
export * from "./errors.ts";
export * from "./init-project.ts";
export * from "./pack.ts";
export { type PackageFile, readPackageFiles } from "./package-file.ts";
export type { SkipReason } from "./skip-rules.ts";
