// Parts of packages that this program never reaches, replaced by nothing in the bundle. Start-up is measured
// (bench/cli), and these parts would be loaded and run by every command:
// - oclif finds plugins on disk, measures itself, compiles TypeScript, writes its own help, spinners and debug lines. There are no
//   plugins here, help comes from the manifest, and src/ui draws; its parser and its Command class stay whole.
// - zod carries its error texts in forty languages; only the English ones are ever used, our own texts say the rest.
import type { Plugin } from "esbuild";

const UNUSED_BY_OCLIF: readonly string[] = [
  "ansi-escapes",
  "clean-stack",
  "cli-spinners",
  "debug",
  "ejs",
  "indent-string",
  "lilconfig",
  "minimatch",
  "string-width",
  "supports-color",
  "tinyglobby",
  "widest-line",
  "wrap-ansi",
  "wsl-utils",
];

const NOTHING = "function nothing() { return nothing; } nothing.default = nothing; module.exports = nothing;";

/** Leaves out what is named above; everything else of these packages is bundled as it is. */
export function leanPackages(): Plugin {
  const unused = new RegExp(`^(?:${UNUSED_BY_OCLIF.join("|")})$`);
  return {
    name: "lean-packages",
    setup(builder) {
      builder.onResolve({ filter: unused }, ({ path, importer }) =>
        /[\\/]@oclif[\\/]core[\\/]/.test(importer) ? { path, namespace: "unused" } : undefined,
      );
      builder.onResolve(
        {
          filter:
            /(?:plugin-loader|ts-path|[.]\/plugin|[.]\/performance|util\/os|[.]\/handle|[./]+\/help|action\/(?:simple|spinner))$/,
        },
        ({ path, importer }) =>
          /[\\/]@oclif[\\/]core[\\/]/.test(importer) ? { path, namespace: "unused" } : undefined,
      );
      builder.onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: NOTHING, loader: "js" }));
      builder.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
        contents: 'export { default as en } from "./en.js";',
        loader: "js",
      }));
    },
  };
}
