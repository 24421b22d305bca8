#!/usr/bin/env node
// Starts the CLI; no logic. Everything here runs before the program proper, so it stays small.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `dsdn needs Node.js 22.19 or newer; this is ${process.versions.node}. Install a newer one, or run it by npx inside the checkout, which brings its own.\n` +
      `dsdn memerlukan Node.js 22.19 atau lebih baru; ini ${process.versions.node}. Pasang yang lebih baru, atau jalankan dengan npx di dalam checkout, yang membawa Node sendiri.\n`,
  );
  process.exit(10);
}

// Read, not imported: an import of node:fs starts all of it, and this is felt at every start.
const { existsSync, mkdirSync, readFileSync } = process.getBuiltinModule("node:fs");
const { enableCompileCache, registerHooks } = process.getBuiltinModule("node:module");
const { join } = process.getBuiltinModule("node:path");
const args = process.argv.slice(2);
if (args.length === 1 && args[0] === "--version") {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  process.stdout.write(`dsdn ${version}\n`);
} else {
  // Without a folder of our own Node would fall back to a shared temporary one, where others could plant code.
  const folder = cacheFolder();
  if (folder !== undefined) enableCompileCache(folder);
  // The parts of the build lie beside each other: looking for each on disk as Node does is felt with a hundred of them.
  registerHooks({ resolve: findPart });
  const { start } = await import("../dist/cli.js");
  await start(args);
}

function findPart(name, context, findElsewhere) {
  if (!name.startsWith("./chunk-")) return findElsewhere(name, context);
  return { url: new URL(name, context.parentURL).href, format: "module", shortCircuit: true };
}

// The user's cache folder, private to the user; without one the program runs uncached.
function cacheFolder() {
  const { env, platform } = process;
  try {
    const home = process.getBuiltinModule("node:os").homedir();
    const caches = {
      darwin: join(home, "Library", "Caches"),
      win32: env.LOCALAPPDATA || join(home, "AppData", "Local"),
    };
    const parts = [caches[platform] ?? (env.XDG_CACHE_HOME || join(home, ".cache")), "dsdn", "compiled"];
    const folder = join(...parts);
    // Level by level: Node's recursive mkdir never returns on file systems that answer ENOENT to every mkdir (/proc).
    for (let depth = existsSync(folder) ? 4 : 1; depth <= 3; depth += 1) makeFolder(join(...parts.slice(0, depth)));
    return folder;
  } catch {
    return undefined;
  }
}

function makeFolder(path) {
  if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
}
