// Compiles assembly/ into edges.wasm with AssemblyScript (`npm install --save-dev assemblyscript`). The same compiler
// makes the same bytes on every machine.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** The bytes of edges.wasm. */
export async function build() {
  let wasm;
  // `--use abort=` takes out the only import that is not of WASI.
  const flags = ["--outFile", "edges.wasm", "-O3", "--runtime", "stub", "--use", "abort="];
  const { error, stderr } = await main(["assembly/index.ts", "--baseDir", folder, ...flags], {
    writeFile: (_name, contents) => {
      wasm = contents;
    },
  });
  if (error !== null || wasm === undefined) throw new Error(stderr.toString());
  return wasm;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL("edges.wasm", import.meta.url), await build());
  console.log("wrote edges.wasm");
}
