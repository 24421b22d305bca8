import * as z from "zod";

/** Summaries of the commands about share links. */

const facts = { link: z.string(), object: z.string() };
const state = z.enum(["open", "expired", "revoked", "removed"]);

export const linkSchemas = {
  share: z.strictObject({
    /** The whole link, a secret. */
    url: z.string(),
    ...facts,
    reference: z.string(),
    expiresMs: z.int(),
    root: z.enum(["file", "folder"]),
    files: z.int(),
    sizeBytes: z.int(),
  }),
  "links list": z.strictObject({
    links: z.array(
      z.strictObject({
        ...facts,
        /** As it was shared; null when another program made it. */
        reference: z.string().nullable(),
        createdMs: z.int(),
        expiresMs: z.int(),
        state,
      }),
    ),
  }),
  "links revoke": z.strictObject({ ...facts, state }),
} as const;
