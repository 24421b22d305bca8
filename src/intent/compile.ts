import { fail } from "../base/index.ts";
import {
  type Intent,
  intentSchema,
  type ObjectId,
  type WorkloadKind,
  type WorkloadLimits,
  type WorkloadMode,
  type WorkloadSpec,
} from "../protocol/index.ts";
import { intentErrors } from "./errors.ts";

const MIB = 1024 * 1024;

type SupportedType = Exclude<Intent["type"], "ai">;

interface TypeDefaults {
  readonly kind: WorkloadKind;
  readonly mode: WorkloadMode;
  readonly visibility: Intent["visibility"];
  readonly limits: { readonly [P in Intent["priority"]]: WorkloadLimits };
}

/** A request is answered in seconds and by a small program; a batch may take minutes and more memory. */
const WEB_LIMITS = { outputBytes: 8 * MIB, logBytes: 256 * 1024 };
const BATCH_LIMITS = { outputBytes: 64 * MIB, logBytes: MIB };
const webLimits = {
  low: { ...WEB_LIMITS, memoryBytes: 64 * MIB, timeMs: 5_000 },
  normal: { ...WEB_LIMITS, memoryBytes: 128 * MIB, timeMs: 10_000 },
  high: { ...WEB_LIMITS, memoryBytes: 256 * MIB, timeMs: 30_000 },
};
const batchLimits = {
  low: { ...BATCH_LIMITS, memoryBytes: 128 * MIB, timeMs: 30_000 },
  normal: { ...BATCH_LIMITS, memoryBytes: 256 * MIB, timeMs: 120_000 },
  high: { ...BATCH_LIMITS, memoryBytes: 512 * MIB, timeMs: 300_000 },
};

const defaults: { readonly [T in SupportedType]: TypeDefaults } = {
  web_app: { kind: "js", mode: "service", visibility: "public", limits: webLimits },
  static: { kind: "static", mode: "service", visibility: "public", limits: webLimits },
  batch: { kind: "js", mode: "batch", visibility: "private", limits: batchLimits },
};

const FIELDS = ["type", "priority", "visibility"] as const;

/**
 * The intent behind what a user wrote, with everything unsaid filled in: `priority` normal, `visibility` public for
 * what is served and private for a batch.
 *
 * @param value - of unknown shape; `type` must be there.
 * @throws DSDN_INTENT_FIELD_UNKNOWN, DSDN_INTENT_FIELD_INVALID, DSDN_INTENT_TYPE_UNSUPPORTED
 */
export function completeIntent(value: unknown): Intent & { readonly type: SupportedType } {
  const given = readFields(value);
  const type = choose("type", given.get("type"), intentSchema.shape.type.options);
  if (type === "ai") {
    throw fail(intentErrors.typeUnsupported, { type, choices: Object.keys(defaults).join(", ") });
  }
  const { priority, visibility } = intentSchema.shape;
  return {
    type,
    priority: choose("priority", or(given.get("priority"), "normal"), priority.options),
    visibility: choose("visibility", or(given.get("visibility"), defaults[type].visibility), visibility.options),
  };
}

/**
 * What the network is asked to run. Pure: the same intent gives the same spec. High priority prefers nodes in data
 * centres; replication, price and placement are not a user's to set.
 *
 * @param options.input - the object that is a batch's standard input; null for none.
 * @throws DSDN_INTENT_FIELD_UNKNOWN, DSDN_INTENT_FIELD_INVALID, DSDN_INTENT_TYPE_UNSUPPORTED
 */
export function compileIntent(value: unknown, options: { readonly input?: ObjectId } = {}): WorkloadSpec {
  const intent = completeIntent(value);
  const { kind, mode, limits } = defaults[intent.type];
  return {
    version: 1,
    intent,
    kind,
    mode,
    classPreference: intent.priority === "high" ? "datacentre" : "any",
    tier: mode === "batch" ? "spot" : "standard",
    limits: limits[intent.priority],
    env: [],
    grants: { hosts: [], objects: [] },
    sealed: null,
    input: mode === "batch" ? (options.input ?? null) : null,
    verification: "none",
  };
}

function readFields(value: unknown): ReadonlyMap<string, unknown> {
  const isPlain = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isPlain) throw fail(intentErrors.fieldInvalid, { field: "type", given: typeof value, choices: typeChoices() });
  // Own keys only, and as a map: a field named __proto__ is an unknown field like any other.
  const fields = new Map(Object.entries(value));
  for (const field of fields.keys()) {
    if (!FIELDS.some((known) => known === field)) {
      throw fail(intentErrors.fieldUnknown, { field: field.slice(0, 80), known: FIELDS.join(", ") });
    }
  }
  return fields;
}

function choose<Choice extends string>(field: string, given: unknown, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === given);
  if (found !== undefined) return found;
  const shown = typeof given === "string" ? given.slice(0, 80) : given === undefined ? "missing" : typeof given;
  throw fail(intentErrors.fieldInvalid, { field, given: shown, choices: choices.join(", ") });
}

/** The default stands for what is absent, not for a null somebody wrote. */
function or(given: unknown, otherwise: string): unknown {
  return given === undefined ? otherwise : given;
}

function typeChoices(): string {
  return Object.keys(defaults).join(", ");
}
