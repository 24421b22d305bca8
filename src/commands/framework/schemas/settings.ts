import * as z from "zod";

/** Summaries of the commands about the environment of a deployment. None of them holds a secret's value. */

const changed = z.strictObject({
  name: z.string(),
  /** Of values or secrets. */
  names: z.array(z.string()),
  isChanged: z.boolean(),
  /** The version the change made; null when nothing was to change, or when a schedule's next run has it. */
  workload: z.string().nullable(),
  version: z.int().nullable(),
  status: z.string().nullable(),
  mode: z.enum(["service", "batch"]).nullable(),
});

export const settingsSchemas = {
  "env set": changed,
  "env unset": changed,
  "env list": z.strictObject({
    name: z.string(),
    env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  }),
  "secrets put": changed,
  "secrets rm": changed,
  "secrets list": z.strictObject({ name: z.string(), secrets: z.array(z.string()) }),
} as const;
