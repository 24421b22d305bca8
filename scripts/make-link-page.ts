/**
 * Rebuilds src/roles/ingress/link-page.generated.ts from src/roles/ingress/link-page: the program and the style of the
 * page behind a share link. It is made of the same rooms as the rest of the program. A test compares the two.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin, transform } from "esbuild";
import { limits } from "../src/protocol/index.ts";
import { browserBuild } from "./browser-platform.ts";

const folder = fileURLToPath(new URL("../src/roles/ingress/link-page/", import.meta.url));

/** The text of the generated file. */
export async function makeLinkPage(): Promise<string> {
  const result = await build({
    ...browserBuild([plainLimits()]),
    entryPoints: [join(folder, "main.ts")],
    write: false,
    format: "iife",
  });
  const script = (result.outputFiles[0]?.text ?? "").trim().replaceAll("</script", "<\\/script");
  const css = await readFile(join(folder, "style.css"), "utf8");
  const style = (await transform(css, { loader: "css", minify: true, target: "es2023" })).code.trim();
  return [
    "/** Made by scripts/make-link-page.ts from src/roles/ingress/link-page; do not edit. */",
    `export const linkPageScript =\n  ${JSON.stringify(script)};`,
    `export const linkPageStyle =\n  ${JSON.stringify(style)};\n`,
  ].join("\n");
}

/** Writes each bound where it is used: a bound of something else is then no part of the page and does not change it. */
function plainLimits(): Plugin {
  const known = new Map<string, number>(Object.entries(limits));
  return {
    name: "plain-limits",
    setup(builder) {
      builder.onLoad({ filter: /[\\/]src[\\/](?:objects|protocol|roles)[\\/].*\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const contents = text.replace(/\blimits\.(\w+)/g, (whole, name: string) => String(known.get(name) ?? whole));
        return { contents, loader: "ts" };
      });
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL("../src/roles/ingress/link-page.generated.ts", import.meta.url), await makeLinkPage());
}
