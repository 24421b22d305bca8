import * as z from "zod";
import { deploymentSchemas } from "./deployments.ts";
import { guidanceSchemas } from "./guidance.ts";
import { keysSchemas } from "./keys.ts";
import { linkSchemas } from "./links.ts";
import { networkSchemas } from "./network.ts";
import { programSchemas } from "./program.ts";
import { sessionSchemas } from "./session.ts";
import { settingsSchemas } from "./settings.ts";
import { storageSchemas } from "./storage.ts";
import { lineSchemas } from "./streams.ts";

/** The summary of each command that answers with one JSON document; the others answer with lines. */
export const summarySchemas = {
  ...storageSchemas,
  ...keysSchemas,
  ...deploymentSchemas,
  ...networkSchemas,
  ...settingsSchemas,
  ...linkSchemas,
  ...sessionSchemas,
  ...guidanceSchemas,
  ...programSchemas,
} as const;

export type DescribedCommand = keyof typeof summarySchemas;

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Frozen<T[Name]> }
    : T;

/** What a command hands back as its summary, by its schema. */
export type Summary<Command extends DescribedCommand> = Frozen<z.output<(typeof summarySchemas)[Command]>>;

const auditEntry = z.looseObject({ step: z.string() });

/** What stands on stdout under `--json` when a command succeeded. */
export function documentSchema(command: DescribedCommand): z.ZodType {
  return z.strictObject({
    summary: summarySchemas[command],
    details: z.looseObject({
      /** How it ended: `done`, `partly done`, or a word of the command's own. */
      status: z.string(),
      tookMs: z.number(),
      /** What a third party needs to check the answer: receipts, places on the log, the ingress that was asked. */
      references: z.looseObject({}).optional(),
    }),
    audit: z.array(auditEntry),
  });
}

/** One line of stdout under `--json`, of a command that answers with lines as they come. */
export function lineSchema(command: StreamingCommand): z.ZodType {
  return lineSchemas[command];
}

export type StreamingCommand = keyof typeof lineSchemas;

export function isStreaming(command: string): command is StreamingCommand {
  return Object.hasOwn(lineSchemas, command);
}

/** What stands on stdout under `--json` when a command failed. */
export const errorDocumentSchema = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    message_id: z.string(),
    message_en: z.string(),
    suggestion_id: z.string(),
    suggestion_en: z.string(),
    docs_link: z.string(),
    exitCode: z.int(),
    facts: z.looseObject({}),
    causes: z.array(z.strictObject({ code: z.string(), message: z.string() })),
  }),
});

/** Every command with a schema, of its document or of one of its lines; sorted. */
export function listDescribed(): string[] {
  return [...Object.keys(summarySchemas), ...Object.keys(lineSchemas)].sort();
}

export function isDescribed(command: string): command is DescribedCommand {
  return Object.hasOwn(summarySchemas, command);
}

/** JSON Schema 2020-12 of a command's document, or of an error. */
export function toJsonSchema(schema: z.ZodType): { [name: string]: unknown } {
  return { ...z.toJSONSchema(schema, { io: "output" }) };
}
