import { sha256 } from "@noble/hashes/sha2.js";
import { systemClock, toUtf8 } from "../../../src/base/index.ts";
import type { PackageManifest, WorkloadLimits, WorkloadMode, WorkloadSpec } from "../../../src/protocol/index.ts";
import { createQuickjsRuntime, type GuestRequest, type LoadInput } from "../../../src/runtime/index.ts";

export const testLimits: WorkloadLimits = {
  memoryBytes: 48 * 1024 * 1024,
  // For programs that end by themselves: a busy machine may start what takes milliseconds seconds later.
  timeMs: 10_000,
  outputBytes: 256 * 1024,
  logBytes: 64 * 1024,
};

/** A loadable package of one program. */
export function packageOf(
  code: string | Uint8Array,
  overrides: Partial<WorkloadLimits> = {},
  mode: WorkloadMode = "service",
): LoadInput {
  const bytes = typeof code === "string" ? toUtf8(code) : code;
  const limits = { ...testLimits, ...overrides };
  const manifest: PackageManifest = {
    version: 1,
    kind: "js",
    mode,
    entry: "program.js",
    site: null,
    files: [{ path: "program.js", size: bytes.length, hash: sha256(bytes) }],
    limits,
    sbomDigest: new Uint8Array(32),
  };
  const spec: WorkloadSpec = {
    version: 1,
    intent: { type: mode === "service" ? "web_app" : "batch", priority: "normal", visibility: "public" },
    kind: "js",
    mode,
    classPreference: "any",
    tier: "standard",
    limits,
    env: [],
    args: [],
    grants: { hosts: [], objects: [] },
    sealed: null,
    input: null,
    verification: "none",
  };
  const files = async (path: string) => (path === "program.js" ? bytes : undefined);
  return { workload: "test", manifest, spec, files, env: spec.env, args: spec.args };
}

export function testRuntime() {
  return createQuickjsRuntime({}, { clock: systemClock() });
}

export function get(path = "/", init: Partial<GuestRequest> = {}): GuestRequest {
  const url = `http://app.localhost${path}`;
  return { method: "GET", url, headers: [], body: new Uint8Array(0), requestId: "r1", ...init };
}
