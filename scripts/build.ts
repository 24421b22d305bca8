// Builds dist/: one lazily loaded module a command, shared chunks, and the manifest that the help and the dispatcher
// read instead of loading commands. `npm ci` runs it (root only); the published package carries its result.
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";
import { directBuiltins } from "./direct-builtins.ts";
import { lazyCommonJs } from "./lazy-commonjs.ts";
import { leanPackages } from "./lean-packages.ts";
import { listErrors } from "./list-errors.ts";
import { makeBrowserBundle } from "./make-browser-bundle.ts";
import { writeManPage } from "./man-page.ts";
import { ownSources } from "./own-sources.ts";
import { readManifest } from "./read-manifest.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Packages with native code or WASM beside their JavaScript: they stay outside the bundle and are installed. */
export const externalPackages: readonly string[] = [
  "@nomicfoundation/edr",
  "@napi-rs/keyring",
  "esbuild",
  "@jitl/quickjs-wasmfile-release-sync",
];

/** The verbs: every module under src/commands that exports a command class by default. */
export function findCommandFiles(): { id: string; path: string }[] {
  return globSync("src/commands/**/*.ts", { cwd: root })
    .filter((path) => /^export default class /m.test(readFileSync(join(root, path), "utf8")))
    .map((path) => ({
      id: path
        .replaceAll("\\", "/")
        .replace(/^src\/commands\/|\.ts$/g, "")
        .replaceAll("/", " "),
      path,
    }))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** The module of a command inside dist/. */
export function commandFile(id: string): string {
  return `command-${id.replaceAll(" ", "-")}.js`;
}

/** Builds into `folder`, which is replaced as a whole. @returns the bundler's record of what went where. */
export async function buildInto(folder: string): Promise<Metafile> {
  const commands = findCommandFiles();
  mkdirSync(join(root, ".cache"), { recursive: true });
  // Beside the sources, so that the external packages resolve while the manifest is read.
  const staging = mkdtempSync(join(root, ".cache", "build-"));
  const entryPoints: Record<string, string> = { cli: join(root, "src/commands/index.ts") };
  for (const name of ["index", "vitest"]) entryPoints[name] = join(root, "src", `${name}.ts`);
  for (const { id } of commands) entryPoints[commandFile(id).slice(0, -3)] = `command:${id}`;
  try {
    const { metafile } = await build({
      entryPoints,
      outdir: staging,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node22.19",
      // Whoever imports `dsdn/vitest` brings a vitest.
      external: [...externalPackages, "vitest"],
      plugins: [
        commandEntries(commands),
        leanBuiltins(),
        leanPackages(),
        lazyCommonJs(externalPackages),
        ownSources({ root, staging }),
      ],
      entryNames: "[name]",
      chunkNames: "chunk-[hash]",
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: "none",
      metafile: true,
      logLevel: "error",
      // CommonJS packages inside an ES module call require for node: modules.
      banner: { js: REQUIRE_BANNER },
    });
    lightenStart(staging);
    const page = await makeBrowserBundle(join(staging, "browser.js"));
    await writeManifest(staging, commands);
    await writeErrors(staging);
    swap(staging, folder);
    return { ...metafile, inputs: { ...metafile.inputs, ...page.inputs } };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

const REQUIRE_BANNER =
  'import{createRequire as __dsdnRequire}from"node:module";const require=__dsdnRequire(import.meta.url);';

// Most chunks call no `require`; making one for each would be felt at start-up.
function lightenStart(staging: string): void {
  for (const name of globSync("*.js", { cwd: staging })) {
    const path = join(staging, name);
    const text = readFileSync(path, "utf8");
    const rest = text.replace(REQUIRE_BANNER, "");
    writeFileSync(path, directBuiltins(/\brequire\b/.test(rest) ? text : rest));
  }
}

async function writeManifest(staging: string, commands: readonly { id: string }[]): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const load = async (id: string) => (await import(pathToFileURL(join(staging, commandFile(id))).href)) as unknown;
  const manifest = await readManifest({ version, ids: commands.map(({ id }) => id), fileOf: commandFile, load });
  writeJsonModule(join(staging, "manifest.js"), "manifest", manifest);
  writeFileSync(join(staging, "dsdn.1"), writeManPage(manifest));
}

// What `explain` knows: the errors of every room, in a module that no other command loads.
async function writeErrors(staging: string): Promise<void> {
  const listed = await listErrors((path) => import(pathToFileURL(join(root, path)).href));
  const errors = listed.map(({ spec }) => spec);
  writeJsonModule(join(staging, "errors.js"), "errors", errors);
}

// A JSON text inside a module: V8 parses it faster than an object literal, and the compile cache covers the module.
function writeJsonModule(path: string, name: string, value: unknown): void {
  writeFileSync(path, `export const ${name}=JSON.parse(${JSON.stringify(JSON.stringify(value))});\n`);
}

// The old folder steps aside first, so that a running program never sees half of a build.
function swap(staging: string, folder: string): void {
  const old = `${staging}-old`;
  if (existsSync(folder)) renameSync(folder, old);
  chmodSync(staging, 0o755);
  renameSync(staging, folder);
  rmSync(old, { recursive: true, force: true });
}

// Each entry carries its command and the runner, so the dispatcher never loads the parser itself.
function commandEntries(commands: readonly { id: string; path: string }[]): Plugin {
  return {
    name: "command-entries",
    setup(builder) {
      builder.onResolve({ filter: /^command:/ }, ({ path }) => ({ path: path.slice(8), namespace: "command" }));
      builder.onLoad({ filter: /.*/, namespace: "command" }, ({ path }) => {
        const command = commands.find(({ id }) => id === path);
        return {
          contents: `export { default } from "./${command?.path.replaceAll("\\", "/") ?? ""}";
            export { run } from "./src/commands/framework/run-command.ts";`,
          resolveDir: root,
          loader: "ts",
        };
      });
    },
  };
}

// An unused import of a node: module is dropped instead of being kept for effects it does not have; the same for
// our own modules. This keeps node:http and its kind out of the start of the program.
function leanBuiltins(): Plugin {
  return {
    name: "lean-builtins",
    setup(builder) {
      builder.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, external: true, sideEffects: false }));
      builder.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, resolveDir }) =>
        relative(join(root, "src"), resolveDir).startsWith("..")
          ? undefined
          : { path: join(resolveDir, path), sideEffects: false },
      );
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildInto(join(root, "dist"));
