/**
 * Rebuilds src/roles/ingress/link-page.generated.ts from src/roles/ingress/link-page: the program and the style of the
 * page behind a share link. It is made of the same rooms as the rest of the program. A test compares the two.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { limits } from "../src/protocol/index.ts";
import { browserBuild } from "./browser-platform.ts";
import { pageText } from "./page-text.ts";

const folder = fileURLToPath(new URL("../src/roles/ingress/link-page/", import.meta.url));

/** The text of the generated file. */
export async function makeLinkPage(): Promise<string> {
  const result = await build({
    ...browserBuild([plainLimits()]),
    entryPoints: [join(folder, "main.ts")],
    write: false,
    format: "iife",
  });
  return pageText({
    name: "linkPage",
    maker: "scripts/make-link-page.ts",
    source: "src/roles/ingress/link-page",
    folder,
    program: result.outputFiles[0]?.text ?? "",
  });
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
