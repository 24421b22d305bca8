import type { Intent, ObjectId, WorkloadKind, WorkloadMode, WorkloadSpec } from "../protocol/index.ts";
import type { ProjectFile } from "./project-file.ts";
import type { Decision, IntentRule } from "./rules.ts";
import type { ScheduleWish } from "./schedule-wish.ts";

/** What the user said with flags; each stands above the project's file. */
export interface ProjectFlags {
  readonly type?: Intent["type"] | undefined;
  readonly priority?: Intent["priority"] | undefined;
  readonly visibility?: Intent["visibility"] | undefined;
  readonly name?: string | undefined;
  readonly entry?: string | undefined;
  readonly site?: string | undefined;
  readonly schedule?: ScheduleWish | undefined;
  /** What the program is started with. */
  readonly args?: readonly string[] | undefined;
}

/** What the project's files show. */
export interface DetectedProject {
  readonly type: Intent["type"];
  readonly kind: WorkloadKind;
  readonly mode: WorkloadMode;
  /** The files that decided. */
  readonly because: readonly string[];
}

export interface IntentSources {
  readonly flags?: ProjectFlags | undefined;
  readonly file?: ProjectFile | undefined;
  readonly detected?: DetectedProject | undefined;
  /** The object that is a batch's standard input. */
  readonly input?: ObjectId | undefined;
}

/** What the network is asked to run, with every decision that led to it. */
export interface CompiledIntent {
  readonly spec: WorkloadSpec;
  readonly decisions: readonly Decision[];
}

/** A value with the rule that chose it. */
export interface Chosen<V> {
  readonly value: V;
  readonly rule: IntentRule;
  readonly source?: string;
}
