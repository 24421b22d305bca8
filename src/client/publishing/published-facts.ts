import { refOf } from "../../objects/index.ts";
import type { PublishedObject } from "../../protocol/index.ts";
import type { WrittenObject } from "../files/object-writer.ts";

/** What the log is told of a written object. */
export function publishedFacts({ object, manifest, manifestBytes }: WrittenObject, isPublic: boolean): PublishedObject {
  const sizeBytes = manifest.chunks.reduce((sum, { size }) => sum + size, manifestBytes.length);
  const chunks = [...manifest.chunks];
  return { object, manifest: refOf(manifestBytes), chunks, sizeBytes, coding: "replicated", isPublic };
}
