import type { Intent, WorkloadMode, WorkloadSpec } from "../protocol/index.ts";
import type { Said } from "./field-reader.ts";
import { type Decision, decision, type IntentRule } from "./rules.ts";
import type { Chosen, DetectedProject, IntentSources } from "./sources.ts";

/** Where it runs. */
export function placementOf(intent: Intent, mode: WorkloadMode): Pick<WorkloadSpec, "classPreference" | "tier"> {
  return { classPreference: CLASSES[classRule(intent)], tier: mode === "batch" ? "spot" : "standard" };
}

const CLASSES = {
  "ai-near-data-centres": "datacentre",
  "high-in-data-centres": "datacentre",
  "low-tolerates-latency": "regular",
  "any-node": "any",
} as const;

function classRule({ type, priority }: Intent): keyof typeof CLASSES {
  if (type === "ai") return "ai-near-data-centres";
  if (priority === "high") return "high-in-data-centres";
  return priority === "low" ? "low-tolerates-latency" : "any-node";
}

/** The files that decided, as one line. */
export function describeFiles({ because }: DetectedProject): string {
  return because.join(", ") || "-";
}

export interface Explained {
  readonly spec: WorkloadSpec;
  readonly sources: IntentSources;
  readonly said: { readonly [K in keyof Intent]: Chosen<Intent[K]> };
  readonly isRaised: boolean;
  readonly args: { readonly rule: IntentRule; readonly source: string } | undefined;
}

/** Every decision behind a spec, in the order of its fields, and what else follows from it. */
export function explain({ spec, sources, said, isRaised, args }: Explained): Decision[] {
  const { detected, file } = sources;
  const isBatch = spec.mode === "batch";
  const isPrivate = spec.intent.visibility === "private";
  const { outputBytes, logBytes, memoryBytes, timeMs } = spec.limits;
  const files = detected === undefined ? "" : describeFiles(detected);
  const modeRule = isBatch ? "batch-runs-once" : "served-keeps-running";
  const addressRule = isBatch ? "batch-has-no-address" : isPrivate ? "private-has-no-address" : "public-has-address";
  const given = (what: string, values: readonly string[], line: Said<unknown> | undefined) =>
    decision(what, values, line === undefined ? "nothing-said" : "project-file", line?.place);
  return [
    ...Object.entries(said).map(([field, { value, rule, source }]) => decision(`intent.${field}`, value, rule, source)),
    decision("kind", spec.kind, detected === undefined ? "engine-of-type" : "detected", files),
    decision("mode", spec.mode, modeRule),
    decision("classPreference", spec.classPreference, classRule(spec.intent)),
    decision("tier", spec.tier, isBatch ? "batch-is-spot" : "service-is-standard"),
    decision("limits.memoryBytes", memoryBytes, isRaised ? "engine-needs-memory" : "limit-of-priority"),
    decision("limits.timeMs", timeMs, "limit-of-priority"),
    decision("limits.outputBytes", outputBytes, "limit-of-priority"),
    decision("limits.logBytes", logBytes, "limit-of-priority"),
    given(
      "env",
      spec.env.map(({ name }) => name),
      file?.env,
    ),
    decision("args", spec.args, args?.rule ?? "nothing-said", args?.source),
    given("grants.hosts", spec.grants.hosts, file?.hosts),
    given("grants.objects", spec.grants.objects, file?.objects),
    decision(
      "input",
      spec.input,
      isBatch ? (spec.input === null ? "nothing-said" : "flag") : "input-of-batch",
      "--stdin",
    ),
    decision("package", isPrivate ? "encrypted" : "public", isPrivate ? "private-is-sealed" : "public-is-readable"),
    decision("address", !isBatch && !isPrivate, addressRule),
    decision("sealed", null, "sealed-when-sent"),
    decision("verification", spec.verification, "not-verified"),
    decision("version", spec.version, "first-format"),
  ];
}
