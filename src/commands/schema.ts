import { fail } from "../base/index.ts";
import type { Block, CommandResult, Say } from "../ui/index.ts";
import { BaseCommand, type CommandTexts, commandErrors, nextStep, textArg } from "./framework/index.ts";
import {
  documentSchema,
  errorDocumentSchema,
  isDescribed,
  isStreaming,
  lineSchema,
  listDescribed,
  type Summary,
  toJsonSchema,
} from "./framework/schemas/index.ts";

type Described = Summary<"schema">;

const texts = {
  next: { en: "or dsdn schema error", id: "atau dsdn schema error" },
  placeholder: { en: "<command>", id: "<perintah>" },
} as const;

/** Prints the JSON Schema of what a command answers under `--json`. */
export default class SchemaCommand extends BaseCommand<Described> {
  static override readonly strict = false;
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Print the JSON Schema of a command's --json answer.",
      id: "Cetak JSON Schema jawaban --json sebuah perintah.",
    },
    examples: [
      { command: "schema upload", text: { en: "Of one command.", id: "Milik satu perintah." } },
      { command: "schema error", text: { en: "Of a failure.", id: "Milik sebuah kegagalan." } },
    ],
  };
  static override readonly args = {
    command: textArg({
      text: {
        en: "Words of the command; all are listed unless said.",
        id: "Kata-kata perintah; semua didaftar bila tak disebut.",
      },
    }),
  };

  async run(): Promise<CommandResult<Described>> {
    const { argv } = await this.parse(SchemaCommand);
    const command = argv.map(String).join(" ");
    if (command === "") return { summary: { commands: listDescribed() }, details: {}, audit: [] };
    const isOfLines = isStreaming(command);
    const schema =
      command === "error"
        ? errorDocumentSchema
        : isDescribed(command)
          ? documentSchema(command)
          : isOfLines
            ? lineSchema(command)
            : undefined;
    if (schema === undefined) {
      throw fail(commandErrors.valueInvalid, { name: "command", value: command, expected: "dsdn schema" });
    }
    return { summary: { schema: toJsonSchema(schema), isOfLines }, details: {}, audit: [] };
  }

  protected override view({ commands, schema }: Described, say: Say): readonly Block[] {
    if (schema !== undefined) return [JSON.stringify(schema, null, 2), { essential: JSON.stringify(schema) }];
    const names = commands ?? [];
    return [...names, { essential: names.join("\n") }, nextStep(["schema", say(texts.placeholder)], say(texts.next))];
  }
}
