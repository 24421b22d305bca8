import * as z from "zod";

/** One thing that was looked at. */
export const check = z.strictObject({
  id: z.string(),
  /** `remark` needs no action; `bad` keeps something from working. */
  status: z.enum(["good", "remark", "bad"]),
  isRepaired: z.boolean(),
  title: z.string(),
  text: z.string(),
  hint: z.string().nullable(),
});

const settingLevel = z.enum(["flag", "environment", "project", "user", "default"]);

/** Summaries of the commands that explain the program itself. */
export const guidanceSchemas = {
  config: z.strictObject({
    settings: z.array(
      z.strictObject({
        key: z.string(),
        value: z.string().nullable(),
        level: settingLevel,
        place: z.string(),
        /** Everything that was said, the strongest first. */
        said: z.array(z.strictObject({ level: settingLevel, value: z.string(), place: z.string() })),
      }),
    ),
  }),
  "config set": z.strictObject({ key: z.string(), value: z.string(), path: z.string() }),
  "config unset": z.strictObject({ key: z.string(), isChanged: z.boolean(), path: z.string() }),
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
        docs_link: z.string(),
      }),
    ),
  }),
} as const;
