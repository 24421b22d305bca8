// `new URL("./x", import.meta.url)` names a file beside the source. After bundling, that source lives in one flat
// folder, so each such name is rewritten: another TypeScript module becomes an entry of its own, any other file or
// folder under src/ is copied, and what lies outside src/ (templates, contracts) is reached from dist/.
import { cpSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import { createDirectImports, LAZY_PREFIX } from "./direct-imports.ts";

const ASSET = /new URL\(\s*(["'`])(\.{1,2}\/[^"'`$]*)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/** Rewrites the asset addresses and the door imports of our own sources. @param options.staging - where the bundle is being written. */
export function ownSources(options: { root: string; staging: string }): Plugin {
  const source = join(options.root, "src");
  return {
    name: "own-sources",
    setup(builder) {
      const direct = createDirectImports();
      builder.onResolve({ filter: new RegExp(`^${LAZY_PREFIX}`) }, ({ path }) => ({ path, namespace: "lazy-door" }));
      builder.onLoad({ filter: /.*/, namespace: "lazy-door" }, ({ path }) => {
        const { contents, folder } = direct.lazyModule(path);
        return { contents, resolveDir: folder, loader: "ts" };
      });
      const modules = new Map<string, string>();
      builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.startsWith(source) || path.includes("node_modules")) return undefined;
        const contents = readFileSync(path, "utf8").replace(ASSET, (whole: string, _quote: string, name: string) => {
          const target = join(dirname(path), name);
          const kind = statSync(target, { throwIfNoEntry: false });
          // Addresses built relative to the bundle itself, such as the manifest, exist only after the build.
          if (kind === undefined) return whole;
          if (relative(source, target).startsWith("..")) return address(`../${relative(options.root, target)}`);
          const flat = relative(source, target).replaceAll(/[\\/]/g, "-");
          if (target.endsWith(".ts")) {
            const file = flat.replace(/\.ts$/, ".js");
            modules.set(target, file);
            return address(`./${file}`);
          }
          mkdirSync(join(options.staging, "assets"), { recursive: true });
          cpSync(target, join(options.staging, "assets", flat), { recursive: true });
          return address(`./assets/${flat}${kind.isDirectory() && name.endsWith("/") ? "/" : ""}`);
        });
        return { contents: direct.rewrite(path, contents), loader: "ts", resolveDir: dirname(path) };
      });
      // A module started by its address (a worker, a child process) is bundled whole: it starts alone.
      builder.onEnd(async () => {
        const { plugins: _plugins, entryPoints: _entries, splitting: _splitting, ...common } = builder.initialOptions;
        for (const [target, file] of modules) {
          await build({
            ...common,
            entryPoints: { [basename(file, ".js")]: target },
            plugins: builder.initialOptions.plugins?.filter((plugin) => plugin.name !== "own-sources") ?? [],
          });
        }
      });
    },
  };
}

function address(path: string): string {
  return `new URL(${JSON.stringify(path.replaceAll("\\", "/"))}, import.meta.url)`;
}
