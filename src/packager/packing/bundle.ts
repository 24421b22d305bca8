import { isBuiltin } from "node:module";
import { join, relative } from "node:path";
import type { BuildFailure, Message, Metafile } from "esbuild";
import { type FileTree, fail } from "../../base/index.ts";
import { packagerErrors } from "../errors.ts";

export interface Bundle {
  readonly code: Uint8Array;
  /** Paths below the project folder of everything that went in, sorted. */
  readonly inputs: readonly string[];
  /** Names the entry exports, sorted. */
  readonly exports: readonly string[];
}

/** What a program imports from its runtime; it stays an import in the bundle. */
const RUNTIME_MODULES: readonly string[] = ["dsdn:storage"];
const INPUT_BYTES = 64 * 1024 * 1024;

/**
 * The program as one ES module that needs nothing else. The same files give the same bytes on every machine: no
 * configuration of the project is read (tsconfig.json included), no plugin is loaded and no code of it runs.
 *
 * @param root - absolute project folder. @param entry - path below it.
 * @throws DSDN_PACKAGER_BUILD_FAILED, DSDN_PACKAGER_NODE_MODULE, DSDN_PACKAGER_OUTSIDE_PROJECT, DSDN_PACKAGER_TOO_LARGE
 */
export async function bundleProgram(root: string, entry: string, tree: FileTree): Promise<Bundle> {
  const { build } = await import("esbuild");
  const result = await build({
    absWorkingDir: root,
    entryPoints: [`./${entry}`],
    outfile: join(root, "program.js"),
    bundle: true,
    write: false,
    metafile: true,
    platform: "neutral",
    external: [...RUNTIME_MODULES],
    format: "esm",
    target: "es2023",
    mainFields: ["module", "main"],
    conditions: ["worker", "module"],
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".txt": "text", ".html": "text", ".md": "text" },
    charset: "utf8",
    legalComments: "eof",
    tsconfigRaw: "{}",
    logLevel: "silent",
  }).catch((error: unknown) => {
    throw explain(error);
  });
  const inputs = Object.keys(result.metafile.inputs).sort();
  checkInputs(root, inputs, result.metafile, tree);
  const output = result.outputFiles.find((file) => file.path.endsWith("program.js"));
  const facts = Object.entries(result.metafile.outputs).find(([path]) => path.endsWith("program.js"))?.[1];
  // esbuild leaves the import of a URL for the reader to fetch; nothing is fetched here.
  const foreign = facts?.imports.find((one) => one.external && !RUNTIME_MODULES.includes(one.path));
  if (foreign !== undefined) {
    throw fail(packagerErrors.buildFailed, { reason: `${foreign.path.slice(0, 200)} cannot be bundled`, place: entry });
  }
  return { code: output?.contents ?? new Uint8Array(0), inputs, exports: [...(facts?.exports ?? [])].sort() };
}

/** esbuild follows links and `../`; whatever it took from outside the project ends the packing here. */
function checkInputs(root: string, inputs: readonly string[], metafile: Metafile, tree: FileTree): void {
  let bytes = 0;
  const inside: string[] = [];
  for (const input of inputs) {
    bytes += metafile.inputs[input]?.bytes ?? 0;
    if (bytes > INPUT_BYTES) throw fail(packagerErrors.tooLarge, { what: "bytes of source code", limit: INPUT_BYTES });
    // `(disabled):x` stands for a module that its package replaces by nothing.
    if (input.startsWith("(disabled):")) continue;
    const isOutside = relative(root, join(root, input)).startsWith("..") || /^([a-z]+:|\/)/i.test(input);
    if (isOutside) throw fail(packagerErrors.outsideProject, { path: input });
    inside.push(input);
  }
  // esbuild reports real paths, so a part of one that is a link was put there since.
  const entries = tree.findAll(inside.map((input) => join(root, input)));
  const path = inside.find((_, index) => entries[index]?.kind !== "file");
  if (path !== undefined) throw fail(packagerErrors.outsideProject, { path });
}

function explain(error: unknown): unknown {
  const message = (error as Partial<BuildFailure>).errors?.[0];
  if (message === undefined)
    return fail(packagerErrors.buildFailed, { reason: "the bundler failed", place: "-" }, { cause: error });
  const place = placeOf(message);
  const module = /^Could not resolve "([^"]+)"/.exec(message.text)?.[1];
  if (module !== undefined && isBuiltin(module)) return fail(packagerErrors.nodeModule, { module, place });
  return fail(packagerErrors.buildFailed, { reason: message.text.slice(0, 300), place });
}

function placeOf({ location }: Message): string {
  return location === null ? "-" : `${location.file}:${location.line}:${location.column + 1}`;
}
