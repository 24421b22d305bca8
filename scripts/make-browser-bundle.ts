// Makes dist/browser.js, the entry `dsdn/browser`: one file without imports, of the same rooms as the rest of the
// program.
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { browserBuild } from "./browser-platform.ts";

/** Writes the bundle to `outfile`. @returns the bundler's record of what is in it. */
export async function makeBrowserBundle(outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    ...browserBuild(),
    entryPoints: [fileURLToPath(new URL("../src/browser/index.ts", import.meta.url))],
    outfile,
    format: "esm",
    metafile: true,
    logLevel: "error",
  });
  return metafile;
}
