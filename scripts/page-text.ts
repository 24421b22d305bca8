// The generated file of a page that an ingress serves: its program and its style as text.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { transform } from "esbuild";

interface PageParts {
  /** Begins the names of the two constants. */
  readonly name: string;
  /** The script that makes the file, and the folder it makes it from, as the first line says it. */
  readonly maker: string;
  readonly source: string;
  /** Where `style.css` lies. */
  readonly folder: string;
  /** The page's program, bundled. */
  readonly program: string;
}

/** A TypeScript file with `<name>Script` and `<name>Style`. What would end the page's script element is written otherwise. */
export async function pageText({ name, maker, source, folder, program }: PageParts): Promise<string> {
  const script = program.trim().replaceAll("</script", "<\\/script");
  const css = await readFile(join(folder, "style.css"), "utf8");
  const style = (await transform(css, { loader: "css", minify: true, target: "es2023" })).code.trim();
  return [
    `/** Made by ${maker} from ${source}; do not edit. */`,
    `export const ${name}Script =\n  ${JSON.stringify(script)};`,
    `export const ${name}Style =\n  ${JSON.stringify(style)};\n`,
  ].join("\n");
}
