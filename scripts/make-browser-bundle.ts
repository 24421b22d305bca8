// Makes dist/browser.js, the entry `dsdn/browser`: one file without imports, of the same rooms as the rest of the
// program. What they ask of Node is put in place by src/browser/platform; a name of Node that is not there is never
// reached by what the entry exports.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";
import * as zod from "zod";
import { leanPackages } from "./lean-packages.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const platform = join(root, "src/browser/platform");

/** Modules of our own with another one for browsers. */
const REPLACED: { readonly [path: string]: string } = {
  "src/base/file-lock.ts": "file-lock.ts",
  "src/base/http-dial.ts": "http-dial.ts",
  "src/crypto/platform-cipher.ts": "cipher.ts",
};

/** Modules of Node with one of ours in their place. Any other is empty. */
const BUILTIN: { readonly [name: string]: string } = {
  "node:crypto": "node-crypto.ts",
  "node:path": "node-path.ts",
};

/** Writes the bundle to `outfile`. @returns the bundler's record of what is in it. */
export async function makeBrowserBundle(outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [join(root, "src/browser/index.ts")],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    charset: "utf8",
    legalComments: "none",
    tsconfigRaw: "{}",
    metafile: true,
    logLevel: "error",
    define: { "process.platform": '"browser"' },
    inject: [join(platform, "buffer.ts")],
    plugins: [browserPlatform(), usedOfZod(), leanPackages()],
    // zod writes functions for speed unless told not to, which a page's policy may forbid.
    banner: { js: "(globalThis.__zod_globalConfig??={}).jitless=true;" },
  });
  return metafile;
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

/** zod with nothing but what our sources name: handed on as one object, it would be kept whole, twice the rest. */
function usedOfZod(): Plugin {
  const texts = globSync("src/**/*.ts", { cwd: root }).map((path) => readFileSync(join(root, path), "utf8"));
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
