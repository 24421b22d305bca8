import type { Random } from "../../base/index.ts";
import type { SealOptions } from "../../crypto/index.ts";
import type { Account } from "../../keys/index.ts";
import { PART_SIZE_BYTES } from "../../objects/index.ts";
import { type FoundEntry, findTree, readParts, readWhole } from "./local-files.ts";

/** One entry of an object to be written, wherever its content comes from. */
export interface SourceEntry {
  readonly path: string;
  /** How an error calls it. */
  readonly source: string;
  readonly type: "file" | "dir" | "link";
  /** Undefined for a stream whose length nobody knows. */
  readonly sizeBytes: number | undefined;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly target: string | null;
  /** The content in parts as `readContentId` wants them, the same at every call; a stream can be read once. */
  parts(): AsyncIterable<Uint8Array>;
  /** The whole content; asked only of small files. */
  whole(): Promise<Uint8Array>;
  /** How a stream is sealed. */
  freshSealing?(account: Account): SealOptions;
}

export interface Source {
  readonly root: "file" | "folder";
  /** What the object is called when nobody says otherwise. */
  readonly name: string;
  readonly entries: readonly SourceEntry[];
}

/** What `upload` takes: paths on this machine, bytes in memory, or a stream. */
export type UploadInput =
  | { readonly paths: readonly string[] }
  | { readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[] }
  | { readonly stream: AsyncIterable<Uint8Array>; readonly fileName: string };

/** The entries of an input. Errors as `findTree`. */
export async function openSource(
  input: UploadInput,
  deps: { readonly random: Random; readonly nowMs: number; readonly signal?: AbortSignal | undefined },
): Promise<Source> {
  if ("paths" in input) {
    const tree = await findTree(input.paths, deps.signal);
    return { ...tree, entries: tree.entries.map(fromDisk) };
  }
  if ("files" in input) return { root: "folder", name: "files", entries: input.files.map(fromMemory) };
  return { root: "file", name: input.fileName, entries: [fromStream(input.stream, input.fileName, deps)] };
}

function fromDisk(entry: FoundEntry): SourceEntry {
  return { ...entry, parts: () => readParts(entry), whole: () => readWhole(entry) };
}

/** Times are left out, so that the same files always make the same object. */
function fromMemory({ path, bytes }: { path: string; bytes: Uint8Array }): SourceEntry {
  return {
    ...plainFile(path),
    mtimeMs: 0,
    sizeBytes: bytes.length,
    async *parts() {
      for (let at = 0; at < bytes.length; at += PART_SIZE_BYTES) yield bytes.subarray(at, at + PART_SIZE_BYTES);
    },
    whole: async () => bytes,
  };
}

function fromStream(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  deps: { readonly random: Random; readonly nowMs: number },
): SourceEntry {
  return {
    ...plainFile(path),
    mtimeMs: deps.nowMs,
    sizeBytes: undefined,
    parts: () => stream,
    whole: async () => new Uint8Array(0),
    freshSealing: (account) => account.freshSealing(deps.random),
  };
}

function plainFile(path: string) {
  return { path, source: path, type: "file", mode: 0o644, target: null } as const;
}
