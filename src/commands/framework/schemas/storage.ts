import * as z from "zod";

/** Summaries of the commands that store and read. */

const amount = z.strictObject({ usd: z.number(), nusa: z.number() });

export const storageSchemas = {
  upload: z.strictObject({
    object: z.string(),
    name: z.string().nullable(),
    isPublic: z.boolean(),
    files: z.int(),
    sizeBytes: z.int(),
    sentBytes: z.int(),
    replicas: z.int(),
    zones: z.int(),
    stage: z.string(),
    /** Paths of the share files and pages that `--shares-out` wrote. */
    shares: z.array(z.string()),
  }),
  get: z.strictObject({
    path: z.string(),
    files: z.int(),
    keptFiles: z.int(),
    sizeBytes: z.int(),
    skippedLinks: z.array(z.string()),
  }),
  ls: z.strictObject({
    rows: z.array(
      z.strictObject({
        name: z.string(),
        object: z.string().nullable(),
        sizeBytes: z.int(),
        status: z.string(),
        replicas: z.int().nullable(),
        createdMs: z.int(),
      }),
    ),
  }),
  stat: z.strictObject({
    object: z.string(),
    name: z.string().nullable(),
    status: z.string(),
    isPublic: z.boolean(),
    storedBytes: z.int(),
    /** Null when the object is sealed and there is no key for it here. */
    files: z.int().nullable(),
    sizeBytes: z.int().nullable(),
    replicas: z.int(),
    zones: z.int(),
    createdMs: z.int(),
    expiresMs: z.int().nullable(),
  }),
  rm: z.strictObject({ object: z.string(), isDone: z.boolean() }),
  estimate: z.strictObject({
    files: z.int(),
    sizeBytes: z.int(),
    storedBytes: z.int(),
    storagePerMonth: amount,
    bandwidthPerMonth: amount,
    totalPerMonth: amount,
    usdPerNusa: z.number(),
    mayVary: z.literal(true),
  }),
  usage: z.strictObject({
    owner: z.string(),
    usedBytes: z.int(),
    quotaBytes: z.int(),
    objects: z.int(),
    deployments: z.strictObject({ running: z.int(), total: z.int() }),
    /** Of the deployments that were not removed. */
    versions: z.int(),
    storagePerMonth: amount,
    usdPerNusa: z.number(),
    mayVary: z.literal(true),
  }),
} as const;
