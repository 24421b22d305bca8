import * as z from "zod";

const text = z.strictObject({ en: z.string(), id: z.string() });

const argument = z.strictObject({
  name: z.string(),
  text,
  isRequired: z.boolean(),
  isMultiple: z.boolean(),
  choices: z.array(z.string()).optional(),
});

const flag = z.strictObject({
  name: z.string(),
  char: z.string().optional(),
  text,
  takesValue: z.boolean(),
  choices: z.array(z.string()).optional(),
  default: z.string().optional(),
  isRequired: z.boolean(),
});

/** What the commands about the program itself answer. */
export const programSchemas = {
  completion: z.strictObject({ shell: z.string(), script: z.string() }),
  help: z.strictObject({
    commands: z.array(
      z.strictObject({
        id: z.string(),
        file: z.string().optional(),
        summary: text,
        description: text.optional(),
        examples: z.array(z.strictObject({ command: z.string(), text })),
        args: z.array(argument),
        flags: z.array(flag),
      }),
    ),
  }),
  schema: z.strictObject({
    /** Commands with a schema, when none was named. */
    commands: z.array(z.string()).optional(),
    schema: z.looseObject({}).optional(),
    /** True when the schema is that of one line among many. */
    isOfLines: z.boolean().optional(),
  }),
  version: z.strictObject({ version: z.string() }),
} as const;
