// The types of the published package: one declaration file an entry, made of what tsc emits of src/.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { flattenDeclarations } from "./flatten-declarations.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What a program imports: `dsdn`, and `dsdn/<name>`; by the file in dist/ and the source below src/. */
export const libraryEntries: readonly { readonly name: string; readonly source: string }[] = [
  { name: "index", source: "index" },
  { name: "vitest", source: "vitest" },
  { name: "browser", source: "browser/index" },
];

/** Writes `<name>.d.ts` of every entry into `folder`. */
export async function writeDeclarations(folder: string): Promise<void> {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const staging = mkdtempSync(join(root, ".cache", "types-"));
  try {
    const entries = libraryEntries.filter(({ source }) => existsSync(join(root, "src", `${source}.ts`)));
    await emit(
      staging,
      entries.map(({ source }) => join(root, "src", `${source}.ts`)),
    );
    const main = { entry: "index.d.ts", specifier: "./index.js" };
    for (const { name, source } of entries) {
      // A page has no Node, whose types the main entry needs: its declarations stand alone.
      const base = name === "vitest" ? main : undefined;
      writeFileSync(join(folder, `${name}.d.ts`), flattenDeclarations(join(staging, "out"), `${source}.d.ts`, base));
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function emit(staging: string, files: readonly string[]): Promise<void> {
  const config = join(staging, "tsconfig.json");
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: join(staging, "out"),
    rootDir: join(root, "src"),
  };
  writeFileSync(config, JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, include: [], files }));
  await execa(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", config], { stdio: "inherit" });
}
