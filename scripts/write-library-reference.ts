// Writes docs/*/api-reference/library.md and library-types.md from the declarations the package publishes. `--check`
// writes nothing and ends with 1 when a page is not what it would write; test/docs/reference.test.ts runs that.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { libraryEntries, writeDeclarations } from "./declarations.ts";
import { listErrors } from "./list-errors.ts";
import { writeLibrary } from "./reference/library.ts";
import { settlePages } from "./reference/settle-pages.ts";

const folder = mkdtempSync(join(tmpdir(), "dsdn-declarations-"));
try {
  await writeDeclarations(folder);
  const entries = libraryEntries
    .filter(({ name }) => existsSync(join(folder, `${name}.d.ts`)))
    .map(({ name }) => ({
      specifier: name === "index" ? "dsdn" : `dsdn/${name}`,
      file: readFileSync(join(folder, `${name}.d.ts`), "utf8"),
    }));
  const listed = await listErrors((path) => import(`../${path}`));
  const errors = new Set(listed.map(({ spec }) => spec.code));
  settlePages((language) => writeLibrary(entries, { language, errors }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
