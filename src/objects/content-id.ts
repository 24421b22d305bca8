import { equalBytes } from "../base/index.ts";
import { createSha256, sha256 } from "../crypto/index.ts";

/** Files are hashed, checked and sealed in parts of this many plaintext bytes. */
export const PART_SIZE_BYTES = 4 * 1024 * 1024;

/** What a file's content is known by before it is sealed. */
export interface ContentId {
  /** SHA-256 of the content when it is one part, SHA-256 over the parts' SHA-256 when there are more. */
  readonly id: Uint8Array;
  /** SHA-256 of every part, in order; one for an empty file. */
  readonly parts: readonly Uint8Array[];
  readonly sizeBytes: number;
}

/**
 * The content id of a stream. It stands for the content where a key is derived, and its parts let a second reading be
 * checked part by part before anything is sealed: a file that changed between the readings must never be sealed under
 * a key that belongs to other content.
 */
export async function readContentId(parts: AsyncIterable<Uint8Array>): Promise<ContentId> {
  const hashes: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of parts) {
    hashes.push(sha256(part));
    sizeBytes += part.length;
  }
  if (hashes.length === 0) hashes.push(sha256(new Uint8Array(0)));
  return { id: idOf(hashes), parts: hashes, sizeBytes };
}

/** True when these bytes are part `index` of the content. */
export function isPart(content: ContentId, index: number, part: Uint8Array): boolean {
  const expected = content.parts[index];
  return expected !== undefined && equalBytes(sha256(part), expected);
}

function idOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only !== undefined && hashes.length === 1) return only;
  const state = createSha256();
  for (const hash of hashes) state.update(hash);
  return state.digest();
}
