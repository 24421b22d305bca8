import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Disk, fail } from "../base/index.ts";
import type { WorkloadKind } from "../protocol/index.ts";
import { runtimeErrors } from "./errors.ts";

/** An engine that lies in a package of its own, which an operator may have left out. */
export interface EnginePackage {
  readonly kind: WorkloadKind;
  /** Of the package. */
  readonly name: string;
  readonly version: string;
  /** SHA-256 in hex of the files, one after another. */
  readonly sha256: string;
  /** Names of the files, all in the folder of the first. */
  readonly files: readonly [string, ...string[]];
}

/**
 * The engine's files, checked against the pin, by name, and their folder.
 *
 * @param resolve - gives the path of a file in a package, or throws when it is not installed.
 * @throws DSDN_RUNTIME_ENGINE_MISSING, DSDN_RUNTIME_ENGINE_MISMATCH
 */
export async function readEnginePackage(
  engine: EnginePackage,
  disk: Disk,
  resolve: (name: string) => string = createRequire(import.meta.url).resolve,
): Promise<{ readonly folder: string; readonly files: ReadonlyMap<string, Uint8Array> }> {
  const { kind, name, version } = engine;
  let folder: string;
  try {
    folder = dirname(resolve(`${name}/${engine.files[0]}`));
  } catch (error) {
    throw fail(runtimeErrors.engineMissing, { kind, missing: `${name}@${version}` }, { cause: error });
  }
  const hash = createHash("sha256");
  const files = new Map<string, Uint8Array>();
  for (const file of engine.files) {
    const bytes = (await disk.find(join(folder, file))) ?? new Uint8Array(0);
    hash.update(bytes);
    files.set(file, bytes);
  }
  const found = hash.digest("hex");
  if (found !== engine.sha256) throw fail(runtimeErrors.engineMismatch, { found, wanted: engine.sha256 });
  return { folder, files };
}
