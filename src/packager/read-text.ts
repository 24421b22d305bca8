import { type FileTree, fromUtf8, readBytes } from "../base/index.ts";

const TEXT_BYTES = 1024 * 1024;

/** The text of a small file; empty when it is none, is not regular, or is larger than 1 MiB. */
export async function readTextFile(path: string, tree: FileTree): Promise<string> {
  const entry = await tree.find(path);
  if (entry?.kind !== "file" || entry.sizeBytes > TEXT_BYTES) return "";
  return fromUtf8(await readBytes(tree.read(path)));
}

/** True when something is there whose text `readTextFile` does not give: a link, a large file, no file at all. */
export async function isUnreadable(path: string, tree: FileTree): Promise<boolean> {
  const entry = await tree.find(path);
  return entry !== undefined && (entry.kind !== "file" || entry.sizeBytes > TEXT_BYTES);
}

/** The fields of a small JSON file; none when it is not a JSON object. */
export async function readJsonFile(path: string, tree: FileTree): Promise<{ readonly [name: string]: unknown }> {
  try {
    const value: unknown = JSON.parse(await readTextFile(path, tree));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
