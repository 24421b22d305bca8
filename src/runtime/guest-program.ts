import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Disk, fail } from "../base/index.ts";
import { quickjsEngine } from "./child/engine.ts";
import { runtimeErrors } from "./errors.ts";
import type { GuestProgram } from "./guest-child.ts";

const ENGINE_PACKAGE = "@jitl/quickjs-wasmfile-release-sync";
/** What the child imports. */
const CHILD_PACKAGES = ["quickjs-emscripten-core", ENGINE_PACKAGE, "@jitl/quickjs-ffi-types"];

/**
 * The child's entry and the paths the child may read: its own code and the code of `packages`.
 *
 * @param options.childEntry - undefined for `child/main.ts` beside this file, which the build bundles into a file of its own.
 */
export async function findGuestProgram(
  options: { readonly childEntry: string | URL | undefined; readonly packages: readonly string[] },
  disk: Disk,
): Promise<Pick<GuestProgram, "childEntry" | "readablePaths">> {
  const chosen = options.childEntry ?? new URL("./child/main.ts", import.meta.url);
  const entry = typeof chosen === "string" ? chosen : fileURLToPath(chosen);
  const { resolve } = createRequire(import.meta.url);
  const packages = options.packages.flatMap((name) => findPackageFolder(resolve, name));
  const links = await Promise.all(options.packages.map((name) => findPackageLink(entry, name, disk)));
  const own = [dirname(entry), guestSurfaceFolder(), ...(await findPackageFile(dirname(entry), disk))];
  return { childEntry: entry, readablePaths: [...new Set([...own, ...packages, ...links.flat()])] };
}

/**
 * The bytes of QuickJS, checked against the pin, and the packages its child imports.
 * @throws DSDN_RUNTIME_ENGINE_MISMATCH
 */
export async function findQuickjs(disk: Disk): Promise<{ engine: Uint8Array; packages: readonly string[] }> {
  const { resolve } = createRequire(import.meta.url);
  const engine = (await disk.find(resolve(`${ENGINE_PACKAGE}/wasm`))) ?? new Uint8Array(0);
  const found = createHash("sha256").update(engine).digest("hex");
  if (found !== quickjsEngine.sha256) {
    throw fail(runtimeErrors.engineMismatch, { found, wanted: quickjsEngine.sha256 });
  }
  return { engine, packages: CHILD_PACKAGES };
}

/** Where the surface's text lies when running from sources; in the bundle it is part of the child. */
function guestSurfaceFolder(): string {
  return dirname(fileURLToPath(import.meta.url));
}

/** The nearest package.json: Node reads the module type from it. */
async function findPackageFile(folder: string, disk: Disk): Promise<string[]> {
  const path = join(folder, "package.json");
  if ((await disk.findSize(path)) !== undefined) return [path];
  return dirname(folder) === folder ? [] : findPackageFile(dirname(folder), disk);
}

/** Where the entry finds the package: with pnpm and npm workspaces that is a link to its folder, and is read as well. */
async function findPackageLink(entry: string, name: string, disk: Disk): Promise<string[]> {
  const folders = createRequire(entry).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const path = join(folder, ...packageParts(name));
    if ((await disk.findSize(join(path, "package.json"))) !== undefined) return [path];
  }
  return [];
}

/** A package may be named by one of its parts, when it has no main one. */
function packageParts(name: string): string[] {
  return name.split("/").slice(0, name.startsWith("@") ? 2 : 1);
}

/** Empty when the package is not installed: then the bundled child holds its code. */
function findPackageFolder(resolve: (name: string) => string, name: string): string[] {
  const marker = join("node_modules", ...packageParts(name));
  try {
    const path = resolve(name);
    return [path.slice(0, path.lastIndexOf(marker) + marker.length)];
  } catch {
    return [];
  }
}
