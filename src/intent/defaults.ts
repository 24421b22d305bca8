import type { Intent, WorkloadKind, WorkloadLimits, WorkloadMode } from "../protocol/index.ts";
import type { IntentRule } from "./rules.ts";

const MIB = 1024 * 1024;

interface TypeDefaults {
  readonly kind: WorkloadKind;
  readonly mode: WorkloadMode;
  readonly visibility: Intent["visibility"];
  readonly visibilityRule: IntentRule;
  readonly limits: { readonly [P in Intent["priority"]]: WorkloadLimits };
}

/** A request is answered in seconds and by a small program; a batch may take minutes and more memory. */
const WEB = { outputBytes: 8 * MIB, logBytes: 256 * 1024 };
const BATCH = { outputBytes: 64 * MIB, logBytes: MIB };
const webLimits = {
  low: { ...WEB, memoryBytes: 64 * MIB, timeMs: 5_000 },
  normal: { ...WEB, memoryBytes: 128 * MIB, timeMs: 10_000 },
  high: { ...WEB, memoryBytes: 256 * MIB, timeMs: 30_000 },
};
const batchLimits = {
  low: { ...BATCH, memoryBytes: 128 * MIB, timeMs: 30_000 },
  normal: { ...BATCH, memoryBytes: 256 * MIB, timeMs: 120_000 },
  high: { ...BATCH, memoryBytes: 512 * MIB, timeMs: 300_000 },
};
/** A model's weights lie in memory whatever the priority; an answer takes longer than a page. */
const aiLimits = {
  low: { ...WEB, memoryBytes: 384 * MIB, timeMs: 15_000 },
  normal: { ...WEB, memoryBytes: 448 * MIB, timeMs: 30_000 },
  high: { ...WEB, memoryBytes: 512 * MIB, timeMs: 60_000 },
};

const served = { mode: "service", visibility: "public", visibilityRule: "served-is-public" } as const;

/** What each type of intent is unless more is known. */
export const typeDefaults: { readonly [T in Intent["type"]]: TypeDefaults } = {
  web_app: { ...served, kind: "js", limits: webLimits },
  static: { ...served, kind: "static", limits: webLimits },
  ai: { ...served, kind: "model", limits: aiLimits },
  batch: { kind: "js", mode: "batch", visibility: "private", visibilityRule: "batch-is-private", limits: batchLimits },
};

/** The least an engine works with, whatever the priority. */
export const engineMemoryBytes: { readonly [K in WorkloadKind]: number } = {
  static: 0,
  js: 0,
  wasi: 0,
  component: 128 * MIB,
  python: 256 * MIB,
  model: 384 * MIB,
};
