import * as z from "zod";

/** Summaries of the commands that explain the program itself. */
const check = z.strictObject({
  id: z.string(),
  /** `remark` needs no action; `bad` keeps something from working. */
  status: z.enum(["good", "remark", "bad"]),
  isRepaired: z.boolean(),
  title: z.string(),
  text: z.string(),
  hint: z.string().nullable(),
});

export const guidanceSchemas = {
  doctor: z.strictObject({ problems: z.int(), checks: z.array(check) }),
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
