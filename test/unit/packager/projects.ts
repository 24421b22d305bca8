import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { systemFileTree } from "../../../src/base/index.ts";
import { packProject } from "../../../src/packager/index.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder with these files. */
export function project(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "dsdn-project-"));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

export const deps = { tree: systemFileTree() };

export function pack(path: string) {
  return packProject({ path }, deps);
}

/** The error's code and facts, or the kind of package when there is none. */
export async function outcome(path: string): Promise<{ code: string; facts: Record<string, unknown> }> {
  return pack(path).then(
    (built) => ({ code: built.manifest.kind, facts: {} }),
    (error: unknown) => error as { code: string; facts: Record<string, unknown> },
  );
}

export async function bytesOf(file: { read(): AsyncIterable<Uint8Array> } | undefined): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  if (file !== undefined) for await (const piece of file.read()) pieces.push(piece);
  return Buffer.concat(pieces);
}
