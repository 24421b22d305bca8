/** Rebuilds src/runtime/guest-surface.generated.ts from src/runtime/guest. A test compares the two. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The text of the generated file. */
export async function makeGuestSurface(): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL("../src/runtime/guest/surface.ts", import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    globalName: "surface",
    platform: "neutral",
    target: "es2023",
    legalComments: "none",
    tsconfigRaw: "{}",
  });
  const code = result.outputFiles[0]?.text.trim() ?? "";
  const source = `(()=>{${code}return surface.installSurface})()`;
  return `/** Made by scripts/make-guest-surface.ts from src/runtime/guest; do not edit. */\nexport const guestSurfaceSource =\n  ${JSON.stringify(source)};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL("../src/runtime/guest-surface.generated.ts", import.meta.url), await makeGuestSurface());
}
