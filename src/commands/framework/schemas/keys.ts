import * as z from "zod";

/** Summaries of the commands about keys. None holds a key or a share. */

const rejected = z.array(z.strictObject({ position: z.int(), code: z.string() }));

export const keysSchemas = {
  "keys export": z.strictObject({ file: z.string() }),
  "keys generate": z.strictObject({
    fingerprint: z.string(),
    address: z.string(),
    store: z.string(),
    place: z.string(),
  }),
  "keys import": z.strictObject({ fingerprint: z.string(), address: z.string(), place: z.string() }),
  "keys recover": z.strictObject({
    fingerprint: z.string(),
    address: z.string(),
    setId: z.string(),
    place: z.string(),
    rejected,
  }),
  "keys rehearse": z.strictObject({ setId: z.string(), rejected }),
  "keys split": z.strictObject({
    setId: z.string(),
    threshold: z.int(),
    total: z.int(),
    /** One text file and one page to print a share. */
    files: z.array(z.string()),
  }),
  "keys status": z.strictObject({
    fingerprint: z.string(),
    store: z.string(),
    place: z.string(),
    splits: z.array(
      z.strictObject({
        setId: z.string(),
        threshold: z.int(),
        total: z.int(),
        createdMs: z.int(),
        rehearsedMs: z.int().nullable(),
      }),
    ),
  }),
} as const;
