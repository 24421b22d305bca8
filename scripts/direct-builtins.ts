// An import of a node: module reads every one of its exports, and so starts parts of Node that nobody asked for: all of
// node:fs starts its streams, all of node:util its parser. Start-up is measured (bench/cli); in the bundle each import
// of a node: module is therefore a plain read of the names it lists, which means the same.

const IMPORT = /\bimport(?:\*as ([\w$]+) |(?: ([\w$]+))?,?(?:\{([^{}]*)\}| ))from"(node:[a-z/_]+)";/g;

/**
 * The text of a bundled module with its static imports of `node:` modules replaced by reads at its very beginning,
 * where imports take effect too.
 *
 * @param text - as esbuild writes it with `minifyWhitespace`.
 */
export function directBuiltins(text: string): string {
  const reads: string[] = [];
  for (const [, all, byDefault, named, builtin = ""] of text.matchAll(IMPORT)) {
    const source = `process.getBuiltinModule("${builtin}")`;
    for (const name of [all, byDefault]) if (name) reads.push(`${name}=${source}`);
    if (named) reads.push(`{${named.replaceAll(/([\w$]+) as ([\w$]+)/g, "$1:$2")}}=${source}`);
  }
  const rest = text.replaceAll(IMPORT, "");
  return reads.length === 0 ? text : `const ${reads.join(",")};${rest}`;
}
