/**
 * Rebuilds src/roles/ingress/dashboard.generated.ts from dashboard/: the program and the style of the page an ingress
 * serves. Of the program itself only types are used there, so the page holds nothing but its own sources. A test
 * compares the two.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { pageText } from "./page-text.ts";

const folder = fileURLToPath(new URL("../dashboard/", import.meta.url));

/** The text of the generated file. */
export async function makeDashboard(): Promise<string> {
  const result = await build({
    entryPoints: [join(folder, "main.ts")],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2023",
    charset: "utf8",
    legalComments: "none",
    tsconfigRaw: "{}",
  });
  return pageText({
    name: "dashboard",
    maker: "scripts/make-dashboard.ts",
    source: "dashboard/",
    folder,
    program: result.outputFiles[0]?.text ?? "",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL("../src/roles/ingress/dashboard.generated.ts", import.meta.url), await makeDashboard());
}
