/** Finds the files of the child process. Plain `node:fs` here: these are parts of this installation, not data. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fail } from "../base/index.ts";
import { quickjsEngine } from "./engine.ts";
import { runtimeErrors } from "./errors.ts";
import type { GuestProgram } from "./guest-process.ts";

const ENGINE_PACKAGE = "@jitl/quickjs-wasmfile-release-sync";
/** What the child imports when it runs from sources; the bundled child holds them itself. */
const CHILD_PACKAGES = ["quickjs-emscripten-core", ENGINE_PACKAGE, "@jitl/quickjs-ffi-types"];

/**
 * The child's entry, the engine's bytes checked against the pin, and the paths the child may read.
 *
 * @param childEntry - `child.ts` beside this file when running from sources, else `runtime-child.js` beside the bundle.
 * @throws DSDN_RUNTIME_ENGINE_MISMATCH
 */
export async function findGuestProgram(childEntry: string | URL | undefined): Promise<GuestProgram> {
  const isSource = import.meta.url.endsWith(".ts");
  const chosen = childEntry ?? new URL(isSource ? "./child.ts" : "./runtime-child.js", import.meta.url);
  const entry = await realpath(typeof chosen === "string" ? chosen : fileURLToPath(chosen));
  const require = createRequire(import.meta.url);
  const engine = new Uint8Array(await readFile(require.resolve(`${ENGINE_PACKAGE}/wasm`)));
  const found = createHash("sha256").update(engine).digest("hex");
  if (found !== quickjsEngine.sha256) {
    throw fail(runtimeErrors.engineMismatch, { found, wanted: quickjsEngine.sha256 });
  }
  const readablePaths = [dirname(entry), ...findPackageFile(dirname(entry))];
  if (entry.endsWith(".ts")) {
    for (const name of CHILD_PACKAGES) readablePaths.push(await realpath(findPackageFolder(require.resolve, name)));
  }
  return { childEntry: entry, readablePaths, engine };
}

/** The nearest package.json: Node reads the module type from it. */
function findPackageFile(folder: string): string[] {
  const path = join(folder, "package.json");
  if (existsSync(path)) return [path];
  return dirname(folder) === folder ? [] : findPackageFile(dirname(folder));
}

function findPackageFolder(resolve: (name: string) => string, name: string): string {
  const marker = join("node_modules", ...name.split("/"));
  const path = resolve(name);
  return path.slice(0, path.lastIndexOf(marker) + marker.length);
}
