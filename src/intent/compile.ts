import { type DsdnError, fail } from "../base/index.ts";
import { type Intent, intentSchema, type WorkloadSpec } from "../protocol/index.ts";
import { engineMemoryBytes, typeDefaults } from "./defaults.ts";
import { intentErrors } from "./errors.ts";
import { describeFiles, explain, placementOf } from "./explain.ts";
import { unknownField } from "./field-hints.ts";
import type { Said } from "./field-reader.ts";
import type { Chosen, CompiledIntent, IntentSources, ProjectFlags } from "./sources.ts";

/** What was said about a field: the flag before the line of the project's file. Undefined when neither names it. */
export function pickSaid<V>(
  field: string,
  flag: V | undefined,
  line: Said<V> | undefined,
): (Chosen<V> & { readonly source: string }) | undefined {
  if (flag !== undefined) return { value: flag, rule: "flag", source: `--${field}` };
  return line === undefined ? undefined : { value: line.value, rule: "project-file", source: line.place };
}

/**
 * What the network is asked to run: flags before the project's file before what its files show before defaults. Pure:
 * the same sources give the same spec. Every type, priority and visibility compiles.
 *
 * @throws DSDN_INTENT_FIELD_INVALID when nothing says what it is
 */
export function compileProject(sources: IntentSources): CompiledIntent {
  const { flags, detected, file, input } = sources;
  const type = chooseType(sources);
  const defaults = typeDefaults[type.value];
  const normal: Chosen<Intent["priority"]> = { value: "normal", rule: "normal-priority" };
  const priority = pickSaid("priority", flags?.priority, file?.priority) ?? normal;
  const usual: Chosen<Intent["visibility"]> = { value: defaults.visibility, rule: defaults.visibilityRule };
  const visibility = pickSaid("visibility", flags?.visibility, file?.visibility) ?? usual;
  const intent = { type: type.value, priority: priority.value, visibility: visibility.value };
  const kind = detected?.kind ?? defaults.kind;
  const mode = detected?.mode ?? defaults.mode;
  const limits = { ...defaults.limits[intent.priority] };
  const needed = engineMemoryBytes[kind];
  const isRaised = needed > limits.memoryBytes;
  const spec: WorkloadSpec = {
    version: 1,
    intent,
    kind,
    mode,
    ...placementOf(intent, mode),
    limits: isRaised ? { ...limits, memoryBytes: needed } : limits,
    env: [...(file?.env?.value ?? [])],
    grants: { hosts: [...(file?.hosts?.value ?? [])], objects: [...(file?.objects?.value ?? [])] },
    sealed: null,
    input: mode === "batch" ? (input ?? null) : null,
    verification: "none",
  };
  const said = { type, priority, visibility };
  return { spec, decisions: explain({ spec, sources, said, isRaised }) };
}

/**
 * The spec of an intent of unknown shape; nothing but `type` must be there.
 *
 * @throws DSDN_INTENT_FIELD_*
 */
export function compileIntent(value: unknown, options: Omit<IntentSources, "flags" | "file"> = {}): WorkloadSpec {
  return compileProject({ ...options, flags: readIntent(value) }).spec;
}

function chooseType({ flags, file, detected }: IntentSources): Chosen<Intent["type"]> {
  const said = pickSaid("type", flags?.type, file?.type);
  if (said !== undefined) return said;
  if (detected === undefined) throw invalid("type", undefined, intentSchema.shape.type.options);
  return { value: detected.type, rule: "detected", source: describeFiles(detected) };
}

const FIELDS = ["type", "priority", "visibility"] as const;
const PLACE = "intent";

function readIntent(value: unknown): ProjectFlags {
  const isPlain = typeof value === "object" && value !== null && !Array.isArray(value);
  // Own keys only, and as a map: a field named __proto__ is an unknown field like any other.
  const fields = new Map<string, unknown>(isPlain ? Object.entries(value) : []);
  for (const field of fields.keys()) {
    if (!FIELDS.some((known) => known === field)) throw unknownField(field, { place: PLACE, known: FIELDS.join(", ") });
  }
  const { type, priority, visibility } = intentSchema.shape;
  return {
    type: readChoice("type", fields.get("type"), type.options),
    priority: fields.has("priority") ? readChoice("priority", fields.get("priority"), priority.options) : undefined,
    visibility: fields.has("visibility")
      ? readChoice("visibility", fields.get("visibility"), visibility.options)
      : undefined,
  };
}

function readChoice<C extends string>(field: string, given: unknown, choices: readonly C[]): C {
  const found = choices.find((choice) => choice === given);
  if (found === undefined) throw invalid(field, given, choices);
  return found;
}

function invalid(field: string, given: unknown, choices: readonly string[]): DsdnError {
  const shown = typeof given === "string" ? `'${given.slice(0, 80)}'` : given === undefined ? "empty" : typeof given;
  return fail(intentErrors.fieldInvalid, { place: PLACE, field, given: shown, choices: choices.join(", ") });
}
