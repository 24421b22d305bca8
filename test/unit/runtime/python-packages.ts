import { sha256 } from "@noble/hashes/sha2.js";
import { systemClock, toUtf8 } from "../../../src/base/index.ts";
import type { WorkloadMode } from "../../../src/protocol/index.ts";
import { createRuntimes, type GuestLogLine, type LoadInput } from "../../../src/runtime/index.ts";
import { packageOf } from "./packages.ts";

const MIB = 1024 * 1024;

/** A loadable Python package; `sources` are its files below `program/`, the first is where it starts. */
export function pythonPackage(
  sources: Readonly<Record<string, string | Uint8Array>>,
  mode: WorkloadMode,
  overrides: Partial<Pick<LoadInput, "env" | "workload">> & { readonly timeMs?: number } = {},
): LoadInput {
  const { timeMs = 100_000, ...rest } = overrides;
  const base = packageOf("", { memoryBytes: 128 * MIB, timeMs, outputBytes: MIB }, mode);
  const files = new Map(
    Object.entries(sources).map(([path, text]) => [`program/${path}`, typeof text === "string" ? toUtf8(text) : text]),
  );
  return {
    ...base,
    manifest: {
      ...base.manifest,
      kind: "python",
      entry: [...files.keys()][0] ?? null,
      files: [...files].map(([path, bytes]) => ({ path, size: bytes.length, hash: sha256(bytes) })),
    },
    spec: { ...base.spec, kind: "python" },
    files: async (path) => files.get(path),
    ...rest,
  };
}

/** A runtime whose log lines are kept. */
export function loggedRuntime(cacheFolder?: string) {
  const lines: GuestLogLine[] = [];
  const runtime = createRuntimes(cacheFolder === undefined ? {} : { cacheFolder }, {
    clock: systemClock(),
    onLog: (_workload, line) => lines.push(line),
  });
  return { runtime, lines };
}
