import * as z from "zod";

/** One line of each command that answers with lines as they come: NDJSON under `--json`. */
export const lineSchemas = {
  cat: z.strictObject({ offsetBytes: z.int(), sizeBytes: z.int(), base64: z.base64() }),
  "dev deploy": z.strictObject({
    name: z.string(),
    version: z.int(),
    status: z.string(),
    url: z.string().nullable(),
    workload: z.string(),
    package: z.string(),
    tookMs: z.number(),
  }),
  "dev logs": z.looseObject({ timeMs: z.number(), level: z.string(), event: z.string(), role: z.string() }),
  /** What the script returned; no line when it returned nothing. */
  "dev shell": z.strictObject({ value: z.unknown() }),
  logs: z.strictObject({
    timeMs: z.number(),
    stream: z.enum(["stdout", "stderr", "system"]),
    requestId: z.string(),
    text: z.string(),
    /** The version or the run that wrote it. */
    version: z.int(),
  }),
  "role run": z.strictObject({ role: z.string(), url: z.string() }),
} as const;
