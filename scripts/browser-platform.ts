// How our rooms are bundled for a browser, for whoever bundles them: the library's entry `dsdn/browser` and the page
// behind a share link. What they ask of Node is put in place by src/browser/platform; a name of Node that is not there
// is never reached by what is bundled.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildOptions, Plugin } from "esbuild";
import * as zod from "zod";
import { leanPackages } from "./lean-packages.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const platform = join(root, "src/browser/platform");

/** Modules of our own with another one for browsers. */
const REPLACED: { readonly [path: string]: string } = {
  "src/base/file-lock.ts": "file-lock.ts",
  "src/base/http-dial.ts": "http-dial.ts",
  "src/base/patience.ts": "patience.ts",
  "src/crypto/platform-cipher.ts": "cipher.ts",
};

/** Modules of Node with one of ours in their place. Any other is empty. */
const BUILTIN: { readonly [name: string]: string } = {
  "node:crypto": "node-crypto.ts",
  "node:path": "node-path.ts",
};

/** What a bundle for browsers is built with, whatever its entry; `plugins` come last. */
export function browserBuild(plugins: readonly Plugin[] = []) {
  return {
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2023",
    charset: "utf8",
    legalComments: "none",
    tsconfigRaw: "{}",
    define: { "process.platform": '"browser"' },
    inject: [join(platform, "buffer.ts")],
    plugins: [browserPlatform(), usedOfZod(), leanPackages(), ...plugins],
    // zod writes functions for speed unless told not to, which a page's policy may forbid.
    banner: { js: "(globalThis.__zod_globalConfig??={}).jitless=true;" },
  } satisfies BuildOptions;
}

function browserPlatform(): Plugin {
  return {
    name: "browser-platform",
    setup(builder) {
      // What is loaded on demand is for Node: keychains, engines, the devnet. Only what is never called asks for it.
      builder.onResolve({ filter: /.*/ }, ({ path, kind }) =>
        kind === "dynamic-import" ? { path, namespace: "nothing", sideEffects: false } : undefined,
      );
      builder.onResolve({ filter: /^node:/ }, ({ path }) => {
        const file = BUILTIN[path];
        if (file !== undefined) return { path: join(platform, file), sideEffects: false };
        return { path, namespace: "nothing", sideEffects: false };
      });
      builder.onLoad({ filter: /.*/, namespace: "nothing" }, () => ({
        contents: "module.exports = {};",
        loader: "js",
      }));
      builder.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, resolveDir }) => {
        const own = join(resolveDir, path);
        const other = REPLACED[own.slice(root.length).replaceAll("\\", "/")];
        return { path: other === undefined ? own : join(platform, other), sideEffects: false };
      });
    },
  };
}

/**
 * zod with nothing but what our sources name: handed on as one object, it would be kept whole, twice the rest. What the
 * command line alone names is not part of it, so that a new command changes no bundle.
 */
function usedOfZod(): Plugin {
  const paths = globSync("src/**/*.ts", { cwd: root, exclude: ["src/commands/**"] });
  const texts = paths.map((path) => readFileSync(join(root, path), "utf8"));
  const named = new Set(texts.flatMap((text) => [...text.matchAll(/\bz\.(\w+)/g)].map(([, name = ""]) => name)));
  const used = [...named].filter((name) => Object.hasOwn(zod, name)).sort();
  return {
    name: "used-of-zod",
    setup(builder) {
      builder.onResolve({ filter: /^zod$/ }, () => ({ path: "zod", namespace: "used", sideEffects: false }));
      builder.onLoad({ filter: /.*/, namespace: "used" }, () => ({
        contents: `export { ${used.join(", ")} } from "zod/v4";`,
        resolveDir: root,
        loader: "js",
      }));
    },
  };
}
