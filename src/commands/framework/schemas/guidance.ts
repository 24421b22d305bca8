import * as z from "zod";

/** Summaries of the commands that explain the program itself. */
export const guidanceSchemas = {
  explain: z.strictObject({
    errors: z.array(
      z.strictObject({
        code: z.string(),
        /** Slots stand as `<name>`. */
        message: z.string(),
        hint: z.string(),
        kind: z.enum(["user", "network", "peer", "bug"]),
        exitCode: z.int(),
        httpStatus: z.int(),
        isRetryable: z.boolean(),
        docs: z.string(),
      }),
    ),
  }),
} as const;
