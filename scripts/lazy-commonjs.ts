// Node gives a dynamically imported CommonJS package its named exports; a bundler gives it only `default`, because the
// names are known only by running it. The build runs it and writes the names down, so that
// `const { argon2id } = await import("hash-wasm")` means the same from sources and from the bundle.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";

const NAMESPACE = "lazy-commonjs";
const INNER = { isInner: true };

/** @param external - packages that are not bundled and keep Node's own meaning. */
export function lazyCommonJs(external: readonly string[]): Plugin {
  return {
    name: NAMESPACE,
    setup(builder) {
      builder.onResolve({ filter: /^[@a-z]/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (kind !== "dynamic-import" || pluginData === INNER || path.startsWith("node:")) return undefined;
        if (external.some((name) => path === name || path.startsWith(`${name}/`))) return undefined;
        const found = await builder.resolve(path, { kind: "dynamic-import", resolveDir, pluginData: INNER });
        if (found.errors.length > 0 || found.external || !isCommonJs(found.path)) return undefined;
        return { path, namespace: NAMESPACE, pluginData: { resolveDir } };
      });
      builder.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path, pluginData }) => {
        const names = Object.keys((await import(path)) as object).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
        const named = names.filter((name) => name !== "default" && name !== "module.exports");
        const specifier = JSON.stringify(path);
        const contents = `export { ${named.join(", ")} } from ${specifier};\nexport { default } from ${specifier};\n`;
        return { contents, resolveDir: String(pluginData.resolveDir), loader: "js" };
      });
    },
  };
}

function isCommonJs(path: string): boolean {
  if (path.endsWith(".cjs")) return true;
  if (!path.endsWith(".js")) return false;
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const type = findType(join(folder, "package.json"));
    if (type !== undefined) return type !== "module";
  }
  return true;
}

function findType(path: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { type?: string }).type ?? "commonjs";
  } catch {
    return undefined;
  }
}
