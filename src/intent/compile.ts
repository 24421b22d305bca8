import { type DsdnError, fail } from "../base/index.ts";
import {
  type Intent,
  intentSchema,
  limits,
  programArgs,
  type WorkloadKind,
  type WorkloadSpec,
} from "../protocol/index.ts";
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
  const args = chooseArgs(sources, kindOf(sources, type.value));
  const intent = { type: type.value, priority: priority.value, visibility: visibility.value };
  const kind = kindOf(sources, type.value);
  const mode = detected?.mode ?? defaults.mode;
  const allowed = { ...defaults.limits[intent.priority] };
  const needed = engineMemoryBytes[kind];
  const isRaised = needed > allowed.memoryBytes;
  const spec: WorkloadSpec = {
    version: 1,
    intent,
    kind,
    mode,
    ...placementOf(intent, mode),
    limits: isRaised ? { ...allowed, memoryBytes: needed } : allowed,
    env: [...(file?.env?.value ?? [])],
    args: [...(args?.value ?? [])],
    grants: { hosts: [...(file?.hosts?.value ?? [])], objects: [...(file?.objects?.value ?? [])] },
    sealed: null,
    input: mode === "batch" ? (input ?? null) : null,
    verification: "none",
  };
  const said = { type, priority, visibility };
  return { spec, decisions: explain({ spec, sources, said, isRaised, args }) };
}

function kindOf({ detected }: IntentSources, type: Intent["type"]): WorkloadKind {
  return detected?.kind ?? typeDefaults[type].kind;
}

/** What the program is started with; undefined when nothing was said. @throws DSDN_INTENT_ARGS_UNUSED, _VALUE_INVALID */
function chooseArgs(
  { flags, file }: IntentSources,
  kind: WorkloadKind,
): ReturnType<typeof pickSaid<readonly string[]>> {
  const said = pickSaid("arg", flags?.args, file?.args);
  if (said === undefined || said.value.length === 0) return said;
  const { value, source: place } = said;
  if (kind === "static" || kind === "model") throw fail(intentErrors.argsUnused, { place, kind });
  if (!programArgs.safeParse(value).success) {
    const bytes = value.reduce((sum, arg) => sum + Buffer.byteLength(arg), 0);
    const given = `${value.length} (${bytes} byte)`;
    throw fail(intentErrors.valueInvalid, { place, field: "args", given, expected: ARGS });
  }
  return said;
}

const ARGS = `0 .. ${limits.programArgs} args, together at most ${limits.programArgsBytes} byte`;

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

/**
 * Refuses what a program without types says: a field that is not there, and a word that is no choice.
 *
 * @param known - the fields there are.
 * @throws DSDN_INTENT_FIELD_*
 */
export function checkFlags(said: object, known: readonly string[]): void {
  for (const field of Object.keys(said)) {
    if (!known.includes(field)) throw unknownField(field, { place: PLACE, known: known.join(", ") });
  }
  const given = new Map<string, unknown>(Object.entries(said));
  for (const field of FIELDS) {
    const value = given.get(field);
    if (value !== undefined) readChoice<string>(field, value, intentSchema.shape[field].options);
  }
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
