import * as z from "zod";

/** Fields that answers of an ingress have in common. */

/** A hash or a key: 32 bytes in hex. */
export const id32 = z.string().regex(/^[0-9a-f]{64}$/);
/** A wallet's address: 20 bytes in hex. */
export const addressText = z.string().regex(/^[0-9a-f]{40}$/);
/** A chunk's or an object's id as commands show it. */
export const cidText = z.string().regex(/^baf[a-z2-7]{50,70}$/);
/** Bytes in base64, 18 MiB at most. */
export const base64 = z.string().max(24 * 1024 * 1024);
/** Height of the log. */
export const height = z.int().min(0);
/** Place of an event on the log. */
export const position = z.object({ height, blob: z.int().min(0), event: z.int().min(0) });
