export * from "./compile.ts";
export { nameOf } from "./deployment-name.ts";
export * from "./errors.ts";
export { isName, PROJECT_FILE, type ProjectFile, readProjectFile } from "./project-file.ts";
export { type Decision, decision, type IntentRule } from "./rules.ts";
export { compileSchedule, type ScheduleWish } from "./schedule-wish.ts";
export type { CompiledIntent, DetectedProject, IntentSources, ProjectFlags } from "./sources.ts";
