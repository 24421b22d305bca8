import * as z from "zod";
import { addressText, base64, cidText, id32, position } from "./api-fields.ts";
import { route } from "./api-route.ts";
import { limits } from "./limits.ts";

/** The part of an ingress's HTTP interface that is about chunks, objects and the names that point at them. */

const chunkRefJson = z.object({ id: cidText, size: z.int().min(1), merkleRoot: id32 });

const objectDetails = z.object({
  object: cidText,
  owner: addressText,
  sizeBytes: z.int(),
  isPublic: z.boolean(),
  status: z.enum(["durable", "published", "deleted", "expired"]),
  createdMs: z.int(),
  expiresMs: z.int().nullable(),
  position: position.nullable(),
  manifest: chunkRefJson,
  chunks: z.array(chunkRefJson),
  /** Fewest replicas and fewest zones over all chunks, by the log. */
  replicas: z.int(),
  zones: z.int(),
});
export type ObjectDetails = z.infer<typeof objectDetails>;

const objectRow = objectDetails.omit({ manifest: true, chunks: true }).extend({ chunkCount: z.int() });
export type ObjectRow = z.infer<typeof objectRow>;

export const objectApi = {
  putChunk: route({
    method: "PUT",
    path: "/v1/chunks",
    about: "Stores the body as a chunk under the lease in `dsdn-lease` (base64); answers once two zones acknowledged.",
    details: z.object({ chunk: cidText, acks: z.array(base64) }),
    maxBodyBytes: 64 * 1024 * 1024,
  }),
  findChunks: route({
    method: "POST",
    path: "/v1/chunks/find",
    about: "Which of these chunks are already stored in two zones.",
    body: z.object({ chunks: z.array(cidText).max(limits.chunksPerObject) }),
    details: z.object({ present: z.array(cidText) }),
    maxBodyBytes: 4 * 1024 * 1024,
  }),
  publishObject: route({
    method: "POST",
    path: "/v1/objects",
    about:
      "Stores the manifest with the publish request (a signed ObjectPublished event) and takes the events to the log.",
    body: z.object({
      manifest: base64,
      /** Base64 lease. */
      lease: base64,
      /** Events that must come first (a session grant, what no coordinator took), base64. */
      before: z.array(base64).max(limits.eventsBeforeRequest),
      publishRequest: base64,
      /** Events that follow it (a pointer update, a workload), base64. */
      after: z.array(base64).max(64),
    }),
    details: z.object({ object: cidText, acks: z.array(base64) }),
    maxBodyBytes: 24 * 1024 * 1024,
  }),
  object: route({ method: "GET", path: "/v1/objects/{object}", about: "One object.", details: objectDetails }),
  ownerObjects: route({
    method: "GET",
    path: "/v1/owners/{address}/objects",
    about: "A wallet's objects by id (query `after`, `limit` at most 1000).",
    query: ["after", "limit"],
    details: z.object({ objects: z.array(objectRow), next: cidText.nullable() }),
  }),
  pointer: route({
    method: "GET",
    path: "/v1/pointers/{pointer}",
    about: "Where a mutable name points; `root` is null when it was never set.",
    details: z.object({ pointer: id32, sequence: z.int(), root: cidText.nullable(), owner: addressText.nullable() }),
  }),
} as const;
